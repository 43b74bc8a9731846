/** The clock that a gate waits by; tests bring their own. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** How much a gate lets through. */
interface GateLimits {
  /** Requests in any 60 seconds, or false for no limit. */
  readonly perMinute: number | false;
  /** Requests at the same time. */
  readonly concurrency: number;
}

/** PostHog's sustained limit stands at ten times the burst limit (`posthog/rate_limit.py`: 480 a minute, 4800 an hour). */
const hourlyFactor = 10;

/**
 * How long a request has to wait so that neither window overflows, given the start times of earlier ones
 * (ascending). Zero when it may start now.
 */
export function waitFor(starts: readonly number[], now: number, perMinute: number | false): number {
  if (perMinute === false) return 0;
  const windows = [
    { span: 60_000, most: perMinute },
    { span: 3_600_000, most: perMinute * hourlyFactor },
  ];
  const waits = windows.map(({ span, most }) => {
    const blocking = starts[starts.length - most];
    return blocking === undefined ? 0 : blocking + span - now;
  });
  return Math.max(0, ...waits);
}

/**
 * The one gate that all requests with one key pass: it spreads them under PostHog's limits, and when PostHog says
 * "wait", everybody waits, for as long as it says, and starts again one by one.
 */
export class Gate {
  private readonly starts: number[] = [];
  private readonly queue: (() => void)[] = [];
  private running = 0;
  private width: number;
  private closedUntil = 0;
  private turning = false;

  constructor(
    private readonly limits: GateLimits,
    private readonly clock: Clock = systemClock,
  ) {
    this.width = limits.concurrency;
  }

  /** Runs one request when it is its turn. */
  async pass<T>(request: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.queue.push(resolve);
      void this.turn();
    });
    try {
      return await request();
    } finally {
      this.running -= 1;
      void this.turn();
    }
  }

  /** Closes the gate for everybody for the time that PostHog asked for. */
  pause(milliseconds: number): void {
    this.closedUntil = Math.max(this.closedUntil, this.clock.now() + milliseconds);
    this.width = 1;
  }

  /** Reports an answer that was not throttled, which opens the gate wider again. */
  succeeded(): void {
    this.width = Math.min(this.limits.concurrency, this.width + 1);
  }

  private async turn(): Promise<void> {
    if (this.turning) return;
    this.turning = true;
    try {
      while (this.queue.length > 0 && this.running < this.width) {
        const now = this.clock.now();
        const wait = Math.max(this.closedUntil - now, waitFor(this.starts, now, this.limits.perMinute));
        if (wait > 0) {
          await this.clock.sleep(wait);
          continue;
        }
        this.admit(now);
      }
    } finally {
      this.turning = false;
    }
  }

  private admit(now: number): void {
    this.running += 1;
    if (this.limits.perMinute !== false) {
      this.starts.push(now);
      const keep = this.limits.perMinute * hourlyFactor;
      if (this.starts.length > 2 * keep) this.starts.splice(0, this.starts.length - keep);
    }
    this.queue.shift()?.();
  }
}
