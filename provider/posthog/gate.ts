import { ConnectionError } from "./errors";
import { longestWaitMs } from "./retry";

/** The clock that a gate waits by; tests pass their own. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

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

/** Longer waits are announced. */
const noticeableWaitMs = 5_000;

/** PostHog's sustained limit is ten times the burst limit (`posthog/rate_limit.py`: 480 a minute, 4800 an hour). */
const hourlyFactor = 10;

/**
 * How long requests have to wait so that neither window overflows, given the start times of earlier ones (ascending).
 * Zero if they may start now.
 */
export function waitFor(
  starts: readonly number[],
  now: number,
  perMinute: number | false,
  requests = 1,
): number {
  if (perMinute === false) return 0;
  const windows = [
    { span: 60_000, most: perMinute },
    { span: 3_600_000, most: perMinute * hourlyFactor },
  ];
  const waits = windows.map(({ span, most }) => {
    const blocking = starts[starts.length - Math.max(1, most - requests + 1)];
    return blocking === undefined ? 0 : blocking + span - now;
  });
  return Math.max(0, ...waits);
}

/**
 * The error for a request that would have to wait too long.
 *
 * @param until when PostHog accepts requests again.
 */
export function waitsTooLong(what: string, until: number, mayHaveArrived = false): ConnectionError {
  const minutes = longestWaitMs / 60_000;
  return new ConnectionError(
    `${what} failed: no request is possible until ${timeOf(until)}`,
    {
      why: `The key's request budget is used up, or PostHog asks for patience, and a request waits for ${minutes} minutes at most.`,
      fix: "Run again after that time, or give this stack a key of its own.",
    },
    mayHaveArrived,
  );
}

function timeOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A caller waiting for their turn. */
interface Waiting {
  readonly what: string;
  /** How many requests have to fit under the limits before it is their turn. */
  readonly requests: number;
  /** Whether they send a request, or only wait until there is room. */
  readonly sends: boolean;
  /** Whether room may be reserved for it. */
  readonly first: boolean;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * The one gate for all requests with one key: it spreads them under PostHog's limits, and when PostHog says "wait",
 * everyone waits for as long as it says, and then starts again one by one. Callers that wait for 15 minutes in all
 * without a response get an error.
 */
export class Gate {
  private readonly starts: number[] = [];
  private readonly queue: Waiting[] = [];
  private running = 0;
  private width: number;
  private closedUntil = 0;
  /** Since when PostHog has answered only "wait". */
  private closedSince: number | undefined;
  private announcedUntil = 0;
  private turning = false;
  /** Requests that room is reserved for. */
  private reserved = 0;

  constructor(
    private readonly limits: GateLimits,
    private readonly clock: Clock = systemClock,
    private readonly say: (line: string) => void = () => {},
  ) {
    this.width = limits.concurrency;
  }

  /**
   * Runs one request in its turn.
   *
   * @param what the purpose, as a gerund phrase for errors.
   * @param first whether it goes before all waiting requests, because others wait for its result.
   * @throws ConnectionError if its turn would come too late.
   */
  async pass<T>(what: string, request: () => Promise<T>, first = false): Promise<T> {
    if (first && this.running < this.width && this.waitFor(1) === 0) this.start();
    else await this.enqueue({ what, requests: 1, sends: true, first });
    try {
      return await request();
    } finally {
      this.running -= 1;
      void this.turn();
    }
  }

  /**
   * Resolves in the caller's turn, once this many requests fit under the limits.
   *
   * @throws ConnectionError if that would take too long.
   */
  async room(what: string, requests: number): Promise<void> {
    const isFree = this.queue.length === 0 && this.waitFor(requests + this.reserved) === 0;
    if (!isFree) await this.enqueue({ what, requests, sends: false, first: false });
  }

  /**
   * Reserves room under the limits for this many requests that go first, until the returned function is called;
   * undefined if they would have to wait.
   */
  reserve(requests: number): (() => void) | undefined {
    if (this.waitFor(requests + this.reserved) > 0) return undefined;
    this.reserved += requests;
    return () => {
      this.reserved -= requests;
      void this.turn();
    };
  }

  /** Closes the gate for everyone for as long as PostHog demanded. */
  pause(milliseconds: number): void {
    const now = this.clock.now();
    this.closedSince ??= now;
    this.closedUntil = Math.max(this.closedUntil, now + milliseconds);
    this.width = 1;
  }

  /** Reports a response that was not throttled, which widens the gate again. */
  succeeded(): void {
    this.closedSince = undefined;
    this.width = Math.min(this.limits.concurrency, this.width + 1);
  }

  /** How long until this many requests fit, or as many as the limits ever allow. */
  private waitFor(requests: number): number {
    const now = this.clock.now();
    return Math.max(this.closedUntil - now, waitFor(this.starts, now, this.limits.perMinute, requests));
  }

  private enqueue(waiting: Omit<Waiting, "admit" | "refuse">): Promise<void> {
    return new Promise((admit, refuse) => {
      const one = { ...waiting, admit, refuse };
      if (one.first) this.queue.unshift(one);
      else this.queue.push(one);
      void this.turn();
    });
  }

  private async turn(): Promise<void> {
    if (this.turning) return;
    this.turning = true;
    try {
      while (this.running < this.width) {
        const [next] = this.queue;
        if (next === undefined) return;
        const wait = this.waitFor(next.requests + (next.first ? 0 : this.reserved));
        if (wait > 0) {
          await this.wait(wait);
          continue;
        }
        this.queue.shift();
        if (next.sends) this.start();
        next.admit();
        // Callers that waited for room may now reserve it, before others take it.
        if (!next.sends) await this.clock.sleep(0);
      }
    } finally {
      this.turning = false;
    }
  }

  private async wait(wait: number): Promise<void> {
    const now = this.clock.now();
    const since = this.closedUntil > now ? (this.closedSince ?? now) : now;
    const until = now + wait;
    if (until - since > longestWaitMs) {
      for (const { what, refuse } of this.queue.splice(0)) refuse(waitsTooLong(what, until));
      return;
    }
    if (until - since > noticeableWaitMs && until > this.announcedUntil + noticeableWaitMs) {
      this.announcedUntil = until;
      this.say(`waiting until ${timeOf(until)} for PostHog's rate limit`);
    }
    await this.clock.sleep(wait);
  }

  private start(): void {
    this.running += 1;
    if (this.limits.perMinute === false) return;
    this.starts.push(this.clock.now());
    const keep = this.limits.perMinute * hourlyFactor;
    if (this.starts.length > 2 * keep) this.starts.splice(0, this.starts.length - keep);
  }
}
