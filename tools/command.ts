import pc from "picocolors";

const INTERRUPTED = 130;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `handler` on each request to stop: Ctrl-C, a closed terminal, SIGTERM. */
export function onInterrupt(handler: (times: number) => void): void {
  let times = 0;
  for (const name of SIGNALS) process.on(name, () => handler(++times));
}

/**
 * Runs a command of this repository and sets the exit code. A request to stop aborts the signal that `work` gets, so
 * that it can clean up. An error is shown as one message, never as a stack.
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

/** One step whose progress is shown. */
interface ProgressStep {
  /** Shows the progress: redrawn in a terminal, elsewhere at most one line every fifteen seconds. */
  update(detail: string): void;
  done(detail?: string): void;
  fail(detail?: string): void;
}

/** The output for progress: `process.stdout` or a similar stream. */
interface ProgressStream {
  /** Whether lines can be redrawn. */
  readonly isTTY?: boolean;
  /** Writes text unchanged. */
  write(text: string): unknown;
}

const QUIET_INTERVAL_MS = 15_000;

/** Seconds with one decimal, or minutes and seconds: `3.2 s`, `2 min 05 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Starts showing a step. Every outcome shows the time it took. */
export function startStep(title: string, stream: ProgressStream = process.stdout): ProgressStep {
  const started = Date.now();
  let lastWrite = started;
  const live = stream.isTTY === true;
  const draw = (mark: string, detail: string | undefined, end: string): void => {
    const time = pc.dim(formatDuration(Date.now() - started));
    const parts = [title, detail, time].filter((part) => part !== undefined && part !== "");
    stream.write(`${live ? "\r\u001b[2K" : ""}${mark} ${parts.join("  ")}${end}`);
    lastWrite = Date.now();
  };
  stream.write(live ? `${pc.cyan("•")} ${title}` : `• ${title} ...\n`);
  return {
    update(detail) {
      if (live) draw(pc.cyan("•"), detail, "");
      else if (Date.now() - lastWrite > QUIET_INTERVAL_MS) draw("•", detail, "\n");
    },
    done: (detail) => draw(pc.green("✓"), detail, "\n"),
    fail: (detail) => draw(pc.red("✗"), detail, "\n"),
  };
}
