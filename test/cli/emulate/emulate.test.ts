import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeEmulator, explainFailure } from "../../../cli/emulate";

const MAIN = join(__dirname, "..", "..", "..", "dist", "cli", "main.js");
const running: ChildProcess[] = [];

let folder: string;
beforeAll(() => {
  if (!existsSync(MAIN)) {
    throw new Error("dist/ does not exist: these tests run the build. Run: npm run build");
  }
  folder = mkdtempSync(join(tmpdir(), "emulate-test-"));
});
afterEach(() => {
  for (const child of running.splice(0)) {
    child.kill("SIGKILL");
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as a separate process; `said` collects its output. */
class Command {
  messages = "";
  complained = "";
  private readonly child: ChildProcess;

  constructor(...flags: string[]) {
    this.child = spawn(process.execPath, [MAIN, "emulate", ...flags], { env: process.env });
    running.push(this.child);
    this.child.stdout?.on("data", (chunk) => {
      this.messages += chunk;
    });
    this.child.stderr?.on("data", (chunk) => {
      this.complained += chunk;
    });
  }

  /** Waits until everything is printed, then returns the exported variables. */
  async variables(): Promise<Record<string, string>> {
    while (!this.messages.includes("Ctrl-C stops it")) {
      if (this.child.exitCode !== null) {
        throw new Error(`It stopped instead: ${this.complained}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const lines = [...this.messages.matchAll(/^export (\w+)=(.*)$/gm)];
    return Object.fromEntries(lines.map(([, name, value]) => [name, value]));
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await once(this.child, "close");
    }
    return this.child.exitCode;
  }
}

function seedFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("prints its address, and everything that a client needs", async () => {
  const command = new Command();
  const { POSTHOG_HOST: host, POSTHOG_API_KEY: key, ...others } = await command.variables();
  expect(command.messages).toContain(
    `The PostHog emulator listens on ${host} (generation current, as on Cloud)`,
  );
  expect(command.messages).toContain(`Open it in a browser: ${host}/`);
  expect(Object.keys(others)).toEqual(["POSTHOG_ORGANIZATION_ID", "POSTHOG_EMAIL", "POSTHOG_PASSWORD"]);
  const organization = await fetch(`${host}/api/organizations/${others.POSTHOG_ORGANIZATION_ID}/`, {
    headers: { Authorization: `Bearer ${key}` },
  });
  expect(organization.status).toBe(200);
  const login = await fetch(`${host}/api/login/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: others.POSTHOG_EMAIL, password: others.POSTHOG_PASSWORD }),
  });
  expect(login.status).toBe(200);
  expect((await fetch(`${host}/`)).headers.get("content-type")).toContain("text/html");
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "stops cleanly on %s, even when it comes twice",
  async (signal) => {
    const command = new Command();
    const { POSTHOG_HOST: host = "" } = await command.variables();
    const open = fetch(host);
    await open;
    command.send(signal);
    command.send(signal);
    expect(await command.exitCode()).toBe(0);
    expect(command.complained).toBe("");
    await expect(fetch(host)).rejects.toThrow();
  },
);

test("accepts its flags: seed, generation, limits, latency and self-hosting", async () => {
  const seed = seedFile(
    "small.yaml",
    "organizations: [{ name: Small, features: none, members: [{ email: me@small.test, level: owner }] }]",
  );
  const command = new Command(
    ...["--seed", seed, "--generation", "old", "--rate-limit", "--latency", "30", "--self-hosted"],
  );
  const { POSTHOG_HOST: host, POSTHOG_API_KEY: key, POSTHOG_EMAIL: email } = await command.variables();
  expect(email).toBe("me@small.test");
  expect(command.messages).toContain("(generation 2025-08, self-hosted)");
  const began = Date.now();
  const get = (path: string) => fetch(`${host}${path}`, { headers: { Authorization: `Bearer ${key}` } });
  const configs = await get("/api/organizations/@current/identity_provider_configs/");
  expect(configs.status).toBe(404);
  expect(Date.now() - began).toBeGreaterThanOrEqual(29);
  const answers = await Promise.all(Array.from({ length: 500 }, () => get("/api/users/@me/")));
  expect(answers.some(({ status }) => status === 429)).toBe(true);
});

test("a port that is in use gives a one-line error and exit code 1", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const command = new Command("--port", String(port));
  expect(await command.exitCode()).toBe(1);
  expect(command.complained).toBe(
    `error: port ${port} is in use. Choose another with --port, or omit it for a free one.\n`,
  );
  server.close();
});

test.each([
  ["that does not exist", null, /^error: Seed file .*nothing\.yaml cannot be read: no such file\.\n$/],
  ["that is not YAML", "organizations: [", /^error: Seed file .* is neither YAML nor JSON: .*\n$/],
  [
    "with mistakes, all of which it names",
    "organizations: [{ name: A, members: [{ email: nobody }], color: blue }]",
    /^error: Seed file .* is not valid: organizations\.0\.members\.0\.email: .*; organizations\.0: .*color.*\n$/,
  ],
  [
    "with an unknown member",
    "organizations: [{ name: A, members: [{ email: a@b.co, level: owner }], roles: [{ name: R, members: [c@d.co] }] }]",
    /^error: Seed is not valid: unknown user c@d\.co\n$/,
  ],
])("a seed %s gives a one-line error and exit code 1", async (_, text, complaint) => {
  const path = text === null ? join(folder, "nothing.yaml") : seedFile("bad.yaml", text);
  const command = new Command("--seed", path);
  expect(await command.exitCode()).toBe(1);
  expect(command.complained).toMatch(complaint);
});

test.each([
  [["--port", "70000"], "It must be a number from 0 to 65535."],
  [["--port", "http"], "It must be a number from 0 to 65535."],
  [["--latency", "-5"], "It must be a number of milliseconds, at most 600000."],
  [["--generation", "ancient"], "Allowed choices are 2025-08, 2026-07, current."],
  [["--sed", "x"], "unknown option '--sed'"],
])("an invalid flag %j gives an explanation and exit code 1", async (flags, explanation) => {
  const command = new Command(...flags);
  expect(await command.exitCode()).toBe(1);
  expect(command.complained).toContain(explanation);
});

test("the built file is executable", () => {
  expect(readFileSync(MAIN, "utf8").startsWith("#!/usr/bin/env node\n")).toBe(true);
});

test("values that a shell would split are quoted", () => {
  const text = describeEmulator(
    {
      url: "http://127.0.0.1:1",
      apiKey: "phx_1",
      organizationId: "1",
      email: "o'neill+x@acme.test",
      password: "two words",
      totpSecret: "JBSWY3DPEHPK3PXP",
    },
    { generation: "mid" },
  );
  expect(text).toContain("export POSTHOG_EMAIL='o'\\''neill+x@acme.test'");
  expect(text).toContain("export POSTHOG_PASSWORD='two words'");
  expect(text).toContain("export POSTHOG_TOTP_SECRET=JBSWY3DPEHPK3PXP");
});

test("the error for a port that the user may not open names the allowed ports", () => {
  const failure = Object.assign(new Error("listen EACCES"), { code: "EACCES" });
  expect(explainFailure(failure, { port: 80 })).toBe(
    "this user may not open port 80. Choose one above 1023 with --port.",
  );
});
