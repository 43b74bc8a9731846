import type { Leftover } from "../../provider/access/liveOrganization";
import { listRules, projectRules } from "../../provider/posthog/accessControls";
import { listActivity } from "../../provider/posthog/activityLog";
import { personalApiKeys } from "../../provider/posthog/apiKeys";
import { type CallerKey, getCallerKey } from "../../provider/posthog/caller";
import type { Configuration } from "../../provider/posthog/configuration";
import type { Connection } from "../../provider/posthog/connection";
import { PosthogError } from "../../provider/posthog/errors";
import { listIdentityProviders } from "../../provider/posthog/identityProviders";
import { getOrganization, type Organization } from "../../provider/posthog/organizations";
import { existingProjects } from "../../provider/posthog/projects";
import { isNamedLikeProduction } from "../../provider/review/accessRules";
import { readLeftovers, readSsoStatus } from "../../provider/snapshot/ssoStatus";
import type { SsoStatus } from "../../provider/sso/status";
import { newConnections } from "../common/connection";

/** What PostHog returned, or why it returned nothing. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: PosthogError };

/** A project with a production-like name, and everyone's access to it. */
interface ProductionProject {
  readonly id: number;
  readonly name: string;
  /** PostHog's default is `admin`. */
  readonly defaultAccess: string;
}

/** Everything that the checks need. A missing fact was not read, because an earlier step failed. */
export interface Facts {
  readonly configuration: Pick<Configuration, "host" | "email" | "preflight" | "requestsPerMinute">;
  readonly hasSession: boolean;
  /** Whether the key is an OAuth token, which PostHog does not describe. */
  readonly isToken: boolean;
  readonly key: Outcome<CallerKey>;
  readonly organization?: Outcome<Organization>;
  /** Whether the server stores identity providers as separate objects. */
  readonly hasProviders?: Outcome<boolean>;
  /** How many personal API keys the signed-in person has; missing without a session. */
  readonly ownKeys?: Outcome<number>;
  readonly sso?: Outcome<SsoStatus>;
  /** What remains of removed single sign-on. */
  readonly leftovers?: Outcome<readonly Leftover[]>;
  readonly production?: Outcome<readonly ProductionProject[]>;
  /** Whether the organization's activity log is readable, or why not. */
  readonly activity?: Outcome<true>;
}

/** How many projects with production-like names are checked. */
const mostProductionProjects = 3;

/** Gathers all facts with about a dozen read-only requests. */
export async function gatherFacts(configuration: Configuration): Promise<Facts> {
  const connection = newConnections().for(configuration);
  const { host, email, preflight, requestsPerMinute } = configuration;
  const { hasSession } = connection;
  const key = await outcome(() => getCallerKey(connection));
  const base = {
    configuration: { host, email, preflight, requestsPerMinute },
    hasSession,
    isToken: configuration.apiKey?.startsWith("pha_") === true,
    key,
  };
  if (!key.ok) return base;
  const organization = await outcome(() => getOrganization(connection));
  const [ownKeys, inside] = await Promise.all([
    hasSession ? outcome(async () => (await personalApiKeys(connection).list()).length) : undefined,
    organization.ok ? gatherInside(connection) : {},
  ]);
  return { ...base, organization, ownKeys, ...inside };
}

async function gatherInside(connection: Connection): Promise<Partial<Facts>> {
  const [hasProviders, sso, leftovers, production, activity] = await Promise.all([
    outcome(async () => (await listIdentityProviders(connection)) !== undefined),
    outcome(() => readSsoStatus(connection)),
    outcome(() => readLeftovers(connection)),
    outcome(() => readProduction(connection)),
    outcome(async () => {
      await listActivity(connection, { limit: 1 });
      return true as const;
    }),
  ]);
  return { hasProviders, sso, leftovers, production, activity };
}

async function readProduction(connection: Connection): Promise<ProductionProject[]> {
  const named = await existingProjects(connection, ({ name }) => isNamedLikeProduction(name));
  return Promise.all(
    named.slice(0, mostProductionProjects).map(async ({ id, name }) => {
      const rules = await listRules(connection, projectRules(id));
      const everybody = rules.find(
        ({ organization_member, role }) => organization_member == null && role == null,
      );
      return { id, name, defaultAccess: everybody?.access_level ?? "admin" };
    }),
  );
}

async function outcome<T>(ask: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    if (error instanceof PosthogError) return { ok: false, error };
    throw error;
  }
}
