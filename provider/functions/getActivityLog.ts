import type * as pulumi from "@pulumi/pulumi";
import type { DetailFilter } from "../posthog/activity";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/** The arguments of {@link getActivityLog}: which entries are wanted. Several values of one filter are alternatives. */
export interface GetActivityLogArgs extends LookupArgs {
  /** The project whose log is read, by number. Default: the whole organization's log, which takes an organization admin. */
  projectId?: number | string;
  /** First moment, inclusive, ISO 8601. */
  startDate?: string;
  /** Last moment, inclusive, ISO 8601. */
  endDate?: string;
  /** Who did it, by e-mail address (of members) or user UUID. */
  users?: string[];
  /** Kinds of object, such as `Role`, `OrganizationMembership` or `PersonalAPIKey`. */
  scopes?: string[];
  /** What was done: `created`, `updated`, `deleted` and others. */
  activities?: string[];
  /** Programs that did it; this package's changes carry `pulumi-posthog`. */
  clients?: string[];
  /** Where it came from: IPv4 or IPv6 addresses, in which `*` stands for anything. */
  ipAddresses?: string[];
  /** Projects by number, in the whole organization's log. */
  projects?: (number | string)[];
  /** Objects by PostHog's id. */
  itemIds?: string[];
  /** Text to be found in the details of an entry. */
  searchText?: string;
  /** Conditions on the details, by path: `{ "changes[].field": { operation: "exact", value: "level" } }`. At most 100. */
  detailFilters?: Record<string, DetailFilter>;
  /** Whether PostHog's staff did it on somebody's behalf. */
  wasImpersonated?: boolean;
  /** Whether PostHog did it by itself. */
  isSystem?: boolean;
  /** Oldest entries first. Default false: the latest first. */
  oldestFirst?: boolean;
  /** How many entries at most. Default: all that PostHog keeps. */
  limit?: number;
}

/** One field that an entry of the activity log changed. */
export interface ActivityChangeResult {
  readonly field?: string;
  /** `changed`, `created`, `deleted` and others. */
  readonly action?: string;
  /** The value before, as JSON; PostHog masks secret ones. */
  readonly before?: unknown;
  /** The value after, as JSON; PostHog masks secret ones. */
  readonly after?: unknown;
}

/** One entry of the activity log. */
export interface ActivityResult {
  readonly id: string;
  /** When it happened, ISO 8601. */
  readonly createdAt: string;
  /** What was done: `created`, `updated`, `deleted` and others. */
  readonly activity: string;
  /** The kind of object. */
  readonly scope: string;
  /** PostHog's id of the object. */
  readonly itemId?: string;
  /** What the object is called. */
  readonly name?: string;
  /** The project that it belongs to; missing for what belongs to the organization, and on older servers. */
  readonly projectId?: number;
  /** E-mail address of whoever did it; missing where PostHog did, or the account is gone. */
  readonly user?: string;
  /** UUID of that user. */
  readonly userUuid?: string;
  /** The program that did it; missing for people's browsers, and on older servers. */
  readonly client?: string;
  /** Where it came from; missing on older servers. */
  readonly ipAddress?: string;
  readonly wasImpersonated: boolean;
  readonly isSystem: boolean;
  readonly changes: readonly ActivityChangeResult[];
  /** What else PostHog notes of it, as JSON. */
  readonly context?: unknown;
}

/** What {@link getActivityLog} answers. */
export interface GetActivityLogResult {
  readonly activities: readonly ActivityResult[];
}

/**
 * Looks up what was done in the organization or in one project, to the end of the log or to `limit`.
 *
 * PostHog keeps entries as long as the plan's `audit_logs` says. Servers up to mid 2026 have no log of the whole
 * organization: read each project's there. A filter that a server does not know is an error, never ignored.
 *
 * Scopes: `activity_log:read`; `organization_member:read` for `users` by e-mail address. Level: organization admin for
 * the organization's log. Plan feature, in PostHog Cloud: `audit_logs`. PostHog: advanced activity logs API.
 */
export function getActivityLog(args: GetActivityLogArgs = {}): Promise<GetActivityLogResult> {
  return lookUp((readers) => readers.getActivityLog, args);
}

/** {@link getActivityLog} with outputs of resources as arguments. */
export function getActivityLogOutput(
  args: Inputs<GetActivityLogArgs> = {},
): pulumi.Output<GetActivityLogResult> {
  return lookUpOutput((readers) => readers.getActivityLog, args);
}
