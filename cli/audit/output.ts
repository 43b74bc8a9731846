import { fsyncSync } from "node:fs";
import type { Writable } from "node:stream";

/** Whoever read the output does not any more, as `head` does after its lines. */
export class OutputClosedError extends Error {
  constructor() {
    super("nobody reads the output any more");
  }
}

/** Where entries are written to. */
export interface Output {
  /** Done when the system has taken the text over; rejects with OutputClosedError when nobody reads it. */
  write(text: string): Promise<void>;
}

/** Writes to a stream, such as the standard output, text by text. */
export class StreamOutput implements Output {
  private failure: Error | undefined;

  /** @param descriptor the stream's file descriptor, for what has to be on disk before a cursor says so. */
  constructor(
    private readonly stream: Writable,
    private readonly descriptor?: number,
  ) {
    // Without a listener a closed pipe would end the process in the middle of things.
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
      // Pipes and terminals have nothing to be put on disk.
    }
  }
}

function explain(error: Error): Error {
  const code = "code" in error ? error.code : undefined;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED" ? new OutputClosedError() : error;
}
