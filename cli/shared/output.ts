import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { extname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { nearest } from "../../provider/access/nearest";
import { NotFoundError } from "../../provider/posthog/errors";

/** A text in pieces, so that a long one need not be in memory as a whole. */
export type Pieces = Iterable<string>;

/**
 * Writes a text to a file, without the colors that a terminal shows. The file is whole or as it was before: it gets its
 * name when everything is in it.
 */
export function writeFile(file: string, pieces: Pieces): void {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    writePieces(unfinished, pieces);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new NotFoundError(`${file} cannot be written`, {
      why: `${error instanceof Error ? error.message : String(error)}.`,
      fix: "Give a file in a folder that is there and open to you.",
    });
  }
}

function writePieces(file: string, pieces: Pieces): void {
  const descriptor = openSync(file, "w");
  try {
    for (const piece of pieces) {
      const bytes = Buffer.from(stripVTControlCharacters(piece));
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a text to the standard output, waiting where whoever reads it is slow, and stopping where nobody reads it any
 * more, as behind `head`.
 */
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

/** What went wrong with a stream. */
interface Seen {
  failure?: NodeJS.ErrnoException;
}

const watched = new WeakMap<NodeJS.WritableStream, Seen>();

/** Watches a stream for good: that nobody reads any more is told after the last piece too, and would end the process. */
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
 * The format that a file's name stands for.
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
  throw new NotFoundError(`${file} has no known format`, {
    why: `The name's end says which: ${Object.keys(extensions).join(", ")}.`,
    fix: near === undefined ? "Give the file one of these ends." : `Did you mean ${near}?`,
  });
}
