import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { codeOf } from "../shared/output";

const holderSchema = z.object({
  token: z.string().min(1),
  pid: z.number().int().positive(),
  host: z.string(),
  processes: z.string(),
});

/** Who holds a lock, as its file says. */
export interface Holder {
  /** One process, whatever its number. */
  readonly token: string;
  /** The process's number, which containers count anew. */
  readonly pid: number;
  /** Name of the machine or the container. */
  readonly host: string;
  /** The table of processes that the number is of; empty where that cannot be told. */
  readonly processes: string;
}

/** How often a holder says that it is still there, in milliseconds. */
const heartbeat = 30_000;

/** After how long without a sign of life a lock holds no more, in milliseconds. */
export const staleAfter = 5 * 60_000;

/**
 * Whether a lock holds. A number of a process says something only where it was given; elsewhere the signs of life
 * decide, which a killed process stops to give.
 *
 * @param holder undefined for a file that does not say, such as one that is just being written.
 * @param silence milliseconds since the last sign of life.
 */
export function isHeld(
  holder: Holder | undefined,
  self: Holder,
  silence: number,
  isRunning: (pid: number) => boolean,
): boolean {
  if (silence > staleAfter) return false;
  if (holder === undefined || holder.token === self.token) return true;
  if (holder.processes === "" || holder.processes !== self.processes) return true;
  return holder.pid !== self.pid && isRunning(holder.pid);
}

const self: Holder = {
  token: randomUUID(),
  pid: process.pid,
  host: hostname(),
  processes: tableOfProcesses(),
};

/** A lock that somebody else holds. */
export class LockedError extends Error {
  constructor(
    readonly path: string,
    readonly holder: Holder | undefined,
  ) {
    super(`${path} is held`);
  }
}

/** A file that keeps other runs out while it is there and its holder gives signs of life. */
export class Lock {
  private readonly pulse: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly file: number,
  ) {
    // Through the open file: after the lock was taken over, the sign must not reach the new holder's.
    this.pulse = setInterval(() => signIfPossible(file), heartbeat).unref();
  }

  /**
   * Takes the lock; one that holds no more is replaced.
   *
   * @throws LockedError when somebody else holds it.
   */
  static take(path: string): Lock {
    const file = create(path);
    if (file !== undefined) return new Lock(path, file);
    clear(path);
    const second = create(path);
    if (second === undefined) throw new LockedError(path, holderIn(textOf(path)));
    return new Lock(path, second);
  }

  /** Whether it still holds: a process that was suspended may have lost it to another one. */
  isOwn(): boolean {
    return holderIn(textOf(this.path))?.token === self.token;
  }

  /** Lets others have it. */
  release(): void {
    clearInterval(this.pulse);
    closeSync(this.file);
    if (this.isOwn()) rmSync(this.path, { force: true });
  }
}

/** The new file; undefined where there is one already. */
function create(path: string): number | undefined {
  try {
    const file = openSync(path, "wx");
    sign(file);
    return file;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return undefined;
    throw error;
  }
}

/** Written by whoever keeps the files, the time of the change is from one clock for all machines. */
function sign(file: number): void {
  writeSync(file, JSON.stringify(self), 0);
  fsyncSync(file);
}

/** A disk that is full for a while is no reason to end: whoever takes the lock over meanwhile is noticed. */
function signIfPossible(file: number): void {
  try {
    sign(file);
  } catch (error) {
    if (codeOf(error) === "unknown") throw error;
  }
}

/** Takes a lock away that holds no more. */
function clear(path: string): void {
  const text = textOf(path);
  if (text === undefined) return;
  const aside = `${path}.${self.token}`;
  const holder = holderIn(text);
  const silence = silenceOf(path, aside);
  if (silence === undefined) return;
  if (isHeld(holder, self, silence, isRunning)) throw new LockedError(path, holder);
  // Another run may have replaced it since it was looked at: what was moved tells, what was removed would not.
  if (!moved(path, aside)) return;
  const taken = textOf(aside);
  if (taken === text) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Milliseconds since a file's last change, by the clock that dates files; undefined when it is gone. */
function silenceOf(path: string, probe: string): number | undefined {
  const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (changed === undefined) return undefined;
  const file = openSync(probe, "w");
  sign(file);
  closeSync(file);
  const now = statSync(probe).mtimeMs;
  rmSync(probe, { force: true });
  return now - changed;
}

function holderIn(text: string | undefined): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Linux has a table for each container, and counts them anew when it starts. */
function tableOfProcesses(): string {
  if (process.platform !== "linux") return hostname();
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${hostname()} ${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
