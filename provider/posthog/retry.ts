/** How long a request waits in total, at most, for the rate limit or because PostHog demands it: 15 minutes. */
export const longestWaitMs = 15 * 60_000;

/** The outcome of one attempt, as far as the next step depends on it. */
export interface Attempt {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Attempts so far, including this one. */
  readonly attempts: number;
  /** The response's status; missing if there was no response. */
  readonly status?: number;
  /** Whether the request reached the server, as far as this side knows. */
  readonly sent: boolean;
  /** The response's `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** How long the request has waited after earlier attempts, in milliseconds. */
  readonly waitedMs: number;
  /** Whether a read can show if a POST without a response was carried out. */
  readonly canRecover: boolean;
}

/** The next step: give up, or wait and try again; for a POST, only after checking whether the first one landed. */
type Decision =
  /** `tooLongMs` is a demanded wait that exceeds the limit. */
  | { readonly next: "giveUp"; readonly tooLongMs?: number }
  | { readonly next: "retry" | "recover"; readonly waitMs: number };

/** How often a request is tried at most if the server fails; waits for a rate limit do not count. */
export const maxAttempts = 5;
/** How often a request waits for the rate limit before it gives up. */
export const maxThrottledAttempts = 20;

const transient = new Set([408, 425, 500, 502, 503, 504]);

/**
 * Decides what follows a failed attempt. GET, PUT, PATCH and DELETE are safe to repeat. A POST that may have been
 * carried out is repeated only after such a read; one that hit the rate limit was not carried out.
 *
 * @param jitter a number from 0 to 1 that spreads the waits of parallel requests.
 */
export function decide(attempt: Attempt, jitter: number): Decision {
  // A moment in the past says nothing about when to retry.
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

/** No real server demands a longer wait than a day. Beyond a month, Node's timers fire at once. */
const longestRetryAfterMs = 86_400_000;

/** Parses a `Retry-After` header: seconds, or a date. Milliseconds from `now`, at most a day's, or undefined. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const isSeconds = /^\d+(\.\d+)?$/.test(header.trim());
  const waitMs = isSeconds ? Math.ceil(Number(header) * 1000) : Date.parse(header) - now;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), longestRetryAfterMs);
}
