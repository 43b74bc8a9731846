import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Output, OutputClosedError } from "../../../cli/audit/output";
import { type AuditFlags, readRequest } from "../../../cli/audit/request";
import { runAudit } from "../../../cli/audit/runAudit";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import type { Configuration } from "../../../provider/posthog/configuration";
import { Connections } from "../../../provider/posthog/connection";
import { acmeWorld } from "../../support/seeds";

/** The day after the tests' entries, which begin on the first of May. */
export const dayAfter = new Date("2026-05-02T00:00:00Z");

/** The result of a run of `audit`. */
interface Outcome {
  /** The exit code; 1 if it failed. */
  readonly code: number;
  readonly out: string;
  /** Notes, gaps and warnings. */
  readonly messages: readonly string[];
  readonly error: string;
}

interface RunOptions {
  /** Called after each write with the whole output so far. */
  readonly onWrite?: (out: string) => void;
  /** The number of writes that succeed before the reader is gone. */
  readonly writes?: number;
  readonly stop?: AbortSignal;
  /** Entries on one of PostHog's pages. */
  readonly pageSize?: number;
}

/** An emulator with an audited organization. */
export interface Audited {
  readonly emulator: Emulator;
  /** A folder for cursors. */
  readonly folder: string;
  /** Runs `audit` with parsed flags. */
  run(flags?: Partial<AuditFlags>, options?: RunOptions): Promise<Outcome>;
}

/** Runs a test with organization Acme, on the day after its entries. */
export async function audited(
  body: (world: Audited) => Promise<void>,
  options: Parameters<typeof acmeWorld>[0] & {
    over?: Partial<Configuration>;
    emulator?: EmulatorOptions;
  } = {},
): Promise<void> {
  const world = acmeWorld(options);
  const emulator = await startEmulator({ ...world.emulator, now: () => dayAfter, ...options.emulator });
  const folder = mkdtempSync(join(tmpdir(), "audit-test-"));
  const configuration: Configuration = {
    host: emulator.url,
    organizationId: emulator.organizationId,
    ...world.config,
    preflight: true,
    requestsPerMinute: false,
    ...options.over,
  };
  try {
    await body({ emulator, folder, run: (flags, run) => runOnce(configuration, flags, run) });
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runOnce(
  configuration: Configuration,
  flags: Partial<AuditFlags> = {},
  options: RunOptions = {},
): Promise<Outcome> {
  const output = new Collected(options);
  const messages: string[] = [];
  const all: AuditFlags = { format: "jsonl", header: true, ...flags };
  try {
    const request = readRequest(all, dayAfter);
    const paged = { ...request, interval: 20, query: { ...request.query, pageSize: options.pageSize } };
    const code = await runAudit(new Connections().for(configuration), paged, {
      output,
      say: (line) => messages.push(line),
      stop: options.stop ?? new AbortController().signal,
      now: dayAfter,
    });
    return { code, out: output.text, messages, error: "" };
  } catch (error) {
    return {
      code: 1,
      out: output.text,
      messages,
      error: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Keeps everything that is written. */
class Collected implements Output {
  text = "";
  private count = 0;

  constructor(private readonly options: RunOptions) {}

  async write(text: string): Promise<void> {
    if (this.count >= (this.options.writes ?? Number.POSITIVE_INFINITY)) throw new OutputClosedError();
    this.count += 1;
    this.text += text;
    this.options.onWrite?.(this.text);
  }
}

/** The entries' ids in an output of JSON lines. */
export function idsOf(out: string): string[] {
  return recordsOf(out).map(({ id }) => id);
}

/** The entries in an output of JSON lines. */
export function recordsOf(out: string): { id: string; [name: string]: unknown }[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
