import { controlsOf } from "./controls";
import type { Backend, Generation } from "./core/backend";
import type { Clock } from "./core/clock";
import { serveControls } from "./core/control";
import { serveRoutes } from "./core/dispatch";
import { Dns } from "./core/dns";
import { Faults } from "./core/faults";
import { CLOUD_RATE_LIMITS, RateLimiter, type RateLimits } from "./core/rateLimit";
import type { IgnoredField, RequestRecord } from "./core/requestLog";
import { RouteTable } from "./core/routing";
import { answerWith, closeServer, createApp, LOOPBACK, listen } from "./core/server";
import { Sessions } from "./core/sessions";
import { FAMILIES } from "./families";
import { servePage } from "./page";
import { DEFAULT_SEED, loadSeed, type SeedInput } from "./seed";
import type { SeededOwner } from "./seeding/accounts";
import { seedStore } from "./seedStore";
import { Store } from "./store";

export type { Generation } from "./core/backend";
export type { Clock } from "./core/clock";
export { type Actor, type Change, Collection, SYSTEM } from "./core/collection";
export type { FaultKind, FaultOptions, Faults } from "./core/faults";
export type { RateLimits } from "./core/rateLimit";
export type { CredentialKind, IgnoredField, RequestRecord } from "./core/requestLog";
export type * from "./entities";
export { ALL_FEATURES, DEFAULT_SEED, type SeedInput } from "./seed";
export { Store } from "./store";

/** How an embedded PostHog starts; everything has a default. */
export interface EmulatorOptions {
  /** Port on the loopback address; 0, the default, takes a free one. */
  readonly port?: number;
  /** What there is at the start: an object, or the path of a YAML or JSON file. Default: organization Acme. */
  readonly seed?: SeedInput | string;
  /** How old the stood-in server is; default `new`. */
  readonly generation?: Generation;
  /** Whether Cloud's own gates apply; default true. */
  readonly cloud?: boolean;
  /** Limits per personal API key: `true` for Cloud's, or numbers; default none. */
  readonly rateLimit?: boolean | Partial<RateLimits>;
  /** How long every answer takes at least, in milliseconds; default 0. */
  readonly latencyMs?: number;
  /** The clock; default the machine's. */
  readonly now?: Clock;
}

/** A running embedded PostHog. */
export interface Emulator extends SeededOwner {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Everything it knows. Writes behind a client's back leave activity-log rows too. */
  readonly store: Store;
  /** Every request since the start or the last `clearRequests`, oldest first. */
  readonly requests: readonly RequestRecord[];
  /** Body fields that PostHog would silently ignore. */
  readonly ignoredFields: readonly IgnoredField[];
  readonly faults: Faults;
  /** Forgets the requests, and the ignored fields, so far. */
  clearRequests(): void;
  /** Publishes a TXT record that domain verification can find. */
  publishDns(name: string, txt: string): void;
  /** Withdraws one TXT record, or all of a name. */
  withdrawDns(name: string, txt?: string): void;
  /** Lets the background work end that deletes projects and organizations; returns their ids. */
  finishDeletions(): { projects: number[]; organizations: string[] };
  /** Makes a project one that has ingested events. */
  markIngested(projectId: number): void;
  /** Lets the invited person accept, making an account where there is none; false without such an invite. */
  acceptInvite(email: string): boolean;
  /** Back to the seed, with the same ids and keys; sessions, faults, DNS and logs are cleared. */
  reset(): void;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

/** Starts an embedded PostHog on the loopback address. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const store = new Store(options.now ?? (() => new Date()));
  const owner = seedStore(store, loadSeed(options.seed ?? DEFAULT_SEED));
  const { server, port } = await listen(options.port ?? 0);
  const backend: Backend = {
    store,
    sessions: new Sessions(),
    dns: new Dns(),
    ignoredFields: [],
    limiter: limiterOf(options.rateLimit ?? false),
    generation: options.generation ?? "new",
    cloud: options.cloud ?? true,
    siteUrl: `http://${LOOPBACK}:${port}`,
  };
  const surroundings = { faults: new Faults(), requests: [], latencyMs: options.latencyMs ?? 0 };
  const controls = controlsOf(backend, owner, surroundings);
  const app = createApp(surroundings);
  serveControls(app, controls);
  servePage(app, backend, controls);
  serveRoutes(app, backend, routeTable(backend));
  answerWith(server, app);
  return {
    ...owner,
    ...controls,
    url: backend.siteUrl,
    port,
    store,
    publishDns: (name, txt) => backend.dns.publish(name, txt),
    withdrawDns: (name, txt) => backend.dns.withdraw(name, txt),
    close: () => closeServer(server),
  };
}

function routeTable(backend: Backend): RouteTable {
  const table = new RouteTable(backend);
  for (const family of FAMILIES) {
    family(table);
  }
  return table;
}

function limiterOf(limits: boolean | Partial<RateLimits>): RateLimiter | null {
  if (limits === false) {
    return null;
  }
  return new RateLimiter({ ...CLOUD_RATE_LIMITS, ...(limits === true ? {} : limits) });
}
