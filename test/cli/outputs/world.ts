import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Command, CommanderError } from "commander";
import * as z from "zod";
import { createProgram, runProgram } from "../../../cli/program";
import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import { forgetSeed } from "../../emulator/support";
import { type Case, folder as fixture, masked, type RecordedWorld } from "./recorded";

/** A command's result, without times, addresses and random ids. */
interface Output {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The files that the case lists. */
  readonly files: ReadonlyMap<string, string>;
  /** The world's passwords and keys that appear anywhere in it. */
  readonly leaks: readonly string[];
}

const credentialsSchema = z.object({
  users: z.array(z.object({ password: z.string().default("a-long-enough-password") })),
  keys: z.array(z.object({ value: z.string() })),
});

/** A world in which recorded commands run again. */
export interface RunningWorld {
  run(one: Case): Promise<Output>;
  close(): Promise<void>;
}

/** Starts a recording's world at the time at which its commands ran. */
export async function startWorld(world: RecordedWorld): Promise<RunningWorld> {
  let now = world.seededAt;
  const seed = join(fixture, "seeds", `${world.name}.json`);
  const emulator = await startEmulator({ seed, generation: world.generation, now: () => now });
  forgetSeed(emulator);
  for (const step of world.steps) {
    if (!("at" in step)) {
      const before = emulator.store.activity.size;
      await send(emulator, step);
      nameOwner(emulator, step.key, before);
    }
    now = "at" in step ? step.at : new Date(now.getTime() + 1000);
  }
  const { users, keys } = credentialsSchema.parse(JSON.parse(readFileSync(seed, "utf8")));
  const credentials = [...users.map(({ password }) => password), ...keys.map(({ value }) => value)];
  const tools = mkdtempSync(join(tmpdir(), "outputs-"));
  installPulumi(join(tools, "bin"));
  const variables = {
    PATH: `${join(tools, "bin")}:/usr/bin:/bin`,
    NO_COLOR: "1",
    POSTHOG_HOST: emulator.url,
    POSTHOG_API_KEY: world.caller,
    POSTHOG_ORGANIZATION_ID: emulator.organizationId,
    POSTHOG_EMAIL: world.email,
    POSTHOG_PASSWORD: world.password,
    POSTHOG_REQUESTS_PER_MINUTE: "100000",
  };
  return {
    run: (one) => runIn(mkdtempSync(join(tools, "run-")), one, variables, now, credentials),
    close: async () => {
      rmSync(tools, { recursive: true, force: true });
      await emulator.close();
    },
  };
}

async function send(
  { url }: Emulator,
  step: Exclude<RecordedWorld["steps"][number], { at: Date }>,
): Promise<void> {
  const { method, path, key, client, body } = step;
  const headers = {
    Authorization: `Bearer ${key}`,
    "Content-Type": "application/json",
    ...(client === undefined ? {} : { "x-posthog-client": client }),
  };
  const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}`);
}

/**
 * The recorded outputs come from a log that started empty and whose entries name the owner of every key, as PostHog's
 * entries name people who are signed in.
 */
function nameOwner({ store }: Emulator, key: string, first: number): void {
  const secure_value = `sha256$${createHash("sha256").update(key).digest("hex")}`;
  const user_id = store.personalApiKeys.where("secure_value", secure_value)[0]?.user_id ?? null;
  for (const { id } of store.activity.all().slice(first)) {
    store.activity.update(id, { user_id, is_system: user_id === null }, SYSTEM);
  }
}

function installPulumi(bin: string): void {
  mkdirSync(bin);
  const script = join(fixture, "pulumi.mjs");
  writeFileSync(join(bin, "pulumi"), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`, {
    mode: 0o755,
  });
}

async function runIn(
  folder: string,
  { args, env, stdin, writes }: Case,
  variables: Readonly<Record<string, string | undefined>>,
  now: Date,
  credentials: readonly string[],
): Promise<Output> {
  cpSync(join(fixture, "files"), folder, { recursive: true });
  const printed = { stdout: "", stderr: "" };
  const given = Object.entries({ ...variables, ...env }).flatMap(([name, value]) =>
    value == null ? [] : [[name, value] as const],
  );
  const restores = [
    onlyClock(now),
    inFolder(folder),
    withEnvironment(Object.fromEntries(given)),
    withStandardInput(stdin === undefined ? "" : readFileSync(join(folder, stdin), "utf8")),
    withoutNewListeners(),
    collecting(printed),
  ];
  try {
    const program = createProgram();
    const exitCode = await ended(program, args);
    const files = Object.keys(writes).filter((file) => existsSync(join(folder, file)));
    const cleaned = (text: string): string => masked(text.replaceAll(folder, "<folder>"));
    const everything = [
      printed.stdout,
      printed.stderr,
      ...files.map((file) => readFileSync(join(folder, file), "utf8")),
    ].join("\n");
    return {
      exitCode,
      leaks: [...new Set(credentials)].filter((credential) => everything.includes(credential)),
      stdout: cleaned(printed.stdout),
      stderr: cleaned(printed.stderr),
      files: new Map(files.map((file) => [file, cleaned(readFileSync(join(folder, file), "utf8"))])),
    };
  } finally {
    for (const restore of restores.reverse()) restore();
  }
}

/** Runs a command and returns its exit code. */
async function ended(program: Command, args: readonly string[]): Promise<number> {
  const ends: CommanderError[] = [];
  for (const command of [program, ...program.commands]) {
    command.exitOverride((end) => {
      ends.push(end);
      throw end;
    });
  }
  process.exitCode = undefined;
  await runProgram(program, args);
  const [end] = ends;
  const exitCode = end?.exitCode ?? Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return exitCode;
}

/** Stops the clock that commands read. Timers keep running. */
function onlyClock(now: Date): () => void {
  jest.useFakeTimers({
    now,
    doNotFake: [
      "hrtime",
      "nextTick",
      "performance",
      "queueMicrotask",
      "setImmediate",
      "clearImmediate",
      "setInterval",
      "clearInterval",
      "setTimeout",
      "clearTimeout",
    ],
  });
  return () => {
    jest.useRealTimers();
  };
}

function inFolder(folder: string): () => void {
  const before = process.cwd();
  process.chdir(folder);
  return () => process.chdir(before);
}

function withEnvironment(variables: NodeJS.ProcessEnv): () => void {
  const replaced = jest.replaceProperty(process, "env", variables);
  return () => replaced.restore();
}

function withStandardInput(text: string): () => void {
  const before = Object.getOwnPropertyDescriptor(process, "stdin");
  Object.defineProperty(process, "stdin", { configurable: true, value: Readable.from([text]) });
  return () => {
    if (before !== undefined) Object.defineProperty(process, "stdin", before);
  };
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Removes the listeners that a command adds for the end of its process. */
function withoutNewListeners(): () => void {
  const before = signals.map((signal) => new Set(process.listeners(signal)));
  return () => {
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal)) {
        if (before[index]?.has(listener) !== true) process.off(signal, listener);
      }
    }
  };
}

/** Collects the output. Ends the emulator once it has printed its address, because it otherwise runs until stopped. */
function collecting(printed: { stdout: string; stderr: string }): () => void {
  const write =
    (stream: keyof typeof printed) =>
    (text: string | Uint8Array, ...rest: unknown[]): boolean => {
      printed[stream] += typeof text === "string" ? text : Buffer.from(text).toString();
      for (const done of rest) if (typeof done === "function") done();
      if (stream === "stdout" && /^export POSTHOG_/m.test(printed.stdout)) {
        setImmediate(() => process.emit("SIGTERM", "SIGTERM"));
      }
      return true;
    };
  const [stdout, stderr] = [write("stdout"), write("stderr")];
  const spies = [
    jest.spyOn(process.stdout, "write").mockImplementation(stdout),
    jest.spyOn(process.stderr, "write").mockImplementation(stderr),
    jest.spyOn(console, "log").mockImplementation((text) => void stdout(`${text}\n`)),
    jest.spyOn(console, "error").mockImplementation((text) => void stderr(`${text}\n`)),
  ];
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
}
