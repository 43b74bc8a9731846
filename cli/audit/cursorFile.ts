import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { type Asked, type CursorState, readCursor, writeCursor } from "../../provider/audit/cursor";
import { RefusedError } from "../../provider/posthog/errors";
import { codeOf, writeFile } from "../common/output";
import { type Holder, Lock, LockedError, staleAfter } from "./lock";

export class CursorFile {
  private constructor(
    private readonly path: string,
    private readonly of: Asked,
    private readonly lock: Lock,
    /** The state in the file; undefined if the file did not exist. */
    readonly found: CursorState | undefined,
  ) {}

  /**
   * Opens the file and keeps other runs out.
   *
   * @throws RefusedError if the file is damaged, belongs to other flags, or is in use.
   */
  static open(path: string, of: Asked): CursorFile {
    const lock = locked(path);
    try {
      return new CursorFile(path, of, lock, read(path, of));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Replaces the state.
   *
   * @throws RefusedError if the file cannot be written, or another run took it over.
   */
  save(state: CursorState): void {
    if (!this.lock.isOwn()) throw takenOver(this.path);
    writeFile(this.path, [writeCursor(this.of, state)], {
      explain: (error) => unwritable(this.path, error),
    });
  }

  close(): void {
    this.lock.release();
  }
}

function read(path: string, of: Asked): CursorState | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  const state = readCursor(text, of);
  if (!("problem" in state)) return state;
  throw new RefusedError(`the cursor ${path} cannot be continued: ${state.problem}`, {
    why: "Starting over would print entries twice, or miss some. Nothing was read or written.",
    fix: "Choose another file with --cursor, restore this one from a backup, or delete it to start at --since.",
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new RefusedError(`the cursor ${path} cannot be read (${codeOf(error)})`, {
      why: "Without it, the end of the last run is unknown.",
      fix: "Let this user read the file, or choose another one with --cursor.",
    });
  }
}

function locked(path: string): Lock {
  try {
    return Lock.take(`${path}.lock`);
  } catch (error) {
    throw error instanceof LockedError ? inUse(path, error) : unwritable(path, error);
  }
}

const minutes = staleAfter / 60_000;

function inUse(path: string, { path: lock, holder }: LockedError): RefusedError {
  return new RefusedError(`the cursor ${path} is in use by ${named(holder)}`, {
    why: "Two runs with one cursor would print the same entries twice.",
    fix: `Wait for it to end. If that run no longer exists, wait ${minutes} minutes for its lock to expire, or delete ${lock}.`,
  });
}

function named(holder: Holder | undefined): string {
  if (holder === undefined) return "another run";
  return `process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`}`;
}

function takenOver(path: string): RefusedError {
  return new RefusedError(`the cursor ${path} no longer belongs to this run`, {
    why: `Another run took over its lock, which is allowed after ${minutes} minutes without a heartbeat.`,
    fix: "If another run continues with it, check the last entries for repeated ids. Otherwise run again.",
  });
}

function unwritable(path: string, error: unknown): RefusedError {
  return new RefusedError(`the cursor ${path} cannot be written (${codeOf(error)})`, {
    why: "The next run would not know where this one stopped.",
    fix: "Choose a file in a folder that this user may write to.",
  });
}
