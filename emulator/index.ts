import type { Server } from "node:http";
import type { Backend, Generation } from "./core/backend";
import type { Clock } from "./core/clock";
import { SYSTEM } from "./core/collection";
import { serveControls } from "./core/control";
import { serveRoutes } from "./core/dispatch";
import { Dns } from "./core/dns";
import { Faults } from "./core/faults";
import { CLOUD_RATE_LIMITS, RateLimiter, type RateLimits } from "./core/rateLimit";
import type { IgnoredField, RequestRecord } from "./core/requestLog";
import { RouteTable } from "./core/routing";
import { createApp, LOOPBACK, listen } from "./core/server";
import { Sessions } from "./core/sessions";
import { FAMILIES } from "./families";
import { acceptInvite } from "./joining";
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
  const seed = loadSeed(options.seed ?? DEFAULT_SEED);
  const store = new Store(options.now ?? (() => new Date()));
  const owner = seedStore(store, seed);
  const restoreSeed = store.checkpoint();
  const [faults, dns, sessions] = [new Faults(), new Dns(), new Sessions()];
  const [requests, ignoredFields]: [RequestRecord[], IgnoredField[]] = [[], []];
  const limiter = limiterOf(options.rateLimit ?? false);

  const app = createApp({ faults, requests, latencyMs: options.latencyMs ?? 0 });
  const site = { url: "" };
  const backend: Backend = {
    store,
    sessions,
    dns,
    ignoredFields,
    limiter,
    generation: options.generation ?? "new",
    cloud: options.cloud ?? true,
    get siteUrl() {
      return site.url;
    },
  };
  const controls = {
    faults,
    dns,
    requests,
    ignoredFields,
    clearRequests: () => {
      requests.length = 0;
      ignoredFields.length = 0;
    },
    reset: () => {
      restoreSeed();
      sessions.clear();
      faults.clear();
      dns.clear();
      limiter?.clear();
      controls.clearRequests();
    },
    state: () => ({ ...connection(site.url, owner), ...contents(backend) }),
    finishDeletions: () => finishDeletions(store),
    markIngested: (projectId: number) => {
      store.projects.update(projectId, { ingested_event: true }, SYSTEM);
    },
    acceptInvite: (email: string) => {
      const invite = store.invites.find(({ target_email }) => target_email === email);
      return invite !== undefined && acceptInvite(store, invite, SYSTEM) !== undefined;
    },
  };
  serveControls(app, controls);
  serveRoutes(app, backend, routeTable(backend));
  const server = await listen(app, options.port ?? 0);
  const port = portOf(server);
  site.url = `http://${LOOPBACK}:${port}`;

  return {
    ...owner,
    ...controls,
    url: site.url,
    port,
    store,
    publishDns: (name, txt) => dns.publish(name, txt),
    withdrawDns: (name, txt) => dns.withdraw(name, txt),
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

function connection(url: string, { organizationId, email, password, totpSecret, apiKey }: SeededOwner) {
  return { url, organizationId, apiKey, email, password, ...(totpSecret ? { totpSecret } : {}) };
}

function contents({ store, generation, cloud }: Backend) {
  return {
    generation,
    cloud,
    organizations: store.organizations.all().map(({ id, name, slug }) => ({
      id,
      name,
      slug,
      members: store.memberships.where("organization_id", id).length,
      projects: store.projects.where("organization_id", id).map(({ id: project, name: called }) => ({
        id: project,
        name: called,
      })),
      roles: store.roles.where("organization_id", id).length,
      domains: store.domains.where("organization_id", id).length,
    })),
    personalApiKeys: store.personalApiKeys.size,
    activityRows: store.activity.size,
  };
}

function finishDeletions(store: Store): { projects: number[]; organizations: string[] } {
  const projects = store.projects.where("deletion_queued", true).map(({ id }) => id);
  const organizations = store.organizations.where("is_pending_deletion", true).map(({ id }) => id);
  for (const id of projects) {
    store.projects.delete(id, SYSTEM);
  }
  for (const id of organizations) {
    store.organizations.delete(id, SYSTEM);
  }
  return { projects, organizations };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("The embedded PostHog has no port.");
  }
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) {
    return;
  }
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
