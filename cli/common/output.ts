import { randomUUID } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { printableLines } from "../../provider/access/messages";
import { nearest } from "../../provider/access/nearest";
import { ConfigurationError, messageOf } from "../../provider/posthog/errors";

/** A text in pieces, so that a long one never has to be in memory as a whole. */
export type Pieces = Iterable<string>;

/** A value as JSON on several lines, or on one. Control characters are escaped, which does not change the value. */
export function jsonText(value: unknown, { isOneLine = false } = {}): string {
  return printableLines(JSON.stringify(value, undefined, isOneLine ? undefined : 2));
}

interface WriteOptions {
  /** Permissions of a new file; an existing one keeps its own. */
  readonly mode?: number;
  /** Whether an existing file is an error. */
  readonly isNew?: boolean;
  /** The error for a file that cannot be written. */
  readonly explain?: (error: unknown) => Error;
}

/**
 * Writes a file. Afterwards the file contains the whole text, on disk, or what it contained before, and keeps its
 * permissions and owner; a link stays a link. A file that would not stay the same if it was replaced is written
 * directly: a pipe or device, a file of another user or with several names, and one in a folder that does not allow new
 * files.
 *
 * @throws ConfigurationError, or the caller's own error, if the file cannot be written.
 */
export function writeFile(
  file: string,
  pieces: Pieces,
  { mode = 0o666, isNew = false, explain = (error) => cannotBeWritten(file, error) }: WriteOptions = {},
): void {
  try {
    if (isNew && lstatSync(file, { throwIfNoEntry: false }) !== undefined)
      throw new Error("It exists already");
    const target = linkedFrom(file);
    const existing = statSync(target, { throwIfNoEntry: false });
    const isOpenEnded = isStream(target, existing);
    const draft = isOpenEnded ? undefined : draftFor(target, existing, mode);
    if (isOpenEnded) writePieces(openSync(target, "a"), pieces);
    else if (draft !== undefined) replace(target, draft, pieces);
    else writePieces(openSync(target, "w"), pieces, fsyncSync);
  } catch (error) {
    throw explain(error);
  }
}

/** The longest chain of links, as on Linux. */
const mostLinks = 40;

/** The target of a link, whether or not it exists; the file itself if it is not a link. */
function linkedFrom(file: string): string {
  let at = file;
  for (let count = 0; count < mostLinks; count += 1) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return at;
    // What is open as /dev/stdout has no other name.
    if (isOpened(at)) return at;
    at = resolve(realpathSync(dirname(at)), readlinkSync(at));
  }
  throw new Error("Its links form a circle");
}

const isOpened = (file: string): boolean => /^\/(dev|proc)\//.test(resolve(file));

/** Whether a file does not store a text but accepts one. */
const isStream = (file: string, existing: Stats | undefined): boolean =>
  isOpened(file) || (existing !== undefined && !existing.isFile());

interface Draft {
  readonly path: string;
  readonly descriptor: number;
}

/** A new file next to a file, with its owner and permissions; undefined if the folder does not allow it. */
function draftFor(file: string, existing: Stats | undefined, mode: number): Draft | undefined {
  if (existing !== undefined && existing.nlink > 1) return undefined;
  const path = `${file}.${randomUUID()}.tmp`;
  let descriptor: number;
  try {
    // Never use a file that someone else has put there.
    descriptor = openSync(path, "wx", mode);
  } catch (error) {
    if (existing === undefined) throw error;
    return undefined;
  }
  if (existing === undefined) return { path, descriptor };
  try {
    const { uid, gid } = fstatSync(descriptor);
    if (uid !== existing.uid || gid !== existing.gid) fchownSync(descriptor, existing.uid, existing.gid);
    fchmodSync(descriptor, existing.mode & 0o7777);
    return { path, descriptor };
  } catch {
    closeSync(descriptor);
    rmSync(path, { force: true });
    return undefined;
  }
}

/** Renames a draft to the file's name once it is complete. */
function replace(file: string, { path, descriptor }: Draft, pieces: Pieces): void {
  try {
    writePieces(descriptor, pieces, fsyncSync);
    renameSync(path, file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** Writes everything, and closes the file. */
function writePieces(
  descriptor: number,
  pieces: Pieces,
  sync: (descriptor: number) => void = () => {},
): void {
  try {
    for (const piece of pieces) {
      const bytes = Buffer.from(piece);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    }
    sync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function cannotBeWritten(file: string, error: unknown): Error {
  return new ConfigurationError(`${file} cannot be written`, {
    why: `${messageOf(error)}.`,
    fix: "Give a file in an existing folder that you may write to.",
  });
}

/** A text without terminal colors. */
export function* withoutColors(pieces: Pieces): Generator<string> {
  for (const piece of pieces) yield stripVTControlCharacters(piece);
}

/** Writes a text to standard output. Waits for a slow reader, and stops once nobody reads any more, as with `head`. */
export async function printPieces(
  pieces: Pieces,
  output: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  const seen = watch(output);
  for (const piece of pieces) {
    if (seen.failure !== undefined) break;
    if (!output.write(piece)) await drained(output);
  }
  if (seen.failure !== undefined && seen.failure.code !== "EPIPE") throw seen.failure;
}

/** The first error of a stream. */
interface Seen {
  failure?: NodeJS.ErrnoException;
}

const watched = new WeakMap<NodeJS.WritableStream, Seen>();

/**
 * Watches a stream permanently: a closed pipe may be reported after the last piece, and would otherwise end the
 * process.
 */
function watch(output: NodeJS.WritableStream): Seen {
  const known = watched.get(output);
  if (known !== undefined) return known;
  const seen: Seen = {};
  output.on("error", (error: NodeJS.ErrnoException) => {
    seen.failure ??= error;
  });
  watched.set(output, seen);
  return seen;
}

function drained(output: NodeJS.WritableStream): Promise<void> {
  const events = ["drain", "error", "close"];
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) output.off(event, done);
      resolve();
    };
    for (const event of events) output.on(event, done);
  });
}

/**
 * The format for a file's extension.
 *
 * @param extensions formats by extension, such as `.md`.
 */
export function formatOfFile<Format extends string>(
  file: string,
  extensions: Readonly<Record<string, Format>>,
): Format {
  const extension = extname(file).toLowerCase();
  const format = extensions[extension];
  if (format !== undefined) return format;
  const near = nearest(extension, Object.keys(extensions));
  throw new ConfigurationError(`${file} has no known format`, {
    why: `The extension decides the format: ${Object.keys(extensions).join(", ")}.`,
    fix: near === undefined ? "Use one of these extensions." : `Did you mean ${near}?`,
  });
}

/** The code of a file system or process error, such as `ENOENT`. */
export const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
