import { fsyncSync } from "node:fs";
import type { Writable } from "node:stream";
import { counted } from "../../provider/access/messages";
import { shownMoment } from "../../provider/audit/moments";
import { codeOf } from "../common/output";

/** Nobody reads the output any more, as with `head` after its last line. */
export class OutputClosedError extends Error {
  constructor() {
    super("nobody reads the output any more");
  }
}

/** Where entries go. */
export interface Output {
  /** Resolves once the system has accepted the text; rejects with OutputClosedError if nobody reads it. */
  write(text: string): Promise<void>;
}

/** Writes to a stream, such as the standard output. */
export class StreamOutput implements Output {
  private failure: Error | undefined;

  /** @param descriptor the stream's file descriptor: entries have to be on disk before a cursor moves past them. */
  constructor(
    private readonly stream: Writable,
    private readonly descriptor?: number,
  ) {
    // Without a listener, a closed pipe would end the process.
    stream.on("error", (error) => {
      this.failure ??= error;
    });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(explain(this.failure));
      this.stream.write(text, (error) => {
        if (error != null) return reject(explain(error));
        this.sync();
        resolve();
      });
    });
  }

  private sync(): void {
    if (this.descriptor === undefined) return;
    try {
      fsyncSync(this.descriptor);
    } catch {
      // Pipes and terminals cannot be flushed to disk.
    }
  }
}

function explain(error: Error): Error {
  const code = codeOf(error);
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED" ? new OutputClosedError() : error;
}

/** Shows how far reading has come. */
export interface Progress {
  /** After a page: how many entries so far, and the moment of the last one. */
  at(count: number, moment: string): void;
  /** Removes lines that should not stay. */
  clear(): void;
}

/** Shows no progress. */
export const silent: Progress = { at: () => {}, clear: () => {} };

/** One line that is rewritten on a terminal; elsewhere a line for each page. */
export function progressTo(write: (text: string) => void, isTerminal: boolean): Progress {
  let width = 0;
  const clear = (): void => {
    if (width > 0) write(`\r${" ".repeat(width)}\r`);
    width = 0;
  };
  return {
    clear,
    at(count, moment) {
      const text = `${counted(count, "entry", "entries")}, at ${shownMoment(moment)}`;
      clear();
      write(isTerminal ? text : `${text}\n`);
      if (isTerminal) width = text.length;
    },
  };
}
