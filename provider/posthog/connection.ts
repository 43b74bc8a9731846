import * as z from "zod";
import { noticingArrival } from "./arrivals";
import { type Configuration, missingSession, settingCommand } from "./configuration";
import { ConfigurationError, isMissing, mayHaveArrived, RefusedError } from "./errors";
import { type Clock, Gate, systemClock } from "./gate";
import { type Credential, Http, type Request } from "./http";
import { Locks, type LockTaker } from "./locks";
import { allPages, pageOf, pageSize } from "./paging";
import type { Session } from "./session";

/** Concurrent requests, for all resources together. */
const concurrency = 8;

/**
 * Requests for which the rate limit reserves room before a lock is taken; few operations send more while they hold one.
 */
const requestsInLock = 8;

/** What the connections of one process share. */
interface Shared {
  readonly locks: Locks;
  /** The objects that this process has created, by host, kind and id. */
  readonly made: Set<string>;
}

const newShared = (): Shared => ({ locks: new Locks(), made: new Set() });

/** How a request authenticates: with the API key, or as the signed-in person. */
export type Authentication = "key" | "session";

/** One account's access to one PostHog: requests, the session, and what this run has read. */
export class Connection implements LockTaker {
  /** Reads belong to a run; see `cache.ts`. */
  run: object = {};
  private session: Session | undefined;
  /** The environment's key, once PostHog has rejected the configured one as unknown. */
  private fallbackKey: string | undefined;

  constructor(
    readonly configuration: Configuration,
    private readonly http: Http,
    readonly clock: Clock = systemClock,
    private readonly say: (line: string) => void = () => {},
    private readonly shared: Shared = newShared(),
  ) {}

  /** PostHog's address, which is also its SAML entity id. */
  get host(): string {
    return this.configuration.host;
  }

  /** Whether a person's session is configured. */
  get hasSession(): boolean {
    return this.configuration.email !== undefined && this.configuration.password !== undefined;
  }

  /** Shows a line to the person who runs the program. */
  report(line: string): void {
    this.say(line);
  }

  /** Makes every later read go to PostHog again. */
  forgetReads(): void {
    this.run = {};
  }

  /**
   * Sends one request with the API key, or with the session if PostHog does not allow keys. After a write that failed
   * but may have been carried out, everything is read again: decisions must not rest on what was there before.
   */
  async send<T>(request: Request<T>, authentication: Authentication = "key"): Promise<T> {
    const isWrite = request.method !== "GET";
    if (this.configuration.readOnly === true && isWrite) throw onlyReads(request.what);
    const credential = authentication === "key" ? this.keyCredential() : this.sessionCredential();
    const send = (): Promise<T> => this.http.send(request, credential, this.shared.locks.isHeld);
    if (!isWrite) return send();
    try {
      return await noticingArrival(send);
    } catch (error) {
      if (mayHaveArrived(error)) this.forgetReads();
      throw error;
    }
  }

  /**
   * Runs work while no other resource of this process holds one of these locks. The rate limit is waited for before a
   * lock is taken, and the work's requests go first. If PostHog itself says "wait" in between, the locks stay taken:
   * then everyone with this key waits anyway.
   *
   * @param names the subjects of the work; see `exclusive.ts`.
   */
  exclusive<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const own = names.map((name) => `${this.host} ${name}`);
    return this.shared.locks.exclusive(own, this, work);
  }

  room(): Promise<void> {
    return this.http.gate.room("changing PostHog", requestsInLock);
  }

  reserve(): (() => void) | undefined {
    return this.http.gate.reserve(requestsInLock);
  }

  /** Remembers that this process created an object for one of its resources. */
  markMade(kind: string, id: string | number): void {
    this.shared.made.add(`${this.host} ${kind} ${id}`);
  }

  /** Whether this process created an object, so that it has an owner and nobody can have used it before. */
  hasMade(kind: string, id: string | number): boolean {
    return this.shared.made.has(`${this.host} ${kind} ${id}`);
  }

  /** Reads a whole list, regardless of its number of pages. */
  list<T>(
    path: string,
    item: z.ZodType<T>,
    what: string,
    authentication: Authentication = "key",
  ): Promise<T[]> {
    const first = `${path}${path.includes("?") ? "&" : "?"}limit=${pageSize}`;
    return this.listByDefaultPages(first, item, what, authentication);
  }

  /** Reads a whole list in the server's own page size, for addresses that do not accept `limit`. */
  listByDefaultPages<T>(
    first: string,
    item: z.ZodType<T>,
    what: string,
    authentication: Authentication = "key",
  ): Promise<T[]> {
    const schema = pageOf(item);
    return allPages(
      (page) => this.send({ method: "GET", path: page, schema, what }, authentication),
      first,
      what,
    );
  }

  /**
   * Deletes what is at a path; succeeds if it is already gone.
   *
   * @param what the deletion as a gerund phrase for errors: `deleting role "Analysts"`.
   * @param isThere checks whether it still exists after a 404, which by itself proves nothing.
   */
  async deleteIfThere(
    path: string,
    what: string,
    isThere: () => Promise<boolean>,
    authentication: Authentication = "key",
  ): Promise<void> {
    try {
      await this.send({ method: "DELETE", path, schema: z.unknown(), what }, authentication);
    } catch (error) {
      if (!isMissing(error) || (await isThere())) throw error;
    }
  }

  private keyCredential(): Credential {
    const key = this.fallbackKey ?? this.configuration.apiKey;
    if (key === undefined) {
      throw new ConfigurationError("no API key is configured", {
        why: "Every call to PostHog's API needs a personal API key.",
        fix: this.configuration.keyFix ?? `${settingCommand("apiKey")} (or set POSTHOG_API_KEY)`,
      });
    }
    let used = key;
    return {
      headers: async () => {
        used = this.fallbackKey ?? key;
        return { Authorization: `Bearer ${used}` };
      },
      renew: async ({ status }) => {
        const other = this.configuration.environmentApiKey;
        if (status !== 401 || other === undefined || used === other) return false;
        if (this.fallbackKey === undefined) {
          this.say(`${this.host} does not know the stack's key (401): POSTHOG_API_KEY is used instead`);
        }
        this.fallbackKey = other;
        return true;
      },
    };
  }

  private sessionCredential(): Credential {
    if (!this.hasSession) throw missingSession(this.configuration);
    this.session ??= new (sessionModule().Session)(this.http, this.configuration, this.clock);
    return this.session.credential();
  }
}

function onlyReads(what: string): RefusedError {
  return new RefusedError(`${what} was refused: this command only reads`, {
    why: "It must not change anything in PostHog.",
    fix: "Apply the change with pulumi up.",
  });
}

/** Loaded on first use: its libraries are a fifth of what a provider process loads, and most runs need no session. */
function sessionModule(): typeof import("./session") {
  return require("./session") as typeof import("./session");
}

/** All connections of this process; resources with the same configuration share one. */
export class Connections {
  private readonly connections = new Map<string, Connection>();
  private readonly gates = new Map<string, Gate>();
  private readonly shared = newShared();

  /** @param say shows a line about a wait, or about a key that replaces another. */
  constructor(
    private readonly clock: Clock = systemClock,
    private readonly say: (line: string) => void = () => {},
  ) {}

  /** The connection for a configuration, made on first use. */
  for(configuration: Configuration): Connection {
    const key = JSON.stringify(configuration);
    const known = this.connections.get(key);
    if (known !== undefined) return known;
    const http = new Http(configuration.host, this.gate(configuration), this.clock);
    const connection = new Connection(configuration, http, this.clock, this.say, this.shared);
    this.connections.set(key, connection);
    return connection;
  }

  /** PostHog counts requests by key, so connections with one key share one gate. */
  private gate(configuration: Configuration): Gate {
    const key = `${configuration.host} ${configuration.apiKey ?? ""}`;
    const known = this.gates.get(key);
    if (known !== undefined) return known;
    const gate = new Gate({ perMinute: configuration.requestsPerMinute, concurrency }, this.clock, this.say);
    this.gates.set(key, gate);
    return gate;
  }
}
