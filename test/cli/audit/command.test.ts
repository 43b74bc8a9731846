import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { OutputClosedError, StreamOutput } from "../../../cli/audit/output";
import { type Emulator, startEmulator } from "../../../emulator";
import { add, log } from "../../support/activity";
import { acmeWorld } from "../../support/seeds";
import { dayAfter, idsOf } from "./support";

const main = join(__dirname, "..", "..", "..", "dist", "cli", "main.js");

let emulator: Emulator;
let folder: string;
beforeAll(async () => {
  emulator = await startEmulator({ ...acmeWorld().emulator, now: () => dayAfter });
  folder = mkdtempSync(join(tmpdir(), "audit-command-test-"));
});
beforeEach(() => {
  emulator.reset();
  log(emulator, [
    { minute: 1 },
    { minute: 2, client: "pulumi-posthog" },
    { minute: 3, scope: "Team", project: 1 },
  ]);
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]): ChildProcessWithoutNullStreams {
  const { url, apiKey, organizationId } = emulator;
  return spawn(process.execPath, [main, "audit", ...args], {
    env: {
      ...process.env,
      POSTHOG_HOST: url,
      POSTHOG_API_KEY: apiKey,
      POSTHOG_ORGANIZATION_ID: organizationId,
    },
  });
}

/** The full output of a started command. */
function ended(
  child: ChildProcessWithoutNullStreams,
): Promise<{ code: number | null; out: string; err: string }> {
  const output = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (output.out += String(chunk)));
  child.stderr.on("data", (chunk) => (output.err += String(chunk)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...output })));
}

const run = (...args: string[]) => ended(start(...args));

test("entries go to standard output, everything else to standard error", async () => {
  const result = await run("--scope", "role", "--progress", "--since", "2026-05-01");
  expect(result).toEqual({
    code: 0,
    out: [
      '2026-05-01 00:02:00  owner@acme.test  changed role "Viewers": name "A" → "B", through pulumi-posthog (this package)',
      '2026-05-01 00:01:00  owner@acme.test  changed role "Viewers": name "A" → "B"',
      "",
    ].join("\n"),
    err: expect.stringMatching(
      /^note: PostHog keeps .*\nnote: PostHog shows .*\n2 entries, at 2026-05-01 00:01:00\n$/,
    ),
  });
}, 30_000);

test("Ctrl-C while it reads exits with 130 at once", async () => {
  emulator.faults.add({ kind: "delay", delayMs: 5_000, path: /advanced_activity_logs/ });
  const child = start("--scope", "Team");
  const end = ended(child);
  while (!emulator.requests.some(({ path }) => path.includes("organizations"))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  const begun = Date.now();
  child.kill("SIGINT");
  expect((await end).code).toBe(130);
  expect(Date.now() - begun).toBeLessThan(2_500);
}, 30_000);

test("a flag takes several values, with commas or repeated", async () => {
  const result = await run("--scope", "Role, Survey", "--scope", "Team", "--format", "csv");
  expect(result.out.split("\r\n")).toHaveLength(5);
}, 30_000);

test("an error is one message without a stack, and exit code 1", async () => {
  const wrong = await run("--since", "tomorrow");
  expect(wrong).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(
      /^error: invalid flag\n {2}why: --since must be .*, not "tomorrow"\n {2}fix: See/,
    ),
  });
  expect(wrong.err).not.toMatch(/\n {4}at /);
  const unknown = await run("--preset", "acess");
  expect(unknown).toMatchObject({ code: 1, err: expect.stringMatching(/Allowed choices are access, flags/) });
}, 30_000);

test("a reader that stops early ends the command silently", async () => {
  log(
    emulator,
    Array.from({ length: 3_500 }, (_, index) => ({ minute: index % 1_440, name: "x".repeat(70) })),
  );
  const child = start("--format", "jsonl", "--scope", "Role");
  child.stdout.once("data", () => child.stdout.destroy());
  const result = await ended(child);
  expect(result.code).toBe(0);
  expect(result.err).not.toMatch(/EPIPE|error/);
}, 30_000);

test("--follow prints new entries, keeps the cursor, and exits with 0 at the first Ctrl-C", async () => {
  const cursor = join(folder, "follow.json");
  const child = start("--follow", "--format", "jsonl", "--cursor", cursor, "--scope", "Role");
  const end = ended(child);
  await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  child.kill("SIGINT");
  child.kill("SIGINT");
  const result = await end;
  expect(result).toMatchObject({ code: 0, err: expect.stringMatching(/^(note: [^\n]*\n){2}$/) });
  expect(idsOf(result.out)).toHaveLength(2);
  expect(JSON.parse(readFileSync(cursor, "utf8")).seen).toHaveLength(2);
  const next = add(emulator, { minute: 4 });
  expect(idsOf((await run("--cursor", cursor, "--format", "jsonl", "--scope", "Role")).out)).toEqual([next]);
}, 30_000);

test("a cursor belongs to one process at a time, and is free as soon as that process is killed", async () => {
  const cursor = join(folder, "one.json");
  const flags = ["--format", "jsonl", "--cursor", cursor, "--scope", "Role"];
  const first = start("--follow", ...flags);
  const end = ended(first);
  await new Promise<void>((resolve) => first.stdout.once("data", () => resolve()));
  expect(await run(...flags)).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(new RegExp(`in use by process ${first.pid}\\n`)),
  });
  first.kill("SIGKILL");
  await end;
  expect(await run(...flags)).toMatchObject({ code: 0 });
  expect(readdirSync(folder).filter((name) => name.startsWith("one.json."))).toEqual([]);
}, 30_000);

describe("a stream that entries are written to", () => {
  const failing = (code: string): Writable =>
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
    });

  test("without a reader is distinguished from a full one", async () => {
    const closed = new StreamOutput(failing("EPIPE"));
    await expect(closed.write("a")).rejects.toThrow(OutputClosedError);
    await expect(closed.write("b")).rejects.toThrow(OutputClosedError);
    await expect(new StreamOutput(failing("ENOSPC")).write("a")).rejects.toThrow(/ENOSPC/);
  });

  test("accepts a text before the next step", async () => {
    const taken: string[] = [];
    const slow = new Writable({
      write: (chunk, _encoding, done) =>
        setTimeout(() => {
          taken.push(String(chunk));
          done();
        }, 20),
    });
    const output = new StreamOutput(slow);
    await output.write("a");
    expect(taken).toEqual(["a"]);
  });
});
