import type { Emulator } from "../emulator";
import { descendants, listProcesses } from "../tools/processes";
import { type ConfigValue, emulatorConfig, PulumiStack, type StackOptions } from "../tools/stack";
import type { Command, Life } from "./figures";

const SAMPLE_INTERVAL_MS = 100;

/** Configuration for an emulator without PostHog Cloud's limit: the share of the time that is ours is measured. */
export function unlimitedConfig(emulator: Emulator): Record<string, ConfigValue> {
  return { ...emulatorConfig(emulator), "posthog:requestsPerMinute": "off" };
}

/** Runs a stack through `up`, `preview`, `refresh` and `destroy` and measures each. */
export async function live(options: StackOptions, countRequests: () => number): Promise<Life> {
  const stack = await PulumiStack.create(options);
  const memory = watchMemory();
  const milliseconds = { up: 0, preview: 0, refresh: 0, destroy: 0 };
  const requests = { up: 0, preview: 0, refresh: 0, destroy: 0 };
  const measure = async (command: Command): Promise<void> => {
    const before = countRequests();
    const result = await stack[command]({ onStart: memory.follow });
    milliseconds[command] = result.milliseconds;
    requests[command] = countRequests() - before;
  };
  try {
    await measure("up");
    const stateBytes = Buffer.byteLength(await stack.exportText());
    await measure("preview");
    await measure("refresh");
    await measure("destroy");
    return { milliseconds, requests, stateBytes, peakBytes: memory.peakBytes() };
  } finally {
    memory.stop();
    await stack.close();
  }
}

/** Samples the memory of the provider processes among the descendants of the CLI. */
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
