import { spawn } from "node:child_process";
import { killTree } from "./processes";

/** How to run a program to its end. */
export interface RunOptions {
  /** Working directory. Default: this process's. */
  readonly cwd?: string;
  /** The whole environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program and everything it started. */
  readonly signal?: AbortSignal;
  /** Called with each full line of standard output and standard error as it appears. */
  readonly onLine?: (line: string) => void;
  /** Called with the process id once it runs. */
  readonly onStart?: (pid: number) => void;
}

/** What a program left behind. */
export interface RunResult {
  /** Exit code; 127 when the program could not be started, 130 when it was ended by a signal. */
  readonly code: number;
  /** All of standard output. */
  readonly stdout: string;
  /** All of standard error, or why the program could not be started. */
  readonly stderr: string;
  /** Both streams in the order in which they arrived. */
  readonly text: string;
}

/**
 * Runs a program and waits for its end. It never throws: what went wrong is in the result.
 * The program gets a session of its own, so that Ctrl-C in the terminal reaches only this process, which then decides.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const streams = { stdout: "", stderr: "" };
    let text = "";
    const emitLines = lineSplitter(options.onLine);
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    const abort = (): void => {
      if (child.pid !== undefined) void killTree(child.pid);
    };
    const finish = (code: number): void => {
      options.signal?.removeEventListener("abort", abort);
      resolve({ code, ...streams, text });
    };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        streams[name] += chunk;
        text += chunk;
        emitLines(chunk);
      });
    }
    child.on("error", (error) => {
      streams.stderr += error.message;
      finish(127);
    });
    child.on("close", (code) => finish(code ?? 130));
    if (child.pid !== undefined) options.onStart?.(child.pid);
    if (options.signal?.aborted) abort();
    options.signal?.addEventListener("abort", abort, { once: true });
  });
}

function lineSplitter(onLine: RunOptions["onLine"]): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine?.(line);
  };
}
