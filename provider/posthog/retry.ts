/** How long a request waits in all, at most, for the rate limit or because PostHog asks for it: 15 minutes. */
export const longestWaitMs = 15 * 60_000;

/** How one attempt of a request ended, as far as the next step depends on it. */
export interface Attempt {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Attempts made so far, this one included. */
  readonly attempts: number;
  /** The status that was answered; missing when there was no answer. */
  readonly status?: number;
  /** Whether the request reached the server, as far as this side knows. */
  readonly sent: boolean;
  /** The answer's `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** How long the request has waited after earlier attempts, in milliseconds. */
  readonly waitedMs: number;
  /** Whether a read can show if a POST without an answer was carried out. */
  readonly canRecover: boolean;
}

/** What to do next: give up, or wait and try again, for a POST only after looking whether the first one landed. */
type Decision =
  /** `tooLongMs` is a wait that was asked for, and is longer than a request waits. */
  | { readonly next: "giveUp"; readonly tooLongMs?: number }
  | { readonly next: "retry" | "recover"; readonly waitMs: number };

/** How often a request is tried at most when the server fails; waiting for a rate limit does not count. */
export const maxAttempts = 5;
/** How often a request waits for the rate limit before it gives up. */
export const maxThrottledAttempts = 20;

const transient = new Set([408, 425, 500, 502, 503, 504]);

/**
 * Decides what follows a failed attempt. GET, PUT, PATCH and DELETE are safe to repeat. A POST that may have been
 * carried out is repeated only after such a read; one that was refused for the rate limit was not carried out.
 *
 * @param jitter a number from 0 to 1 that spreads the waits of parallel requests.
 */
export function decide(attempt: Attempt, jitter: number): Decision {
  // A moment that is over says nothing of when to come back.
  const waitMs = attempt.retryAfterMs || backoff(attempt.attempts, jitter);
  const isTooLong = attempt.waitedMs + waitMs > longestWaitMs;
  if (attempt.status === 429) {
    if (isTooLong) return { next: "giveUp", tooLongMs: waitMs };
    return attempt.attempts >= maxThrottledAttempts ? { next: "giveUp" } : { next: "retry", waitMs };
  }
  if (attempt.status !== undefined && !transient.has(attempt.status)) return { next: "giveUp" };
  const mayHaveLanded = attempt.method === "POST" && attempt.sent;
  if (mayHaveLanded && !attempt.canRecover) return { next: "giveUp" };
  const isLast = isTooLong || attempt.attempts >= maxAttempts;
  if (mayHaveLanded) return { next: "recover", waitMs: isLast ? 0 : waitMs };
  if (isTooLong) return { next: "giveUp", tooLongMs: waitMs };
  return isLast ? { next: "giveUp" } : { next: "retry", waitMs };
}

function backoff(attempts: number, jitter: number): number {
  return Math.round(Math.min(200 * 2 ** (attempts - 1), 5_000) * (0.8 + 0.4 * jitter));
}

/** No server means a longer wait: a day. Beyond a month, Node's timers end at once. */
const longestRetryAfterMs = 86_400_000;

/** Reads a `Retry-After` header: seconds, or a date. Milliseconds from `now`, at most a day's, or undefined. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const isSeconds = /^\d+(\.\d+)?$/.test(header.trim());
  const waitMs = isSeconds ? Math.ceil(Number(header) * 1000) : Date.parse(header) - now;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), longestRetryAfterMs);
}
