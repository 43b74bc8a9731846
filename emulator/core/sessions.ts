import { randomToken } from "./secrets";

/** A signed-in browser session. */
export interface Session {
  readonly id: string;
  readonly csrfToken: string;
  readonly userId: number;
  /** When the person last proved who they are. */
  readonly authenticatedAt: Date;
}

/** A sign-in that has passed the password and waits for the second factor. */
export interface HalfSession {
  readonly id: string;
  readonly userId: number;
  readonly startedAt: Date;
}

/** How long after signing in sensitive actions are allowed, in seconds (PostHog: web settings). */
export const SENSITIVE_ACTIONS_AGE = 7200;

/** The sessions that cookies refer to. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();
  private readonly halfSessions = new Map<string, HalfSession>();

  /** Signs a person in. */
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

  /** The session of a cookie. */
  get(id: string | undefined): Session | undefined {
    return id === undefined ? undefined : this.sessions.get(id);
  }

  /** The half sign-in of a cookie. */
  getHalf(id: string | undefined): HalfSession | undefined {
    return id === undefined ? undefined : this.halfSessions.get(id);
  }

  /** Ends a session or a half sign-in. */
  end(id: string): void {
    this.sessions.delete(id);
    this.halfSessions.delete(id);
  }

  /** Ends them all. */
  clear(): void {
    this.sessions.clear();
    this.halfSessions.clear();
  }
}
