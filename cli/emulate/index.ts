import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  AGES,
  ageOf,
  type Emulator,
  GENERATIONS,
  type Generation,
  SOURCES,
  startEmulator,
} from "../../emulator";
import { printableLines } from "../../provider/access/messages";
import { messageOf } from "../../provider/posthog/errors";
import { codeOf } from "../common/output";
import { shellWord } from "../common/shell";
import { colors } from "../common/terminal";

/** The maximum delay in milliseconds between the same signal from a terminal and from npm. */
const signalsApartMs = 200;

interface EmulateFlags {
  /** Port on the loopback address; a free one by default. */
  readonly port?: number;
  /** Path of a YAML or JSON file. */
  readonly seed?: string;
  readonly generation: Generation;
  readonly rateLimit?: boolean;
  /** Milliseconds. */
  readonly latency?: number;
  readonly selfHosted?: boolean;
  readonly emailCodes?: boolean;
}

/** Adds `emulate`, which runs the PostHog emulator until it is stopped. */
export function registerEmulate(program: Command): void {
  program
    .command("emulate")
    .description("run the PostHog emulator on this machine until you stop it")
    .option("--port <number>", "port on the loopback address (default: a free one)", readPort)
    .option("--seed <file>", "YAML or JSON file with the initial data (default: organization Acme)")
    .addOption(
      new Option("--generation <age>", "which generation of PostHog to emulate")
        .choices(AGES)
        .argParser(readGeneration)
        .default("current"),
    )
    .option("--rate-limit", "rate-limit each key as PostHog Cloud does")
    .option("--latency <ms>", "shortest time of every response", readMilliseconds)
    .option("--self-hosted", "skip the plan checks that only PostHog Cloud makes")
    .option("--email-codes", "refuse sign-ins without two-factor codes, as PostHog Cloud does")
    .action(emulate);
}

async function emulate(flags: EmulateFlags): Promise<void> {
  const emulator = await start(flags);
  console.log(describeEmulator(emulator, flags));
  await stopSignal();
  await emulator.close();
  // npm passes on a Ctrl-C that the terminal has already sent: the second one must not interrupt the process while it
  // exits.
  await sleep(signalsApartMs);
}

async function start(flags: EmulateFlags): Promise<Emulator> {
  const { latency, selfHosted = false, ...options } = flags;
  try {
    return await startEmulator({ ...options, latencyMs: latency, cloud: !selfHosted });
  } catch (error) {
    throw new Error(explainFailure(error, flags));
  }
}

/** Why the emulator did not start, and the fix, on one line. */
export function explainFailure(error: unknown, { port }: Pick<EmulateFlags, "port">): string {
  const code = codeOf(error);
  if (code === "EADDRINUSE") {
    return `port ${port} is in use. Choose another with --port, or omit it for a free one.`;
  }
  if (code === "EACCES") {
    return `this user may not open port ${port}. Choose one above 1023 with --port.`;
  }
  return printableLines(messageOf(error))
    .replace(/:\s*\n\s*/, ": ")
    .replace(/\s*\n\s*/g, "; ");
}

/** Where the emulator listens, and the lines to paste into another shell. */
export function describeEmulator(
  emulator: Pick<Emulator, "url" | "apiKey" | "organizationId" | "email" | "password" | "totpSecret">,
  { generation, selfHosted }: Pick<EmulateFlags, "generation" | "selfHosted">,
): string {
  const variables: [string, string | undefined][] = [
    ["POSTHOG_HOST", emulator.url],
    ["POSTHOG_API_KEY", emulator.apiKey],
    ["POSTHOG_ORGANIZATION_ID", emulator.organizationId],
    ["POSTHOG_EMAIL", emulator.email],
    ["POSTHOG_PASSWORD", emulator.password],
    ["POSTHOG_TOTP_SECRET", emulator.totpSecret],
  ];
  const exports = variables.flatMap(([name, value]) =>
    value === undefined ? [] : [`export ${name}=${shellWord(value)}`],
  );
  const age = ageOf(generation);
  const kind = `generation ${age}, ${selfHosted ? "self-hosted" : "as on Cloud"}`;
  return [
    `${colors.bold(`The PostHog emulator listens on ${emulator.url}`)} ${colors.dim(`(${kind})`)}`,
    colors.dim(`What it knows of PostHog: ${SOURCES[age]}.`),
    `Open it in a browser: ${emulator.url}/`,
    "",
    "To use it, paste these lines into another shell:",
    "",
    ...exports,
    "",
    colors.dim("Ctrl-C stops it and discards all data."),
  ].join("\n");
}

/** Resolves at the first signal; the handlers stay for the next ones. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => resolve());
    }
  });
}

/** A generation by its name, or by an earlier name, which the help no longer lists. */
function readGeneration(text: string): Generation {
  const generation = GENERATIONS.find((name) => name === text);
  if (generation === undefined) {
    throw new InvalidArgumentError(`Allowed choices are ${AGES.join(", ")}.`);
  }
  return generation;
}

function readPort(text: string): number {
  return readNumber(text, 65_535, "It must be a number from 0 to 65535.");
}

function readMilliseconds(text: string): number {
  return readNumber(text, 600_000, "It must be a number of milliseconds, at most 600000.");
}

function readNumber(text: string, most: number, rule: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= most)) {
    throw new InvalidArgumentError(rule);
  }
  return number;
}
