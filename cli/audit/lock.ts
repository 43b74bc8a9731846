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
import * as z from "zod";
import { codeOf } from "../common/output";

const holderSchema = z.object({
  token: z.string().min(1),
  pid: z.number().int().positive(),
  host: z.string(),
  processes: z.string(),
});

/** The holder of a lock, as stored in its file. */
export interface Holder {
  /** Identifies one process, whatever its id. */
  readonly token: string;
  /** The process's id, which is unique only within a container. */
  readonly pid: number;
  /** Name of the machine or container. */
  readonly host: string;
  /** The process table that the id belongs to; empty if unknown. */
  readonly processes: string;
}

/** Milliseconds between two heartbeats of a holder. */
const heartbeat = 30_000;

/** A lock without a heartbeat for this many milliseconds is stale. */
export const staleAfter = 5 * 60_000;

/**
 * Whether a lock is held. A process id only means something in its own process table; elsewhere the heartbeat, which
 * ends with the process, decides.
 *
 * @param holder undefined for a file without one, such as a file that is just being written.
 * @param silence milliseconds since the last heartbeat.
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

/** Another run holds the lock. */
export class LockedError extends Error {
  constructor(
    readonly path: string,
    readonly holder: Holder | undefined,
  ) {
    super(`${path} is held`);
  }
}

/** A file that keeps other runs out while it exists and its holder sends heartbeats. */
export class Lock {
  private readonly pulse: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly file: number,
  ) {
    // Through the open file: after a takeover, the heartbeat must not reach the new holder's file.
    this.pulse = setInterval(() => signIfPossible(file), heartbeat).unref();
  }

  /**
   * Takes the lock, and replaces a stale one.
   *
   * @throws LockedError if another run holds it.
   */
  static take(path: string): Lock {
    const file = create(path);
    if (file !== undefined) return new Lock(path, file);
    clear(path);
    const second = create(path);
    if (second === undefined) throw new LockedError(path, holderIn(textOf(path)));
    return new Lock(path, second);
  }

  /** Whether this process still holds the lock: a suspended process may have lost it to another one. */
  isOwn(): boolean {
    return holderIn(textOf(this.path))?.token === self.token;
  }

  release(): void {
    clearInterval(this.pulse);
    closeSync(this.file);
    if (this.isOwn()) rmSync(this.path, { force: true });
  }
}

/** The new file; undefined if it already exists. */
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

/** Writes, because the file server's clock, which all machines share, dates the write. */
function sign(file: number): void {
  writeSync(file, JSON.stringify(self), 0);
  fsyncSync(file);
}

/** A temporarily full disk is not a reason to stop: a takeover in the meantime is noticed. */
function signIfPossible(file: number): void {
  try {
    sign(file);
  } catch (error) {
    if (codeOf(error) === "unknown") throw error;
  }
}

function clear(path: string): void {
  const text = textOf(path);
  if (text === undefined) return;
  const aside = `${path}.${self.token}`;
  const holder = holderIn(text);
  const silence = silenceOf(path, aside);
  if (silence === undefined) return;
  if (isHeld(holder, self, silence, isRunning)) throw new LockedError(path, holder);
  // Another run may have replaced it since it was read, which a moved file still shows and a removed one would not.
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

/** Milliseconds since a file's last change, by the clock that dates files; undefined if it no longer exists. */
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

/** Linux has a separate process table for each container, and new ones after every boot. */
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
