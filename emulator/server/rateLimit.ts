import { throttled } from "./errors";

/** The requests that one personal API key may make. */
export interface RateLimits {
  /** Per minute. */
  readonly burst: number;
  /** Per hour. */
  readonly sustained: number;
}

/** PostHog Cloud's limits (PostHog: rate limits). */
export const CLOUD_RATE_LIMITS: RateLimits = { burst: 480, sustained: 4800 };

/** Counts each key's requests in sliding windows and rejects those over the limit. */
export class RateLimiter {
  private readonly histories = new Map<string, number[]>();
  private readonly windows: readonly { readonly requests: number; readonly seconds: number }[];

  constructor(limits: RateLimits) {
    this.windows = [
      { requests: limits.burst, seconds: 60 },
      { requests: limits.sustained, seconds: 3600 },
    ];
  }

  /** Counts one request of a key; throws 429 if a window is full. Rejected requests do not count. */
  take(key: string, now: Date): void {
    const seconds = now.getTime() / 1000;
    const recent = (this.histories.get(key) ?? []).filter((moment) => moment > seconds - 3600);
    for (const window of this.windows) {
      const inside = recent.filter((moment) => moment > seconds - window.seconds);
      const oldest = inside[inside.length - window.requests];
      if (oldest !== undefined) {
        throw throttled(Math.max(1, Math.ceil(oldest + window.seconds - seconds)));
      }
    }
    this.histories.set(key, [...recent, seconds]);
  }

  clear(): void {
    this.histories.clear();
  }
}
