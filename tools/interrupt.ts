import pc from "picocolors";

const INTERRUPTED = 130;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `handler` each time this process is asked to end: Ctrl-C, a closed terminal, a polite kill. */
export function onInterrupt(handler: (times: number) => void): void {
  let times = 0;
  for (const name of SIGNALS) process.on(name, () => handler(++times));
}

/**
 * Runs a command of this repository to its end and sets the exit code. `work` gets a signal that is aborted when the
 * process is asked to end, so that it can clear up what it started; its error is shown as one message, never a stack.
 */
export async function runCommand(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupt = new AbortController();
  onInterrupt(() => interrupt.abort());
  try {
    await work(interrupt.signal);
  } catch (error) {
    const stopped = interrupt.signal.aborted;
    console.error(stopped ? "\nStopped, and cleared up." : pc.red(messageOf(error)));
    process.exitCode = stopped ? INTERRUPTED : 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
