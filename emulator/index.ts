import { controlsOf, serveControls } from "./controls";
import { servePage } from "./page";
import { routeTable } from "./routes";
import { DEFAULT_SEED } from "./seed/defaults";
import type { SeedInput } from "./seed/input";
import type { SeededOwner } from "./seed/owner";
import { loadSeed, seedOfAge } from "./seed/seed";
import { seedStore } from "./seed/seedStore";
import { type Backend, Dns, type IgnoredField, type RequestRecord } from "./server/backend";
import { serveRoutes } from "./server/dispatch";
import { Faults } from "./server/faults";
import { ageOf, type Generation } from "./server/generations";
import { CLOUD_RATE_LIMITS, RateLimiter, type RateLimits } from "./server/rateLimit";
import { answerWith, closeServer, createApp, LOOPBACK, listen } from "./server/server";
import { Sessions } from "./server/sessions";
import { createStore } from "./store/createStore";
import type { Clock, Store } from "./store/store";

export { ALL_FEATURES, DEFAULT_SEED } from "./seed/defaults";
export type { SeedInput } from "./seed/input";
export type { CredentialKind, IgnoredField, RequestRecord } from "./server/backend";
export type { FaultKind, FaultOptions, Faults } from "./server/faults";
export { AGES, ageOf, GENERATIONS, type Generation, SOURCES } from "./server/generations";
export type { RateLimits } from "./server/rateLimit";
export { type Actor, type Change, Collection, SYSTEM } from "./store/collection";
export {
  type AccessRule,
  type ActivityChange,
  type ActivityRow,
  type IdentityProviderConfig,
  type Invite,
  type InviteProjectAccess,
  type Json,
  LEVEL,
  type Membership,
  type MembershipLevel,
  type Organization,
  type OrganizationDomain,
  type PersonalApiKey,
  type ProductFeature,
  type Project,
  type ProjectObject,
  type ProjectSecretApiKey,
  type Role,
  type RoleMembership,
  type ScimRequest,
  type User,
} from "./store/entities";
export { type Clock, Store } from "./store/store";

/** How an emulator starts; everything has a default. */
export interface EmulatorOptions {
  /** Port on the loopback address; 0, the default, takes a free one. */
  readonly port?: number;
  /** Initial contents: an object, or the path of a YAML or JSON file. Default: organization Acme. */
  readonly seed?: SeedInput | string;
  /** The age of the emulated server; default `current`. */
  readonly generation?: Generation;
  /** Whether Cloud's own gates apply; default true. */
  readonly cloud?: boolean;
  /**
   * Whether sign-ins without two-factor codes are refused with `email_mfa_required`, as on PostHog Cloud, which mails
   * a code each time; default false.
   */
  readonly emailCodes?: boolean;
  /** Limits per personal API key: `true` for Cloud's, or numbers; default none. */
  readonly rateLimit?: boolean | Partial<RateLimits>;
  /** Minimum time per answer, in milliseconds; default 0. */
  readonly latencyMs?: number;
  /** The clock; default the machine's. */
  readonly now?: Clock;
}

/** A running emulator. */
export interface Emulator extends SeededOwner {
  /** Its address, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Everything it holds. Writes made here leave activity-log rows too. */
  readonly store: Store;
  /** Every request since the start or the last `clearRequests`, oldest first. */
  readonly requests: readonly RequestRecord[];
  /** Body fields that PostHog silently ignores. */
  readonly ignoredFields: readonly IgnoredField[];
  readonly faults: Faults;
  /** Clears `requests` and `ignoredFields`. */
  clearRequests(): void;
  /** Publishes a TXT record that domain verification can find. */
  publishDns(name: string, txt: string): void;
  /** Withdraws one TXT record, or all records of a name. */
  withdrawDns(name: string, txt?: string): void;
  /** Completes the background deletion of projects and organizations; returns their ids. */
  finishDeletions(): { projects: number[]; organizations: string[] };
  /** Marks a project as having ingested events. */
  markIngested(projectId: number): void;
  /** Accepts an invite, and creates the person's account if needed; false if the address has no invite. */
  acceptInvite(email: string): boolean;
  /** Restores the seed, with the same ids and keys; clears sessions, faults, DNS and logs. */
  reset(): void;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

/** Starts an emulator on the loopback address. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const kind = { generation: ageOf(options.generation ?? "current"), cloud: options.cloud ?? true };
  const store = createStore(options.now ?? (() => new Date()), kind.generation);
  const owner = seedStore({ store, ...kind }, seedOfAge(kind, loadSeed(options.seed ?? DEFAULT_SEED)));
  const { server, port } = await listen(options.port ?? 0);
  const backend: Backend = {
    store,
    sessions: new Sessions(),
    dns: new Dns(),
    requests: [],
    ignoredFields: [],
    limiter: limiterOf(options.rateLimit ?? false),
    emailCodes: options.emailCodes ?? false,
    ...kind,
    siteUrl: `http://${LOOPBACK}:${port}`,
  };
  const faults = new Faults();
  const controls = controlsOf(backend, owner, faults);
  const app = createApp({ faults, requests: backend.requests, latencyMs: options.latencyMs ?? 0 });
  serveControls(app, controls);
  servePage(app, backend);
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

function limiterOf(limits: boolean | Partial<RateLimits>): RateLimiter | null {
  if (limits === false) {
    return null;
  }
  return new RateLimiter({ ...CLOUD_RATE_LIMITS, ...(limits === true ? {} : limits) });
}
