import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator } from "../../emulator";
import type { Engine } from "../engine";
import { connectionVariables } from "./target";

const FOREVER_MS = 2 ** 31 - 1;

/** Leaves the embedded PostHog up for `pulumi up` by hand, until Ctrl-C; the state of that goes with it. */
export async function keepUp(emulator: Emulator, engine: Engine, signal: AbortSignal): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "pulumi-posthog-keep-"));
  try {
    console.log(`\n${exportLines(emulator, engine, state).join("\n")}`);
    while (!signal.aborted) await sleep(FOREVER_MS, undefined, { signal }).catch(() => {});
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

/** What to paste into another shell. */
function exportLines(emulator: Emulator, engine: Engine, state: string): string[] {
  const variables: Record<string, string> = {
    ...connectionVariables(emulator),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "throw-away",
  };
  return [
    `The embedded PostHog stays up at ${emulator.url} until Ctrl-C. In another shell, in this folder:`,
    "",
    ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
    ...(engine.origin === "cache" ? [`export PATH="${engine.bin}:$PATH"`] : []),
    "pulumi stack init demo",
    "pulumi up",
  ];
}
