import type { IncomingHttpHeaders } from "node:http";

/** How long one exchange may take. */
export const exchangeTimeoutMs = 30_000;

/** One request as it goes over the network. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back, whatever its status. */
export interface WireReply {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Pick<IncomingHttpHeaders, "content-type" | "retry-after" | "set-cookie">>;
  readonly text: string;
}

/**
 * Carries one request out and its answer back: any status is an answer, and no redirect is followed.
 *
 * @throws NoAnswerError when no whole answer comes back.
 */
export type Wire = (exchange: Exchange) => Promise<WireReply>;

/** No whole answer came back. */
export class NoAnswerError extends Error {
  /** @param code Node's code for the cause, such as `ECONNRESET`. */
  constructor(readonly code: string) {
    super(code);
    this.name = "NoAnswerError";
  }
}
