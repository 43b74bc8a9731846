import { type Command, InvalidArgumentError, Option } from "commander";
import { ageOf, type Emulator, GENERATIONS, type Generation, SOURCES, startEmulator } from "../../emulator";
import { colors } from "../shared/colors";

/** The flags of `emulate`. */
export interface EmulateFlags {
  /** Port on the loopback address; a free one when left out. */
  readonly port?: number;
  /** Path of a YAML or JSON file. */
  readonly seed?: string;
  readonly generation: Generation;
  readonly rateLimit?: boolean;
  /** Milliseconds. */
  readonly latency?: number;
  readonly selfHosted?: boolean;
}

/** Adds `emulate`, which runs an embedded PostHog until it is ended. */
export function registerEmulate(program: Command): void {
  program
    .command("emulate")
    .description("run an embedded PostHog on this machine until it is ended")
    .option("--port <number>", "port on the loopback address (default: a free one)", readPort)
    .option("--seed <file>", "YAML or JSON file with what there is at the start (default: organization Acme)")
    .addOption(
      new Option("--generation <age>", "how old the PostHog is that it stands in for")
        .choices(GENERATIONS)
        .default("current"),
    )
    .option("--rate-limit", "limit each key as PostHog Cloud does")
    .option("--latency <ms>", "how long every answer takes at least", readMilliseconds)
    .option("--self-hosted", "leave out the plan checks that only PostHog Cloud makes")
    .action(emulate);
}

async function emulate(flags: EmulateFlags): Promise<void> {
  const emulator = await start(flags);
  console.log(describeEmulator(emulator, flags));
  await endAsked();
  await emulator.close();
}

async function start(flags: EmulateFlags): Promise<Emulator> {
  const { port, seed, generation, rateLimit, latency, selfHosted = false } = flags;
  try {
    return await startEmulator({ port, seed, generation, rateLimit, latencyMs: latency, cloud: !selfHosted });
  } catch (error) {
    throw new Error(explainFailure(error, flags));
  }
}

/** Why an embedded PostHog did not start, in one line that says what to do. */
export function explainFailure(error: unknown, { port }: Pick<EmulateFlags, "port">): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return `port ${port} is in use. Choose another with --port, or leave it out for a free one.`;
  }
  if (code === "EACCES") {
    return `port ${port} is not open to this user. Choose one above 1023 with --port.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/:\s*\n\s*/, ": ").replace(/\s*\n\s*/g, "; ");
}

/** What is said once it listens: where, and the lines to paste into another shell. */
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
    value === undefined ? [] : [`export ${name}=${quote(value)}`],
  );
  const age = ageOf(generation);
  const kind = `generation ${age}, ${selfHosted ? "self-hosted" : "as on Cloud"}`;
  return [
    `${colors.bold(`Embedded PostHog listens on ${emulator.url}`)} ${colors.dim(`(${kind})`)}`,
    colors.dim(`What it knows of PostHog: ${SOURCES[age]}.`),
    `Look at it in a browser: ${emulator.url}/`,
    "",
    "To use it, paste this into another shell:",
    "",
    ...exports,
    "",
    colors.dim("Ctrl-C ends it and forgets everything."),
  ].join("\n");
}

function quote(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

// The handlers stay: npm passes on a Ctrl-C that the terminal has already sent.
function endAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => resolve());
    }
  });
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
