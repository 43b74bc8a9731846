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
  /** Whether a lookup can show if a POST without an answer was carried out. */
  readonly canRecover: boolean;
}

/** What to do next: give up, or wait and try again, for a POST only after looking whether the first one landed. */
type Decision = { readonly next: "giveUp" } | { readonly next: "retry" | "recover"; readonly waitMs: number };

/** How often a request is tried at most when the server fails; waiting for a rate limit does not count. */
export const maxAttempts = 5;
/** How often a request waits for the rate limit before it gives up. */
export const maxThrottledAttempts = 20;

const transient = new Set([408, 425, 500, 502, 503, 504]);

/**
 * Decides what follows a failed attempt. GET, PUT, PATCH and DELETE are safe to repeat. A POST that may have been
 * carried out is repeated only after a lookup; one that was refused for the rate limit was not carried out.
 *
 * @param jitter a number from 0 to 1 that spreads the waits of parallel requests.
 */
export function decide(attempt: Attempt, jitter: number): Decision {
  if (attempt.status === 429) {
    if (attempt.attempts >= maxThrottledAttempts) return { next: "giveUp" };
    return { next: "retry", waitMs: attempt.retryAfterMs ?? backoff(attempt.attempts, jitter) };
  }
  if (attempt.status !== undefined && !transient.has(attempt.status)) return { next: "giveUp" };
  if (attempt.attempts >= maxAttempts) {
    return attempt.method === "POST" && attempt.sent && attempt.canRecover
      ? { next: "recover", waitMs: 0 }
      : { next: "giveUp" };
  }
  const waitMs = attempt.retryAfterMs ?? backoff(attempt.attempts, jitter);
  if (attempt.method !== "POST" || !attempt.sent) return { next: "retry", waitMs };
  return attempt.canRecover ? { next: "recover", waitMs } : { next: "giveUp" };
}

function backoff(attempts: number, jitter: number): number {
  return Math.round(Math.min(200 * 2 ** (attempts - 1), 5_000) * (0.8 + 0.4 * jitter));
}

/** Reads a `Retry-After` header: seconds, or a date. Milliseconds from `now`, in full, or undefined. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Math.ceil(Number(header) * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
