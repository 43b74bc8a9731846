import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { type Asked, type CursorState, readCursor, writeCursor } from "../../provider/audit/cursor";
import { RefusedError } from "../../provider/posthog/errors";
import { codeOf, writeFile } from "../shared/output";
import { type Holder, Lock, LockedError, staleAfter } from "./lock";

/** A cursor's file, which one run at a time may use. */
export class CursorFile {
  private constructor(
    private readonly path: string,
    private readonly of: Asked,
    private readonly lock: Lock,
    /** What the file said; undefined when there was none. */
    readonly found: CursorState | undefined,
  ) {}

  /**
   * Opens the file and keeps others out.
   *
   * @throws RefusedError when the file is damaged, belongs to another question, or is in use.
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
   * Puts a state in place of the one before, whole or not at all.
   *
   * @throws RefusedError when the file cannot be written, or another run has taken it over.
   */
  save(state: CursorState): void {
    if (!this.lock.isOwn()) throw takenOver(this.path);
    writeFile(this.path, [writeCursor(this.of, state)], {
      explain: (error) => unwritable(this.path, error),
    });
  }

  /** Lets other runs use the file. */
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
    why: "Beginning anew in its place would pass entries on twice, or leave some out. Nothing was read or written.",
    fix: "Name another file with --cursor, put this one back from a backup, or delete it to begin at --since.",
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new RefusedError(`the cursor ${path} cannot be read (${codeOf(error)})`, {
      why: "Without it, it is not known where the last run stopped.",
      fix: "Let this user read the file, or name another one with --cursor.",
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
    why: "Two runs with one cursor would pass the same entries on twice.",
    fix: `Wait for it to end. If no such run is there any more, wait ${minutes} minutes for its lock to lapse, or delete ${lock}.`,
  });
}

function named(holder: Holder | undefined): string {
  if (holder === undefined) return "another run";
  return `process ${holder.pid}${holder.host === hostname() ? "" : ` of ${holder.host}`}`;
}

function takenOver(path: string): RefusedError {
  return new RefusedError(`the cursor ${path} does not belong to this run any more`, {
    why: `Its lock was taken away, as another run may after ${minutes} minutes without a sign of life.`,
    fix: "Nothing, if another run goes on with it: look for entries of the same id among the last ones. Otherwise run again.",
  });
}

function unwritable(path: string, error: unknown): RefusedError {
  return new RefusedError(`the cursor ${path} cannot be written (${codeOf(error)})`, {
    why: "The next run would not know where this one stopped.",
    fix: "Name a file in a folder that this user may write to.",
  });
}
