import type { Emulator } from "../emulator";
import { descendants, listProcesses } from "../tools/processes";
import { type ConfigValue, emulatorConfig, PulumiStack, type StackOptions } from "../tools/stack";

/** The timed commands. */
export const COMMANDS = ["up", "preview", "refresh", "destroy"] as const;

export type Command = (typeof COMMANDS)[number];

/** The measurements of one stack's lifecycle; 0 for commands that did not run. */
export interface Life {
  /** Wall-clock time of each command, in milliseconds. */
  readonly milliseconds: Readonly<Record<Command, number>>;
  /** Size of the state after `up`, in bytes. */
  readonly stateBytes: number;
  /** The number of requests to PostHog during each command. */
  readonly requests: Readonly<Record<Command, number>>;
  /** The number of these requests that read a single project. */
  readonly projectReads: Readonly<Record<Command, number>>;
  /** The largest memory of a provider process, in bytes. */
  readonly peakBytes: number;
}

const SAMPLE_INTERVAL_MS = 100;

/** Configuration for an emulator without PostHog Cloud's rate limit, to measure this package's share of the time. */
export function unlimitedConfig(emulator: Emulator): Record<string, ConfigValue> {
  return { ...emulatorConfig(emulator), "posthog:requestsPerMinute": "off" };
}

/**
 * How many requests since `from` read a single project, which is the only way to see whether PostHog is deleting it.
 */
export function countProjectReads({ requests }: Pick<Emulator, "requests">, from = 0): number {
  const isProjectRead = ({ method, path }: { method: string; path: string }): boolean =>
    method === "GET" && /^\/api\/organizations\/[^/]+\/projects\/\d+\/$/.test(path);
  return requests.slice(from).filter(isProjectRead).length;
}

/** Runs a stack through commands, by default `up`, `preview`, `refresh` and `destroy`, and measures each. */
export async function live(
  options: StackOptions,
  emulator: Pick<Emulator, "requests">,
  commands: readonly Command[] = COMMANDS,
): Promise<Life> {
  const stack = await PulumiStack.create(options);
  const memory = watchMemory();
  const none = { up: 0, preview: 0, refresh: 0, destroy: 0 };
  const [milliseconds, requests, projectReads] = [{ ...none }, { ...none }, { ...none }];
  const measure = async (command: Command): Promise<void> => {
    const before = emulator.requests.length;
    const result = await stack[command]({ onStart: memory.follow });
    milliseconds[command] = result.milliseconds;
    requests[command] = emulator.requests.length - before;
    projectReads[command] = countProjectReads(emulator, before);
  };
  try {
    let stateBytes = 0;
    for (const command of commands) {
      await measure(command);
      if (command === "up") stateBytes = Buffer.byteLength(await stack.exportText());
    }
    return { milliseconds, requests, projectReads, stateBytes, peakBytes: memory.peakBytes() };
  } finally {
    memory.stop();
    await stack.close();
  }
}

/** Samples the memory of the provider processes among the CLI's descendants. */
function watchMemory(): { follow: (pid: number) => void; peakBytes: () => number; stop: () => void } {
  let root: number | undefined;
  let peak = 0;
  const sample = async (): Promise<void> => {
    if (root === undefined) return;
    for (const { command, residentBytes } of descendants(await listProcesses(), root)) {
      if (command.includes("dynamic-provider")) peak = Math.max(peak, residentBytes);
    }
  };
  const timer = setInterval(() => void sample(), SAMPLE_INTERVAL_MS);
  return {
    follow: (pid) => {
      root = pid;
    },
    peakBytes: () => peak,
    stop: () => clearInterval(timer),
  };
}
