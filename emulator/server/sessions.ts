import { randomToken } from "../store/secrets";

/** A signed-in browser session. */
export interface Session {
  readonly id: string;
  readonly csrfToken: string;
  readonly userId: number;
  /** When the person last proved who they are. */
  readonly authenticatedAt: Date;
}

/** A sign-in that has passed the password and waits for the second factor. */
interface HalfSession {
  readonly id: string;
  readonly userId: number;
  readonly startedAt: Date;
}

/** How long after signing in people may do sensitive actions, in seconds (PostHog: web settings). */
export const SENSITIVE_ACTIONS_AGE = 7200;

/** How many wrong passwords lock an e-mail address, and for how long (PostHog: axes settings). */
const FAILURE_LIMIT = 30;
const LOCK_OUT_MS = 600_000;

interface Failures {
  readonly count: number;
  readonly last: Date;
}

/** The sessions behind cookies, and failed sign-ins. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();
  private readonly halfSessions = new Map<string, HalfSession>();
  private readonly failures = new Map<string, Failures>();
  private readonly wrongCodes = new Map<number, Failures>();
  private readonly usedCodes = new Map<number, number>();

  start(userId: number, now: Date): Session {
    const session = { id: randomToken(32), csrfToken: randomToken(32), userId, authenticatedAt: now };
    this.sessions.set(session.id, session);
    return session;
  }

  /** Keeps a sign-in until the second factor arrives. */
  startHalf(userId: number, now: Date): HalfSession {
    const half = { id: randomToken(32), userId, startedAt: now };
    this.halfSessions.set(half.id, half);
    return half;
  }

  get(id: string | undefined): Session | undefined {
    return id === undefined ? undefined : this.sessions.get(id);
  }

  getHalf(id: string | undefined): HalfSession | undefined {
    return id === undefined ? undefined : this.halfSessions.get(id);
  }

  /** Ends a session or a half sign-in. */
  end(id: string): void {
    this.sessions.delete(id);
    this.halfSessions.delete(id);
  }

  noteFailure(email: string, now: Date): void {
    note(this.failures, email, now);
  }

  forgetFailures(email: string): void {
    this.failures.delete(email);
  }

  /** Whether an address has had too many wrong passwords recently. */
  isLockedOut(email: string, now: Date): boolean {
    const failures = this.failures.get(email);
    const recent = failures !== undefined && now.getTime() - failures.last.getTime() < LOCK_OUT_MS;
    return recent && failures.count >= FAILURE_LIMIT;
  }

  noteWrongCode(userId: number, now: Date): void {
    note(this.wrongCodes, userId, now);
  }

  /** Whether the last wrong code was too recent. After the n-th, 2 to the power of n-1 seconds must pass. */
  mustWaitForCode(userId: number, now: Date): boolean {
    const wrong = this.wrongCodes.get(userId);
    return wrong !== undefined && now.getTime() - wrong.last.getTime() < 1000 * 2 ** (wrong.count - 1);
  }

  /** Accepts a correct code once: false if this code or a later one was used before. */
  acceptCode(userId: number, step: number): boolean {
    if (step <= (this.usedCodes.get(userId) ?? 0)) {
      return false;
    }
    this.usedCodes.set(userId, step);
    this.wrongCodes.delete(userId);
    return true;
  }

  /** Ends all sessions and forgets all attempts. */
  clear(): void {
    for (const memory of [this.sessions, this.halfSessions, this.failures, this.wrongCodes, this.usedCodes]) {
      memory.clear();
    }
  }
}

function note<K>(memory: Map<K, Failures>, key: K, now: Date): void {
  memory.set(key, { count: (memory.get(key)?.count ?? 0) + 1, last: now });
}
