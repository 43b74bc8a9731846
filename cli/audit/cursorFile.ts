import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type Asked, type CursorState, readCursor, writeCursor } from "../../provider/audit/cursor";
import { RefusedError } from "../../provider/posthog/errors";

/** A cursor's file, which one run at a time may use. */
export class CursorFile {
  private constructor(
    private readonly path: string,
    private readonly of: Asked,
    /** What the file said; undefined when there was none. */
    readonly found: CursorState | undefined,
  ) {}

  /**
   * Opens the file and keeps others out.
   *
   * @throws RefusedError when the file is damaged, belongs to another question, or is in use.
   */
  static open(path: string, of: Asked): CursorFile {
    lock(path);
    try {
      return new CursorFile(path, of, read(path, of));
    } catch (error) {
      unlock(path);
      throw error;
    }
  }

  /** Puts a state in place of the one before, whole or not at all. */
  save(state: CursorState): void {
    const draft = `${this.path}.${process.pid}.tmp`;
    try {
      const file = openSync(draft, "w");
      try {
        writeFileSync(file, writeCursor(this.of, state));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, this.path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw unwritable(this.path, error);
    }
  }

  /** Lets other runs use the file. */
  close(): void {
    unlock(this.path);
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

const lockOf = (path: string): string => `${path}.lock`;

function lock(path: string): void {
  try {
    writeLock(path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw unwritable(path, error);
    const owner = Number(textOf(lockOf(path)));
    if (isRunning(owner)) throw inUse(path, owner);
    rmSync(lockOf(path), { force: true });
    writeLock(path);
  }
}

function writeLock(path: string): void {
  writeFileSync(lockOf(path), String(process.pid), { flag: "wx" });
}

const unlock = (path: string): void => rmSync(lockOf(path), { force: true });

/** Whether another process of that number runs: this one's own number was left by an earlier one that was killed. */
function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

function inUse(path: string, owner: number): RefusedError {
  return new RefusedError(`the cursor ${path} is in use by process ${owner}`, {
    why: "Two runs with one cursor would pass the same entries on twice.",
    fix: `Wait for it to end. If no such run is there any more, delete ${lockOf(path)}.`,
  });
}

function unwritable(path: string, error: unknown): RefusedError {
  return new RefusedError(`the cursor ${path} cannot be written (${codeOf(error)})`, {
    why: "The next run would not know where this one stopped.",
    fix: "Name a file in a folder that this user may write to.",
  });
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
