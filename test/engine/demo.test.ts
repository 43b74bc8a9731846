import { spawn } from "node:child_process";
import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmulator } from "../../emulator";
import { engineEnvironment, ensureEngine } from "../../tools/engine";
import { descendants, listProcesses, type RunOptions, run } from "../../tools/processes";

const ROOT = join(__dirname, "..", "..");
const DEMO = join(ROOT, "dist", "tools", "demo", "main.js");

let temporary: string;
beforeEach(async () => {
  temporary = await realpath(await mkdtemp(join(tmpdir(), "demo-test-")));
});
afterEach(() => rm(temporary, { recursive: true, force: true }));

const environment = (more: Record<string, string> = {}) => ({
  ...process.env,
  TMPDIR: temporary,
  ...more,
});
const demo = (args: string[], options: RunOptions = {}) =>
  run(process.execPath, [DEMO, ...args], { env: environment(), ...options });

/** The lines of the demo's chapters, by title. */
function chapters(text: string): Map<string, string> {
  const parts = text.split(/\n\n ?\d+ /).slice(1);
  return new Map(parts.map((part) => [part.split(/ {2,}/)[0] ?? "", part]));
}

test("the demo runs the whole story in under 90 seconds and leaves nothing behind", async () => {
  const started = Date.now();
  const { code, stdout, stderr } = await demo([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(Date.now() - started).toBeLessThan(90_000);
  expect(await readdir(temporary)).toEqual([]);

  const shown = chapters(stdout);
  expect([...shown.keys()]).toEqual([
    "pulumi preview",
    "pulumi up",
    "pulumi stack output",
    "pulumi preview, once more",
    "Meanwhile, behind Pulumi's back",
    "pulumi preview --refresh sees the drift",
    "pulumi up --refresh repairs it",
    "pulumi destroy",
  ]);
  expect(shown.get("pulumi up")).toContain("9 resources created");
  expect(shown.get("pulumi stack output")).toMatch(/keys\.deploy +\[secret\]/);
  expect(shown.get("pulumi stack output")).toMatch(/singleSignOn\.enforced +true/);
  expect(shown.get("pulumi preview, once more")).toContain("nothing to change");
  expect(shown.get("pulumi preview --refresh sees the drift")).toContain("accessLevel: admin -> member");
  expect(shown.get("pulumi destroy")).toContain("9 resources deleted");
  expect(stdout).toMatch(
    /✓ 9 resources created, 1 repaired, 9 deleted in .*\n {2}\d+ requests to PostHog: \d+ GET/,
  );
  expect(stdout).not.toMatch(/phx_/);
});

test("a demo that is stopped in the middle of a run leaves no process and no folder", async () => {
  const child = spawn(process.execPath, [DEMO], { env: environment(), stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((done) => child.once("exit", done));
  let family: number[] = [];
  for (;;) {
    const rows = descendants(await listProcesses(), Number(child.pid));
    family = rows.map(({ pid }) => pid);
    if (rows.some(({ command }) => command.includes("dynamic-provider"))) break;
    await sleep(20);
  }
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  const alive = (await listProcesses()).map(({ pid }) => pid);
  expect(family.filter((pid) => alive.includes(pid))).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});

test("the same story runs against an existing PostHog, with credentials from the environment", async () => {
  const emulator = await startEmulator();
  try {
    const { code, stdout, stderr } = await demo(["--host", emulator.url], {
      env: environment({
        POSTHOG_API_KEY: emulator.apiKey,
        POSTHOG_ORGANIZATION_ID: emulator.organizationId,
        POSTHOG_EMAIL: emulator.email,
        POSTHOG_PASSWORD: emulator.password,
      }),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // Nobody publishes the DNS record here, so enforcement stays pending.
    expect(chapters(stdout).get("pulumi stack output")).toMatch(/singleSignOn\.verified +false/);
    expect(chapters(stdout).get("pulumi preview, once more")).toContain("pending until the DNS record");
    expect(stdout).toContain("1 repaired, 9 deleted");
    expect(emulator.store.projects.where("is_pending_deletion", false)).toHaveLength(1);
    expect(emulator.store.domains.size).toBe(0);
  } finally {
    await emulator.close();
  }
});

test("an existing PostHog needs a key: the error shows how to set one", async () => {
  const env = environment({ POSTHOG_API_KEY: "", POSTHOG_PERSONAL_API_KEY: "" });
  const { code, stderr } = await demo(["--host", "http://127.0.0.1:9"], { env });
  expect(code).toBe(1);
  expect(stderr).toContain("export POSTHOG_API_KEY=phx_...");
});

test("the project in the repository's root runs the same program with only environment variables", async () => {
  const emulator = await startEmulator();
  const env = engineEnvironment(await ensureEngine(), {
    ...environment(),
    POSTHOG_HOST: emulator.url,
    POSTHOG_API_KEY: emulator.apiKey,
    POSTHOG_EMAIL: emulator.email,
    POSTHOG_PASSWORD: emulator.password,
    PULUMI_BACKEND_URL: `file://${temporary}`,
    PULUMI_CONFIG_PASSPHRASE: "throw-away",
    PULUMI_HOME: join(temporary, "home"),
  });
  const pulumi = (...args: string[]) =>
    run("pulumi", [...args, "--non-interactive", "--stack", "root-test"], { cwd: ROOT, env });
  try {
    expect(await pulumi("stack", "init")).toMatchObject({ code: 0 });
    const { code, stdout } = await pulumi("preview");
    expect(stdout).toContain("+ 10 to create");
    expect(code).toBe(0);
  } finally {
    await rm(join(ROOT, "Pulumi.root-test.yaml"), { force: true });
    await emulator.close();
  }
});
