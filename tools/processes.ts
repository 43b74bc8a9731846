import { execFile, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

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

/** How a program ended, and its output. */
export interface RunResult {
  /** Exit code; 127 if the program could not start, 130 if a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  /** All of standard error, or why the program could not start. */
  readonly stderr: string;
  /** Both streams in their order of arrival. */
  readonly text: string;
}

/**
 * Runs a program and waits for its end. It never throws: the result contains any error. The program gets a separate
 * session, so that Ctrl-C in the terminal reaches only this process, which then decides.
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

/** A running process as the operating system reports it. */
interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Resident memory in bytes: the peak since its start if the system records it (Linux), else the current value. */
  readonly residentBytes: number;
  /** The command line, with arguments separated by spaces. */
  readonly command: string;
}

/** All running processes of the machine: from `/proc` if it exists (containers often lack `ps`), else from `ps`. */
export async function listProcesses(): Promise<ProcessRow[]> {
  if (process.platform !== "linux") return parsePs(await runPs());
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(pids.map((pid) => readProcRow(Number(pid))));
  return rows.filter((row) => row !== undefined);
}

/** `root` and everything it started, directly or indirectly, parents first. */
export function descendants(rows: readonly ProcessRow[], root: number): ProcessRow[] {
  const family = rows.filter((row) => row.pid === root);
  for (const member of family) {
    family.push(...rows.filter((row) => row.parent === member.pid && row.pid !== root));
  }
  return family;
}

/** Reads the output of `ps -A -o pid=,ppid=,rss=,args=` (memory in KiB). */
export function parsePs(text: string): ProcessRow[] {
  return text.split("\n").flatMap((line) => {
    const fields = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    if (!fields) return [];
    const [, pid, parent, kibibytes, command] = fields;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        residentBytes: Number(kibibytes) * 1024,
        command: command ?? "",
      },
    ];
  });
}

/** Reads `/proc/PID/status`. Kernel threads have no memory lines and count as 0 bytes. */
export function parseProcStatus(text: string): Pick<ProcessRow, "parent" | "residentBytes"> {
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return { parent: field("PPid"), residentBytes: field("VmHWM") * 1024 };
}

async function readProcRow(pid: number): Promise<ProcessRow | undefined> {
  try {
    const [status, command] = await Promise.all([
      readFile(`/proc/${pid}/status`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
    ]);
    // A zombie has ended: it only waits for its parent to notice.
    if (/^State:\s+Z/m.test(status)) return undefined;
    return { pid, ...parseProcStatus(status), command: command.replaceAll("\0", " ").trim() };
  } catch {
    // It ended after the listing.
    return undefined;
  }
}

function runPs(): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("ps", ["-A", "-o", "pid=,ppid=,rss=,args="], { maxBuffer: 2 ** 26 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
}

/**
 * Ends a process and everything it started. The Pulumi CLI puts its plugins into separate process groups, so
 * signaling one group would leave the language host and the provider running. First stops all of them, so that none
 * starts another process in between.
 */
export async function killTree(root: number): Promise<void> {
  const frozen = new Set<number>();
  for (;;) {
    const family = descendants(await listProcesses(), root).filter(({ pid }) => !frozen.has(pid));
    if (family.length === 0) break;
    for (const { pid } of family) {
      signal(pid, "SIGSTOP");
      frozen.add(pid);
    }
  }
  for (const pid of frozen) signal(pid, "SIGKILL");
}

function signal(pid: number, name: "SIGSTOP" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}
