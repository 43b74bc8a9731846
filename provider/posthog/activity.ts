import { z } from "zod";
import type { DetailFilter } from "../audit/entry";
import { NotFoundError } from "./errors";

const changeSchema = z.looseObject({
  type: z.string().nullish(),
  action: z.string().nullish(),
  field: z.string().nullish(),
  before: z.unknown(),
  after: z.unknown(),
});

/** One entry of the activity log (`posthog/models/activity_logging/activity_log.py`); older servers say less. */
export const activitySchema = z.looseObject({
  id: z.string(),
  user: z
    .looseObject({
      uuid: z.string().nullish(),
      email: z.string().nullish(),
      first_name: z.string().nullish(),
      last_name: z.string().nullish(),
    })
    .nullish(),
  team_id: z.number().nullish(),
  organization_id: z.string().nullish(),
  was_impersonated: z.boolean().nullish(),
  is_system: z.boolean().nullish(),
  client: z.string().nullish(),
  ip_address: z.string().nullish(),
  activity: z.string(),
  scope: z.string(),
  item_id: z.string().nullish(),
  detail: z
    .looseObject({
      name: z.string().nullish(),
      changes: z.array(changeSchema).nullish(),
      context: z.unknown(),
    })
    .nullish(),
  created_at: z.string(),
});

/** One entry of the activity log. */
export type Activity = z.infer<typeof activitySchema>;

/** Which entries are wanted; all that is left out is open. Several values of one filter are alternatives. */
export interface ActivityFilters {
  /** First moment, inclusive, ISO 8601. */
  readonly startDate?: string;
  /** Last moment, inclusive, ISO 8601. */
  readonly endDate?: string;
  /** Users by UUID. */
  readonly users?: readonly string[];
  /** Kinds of object, such as `Role` or `OrganizationMembership`. */
  readonly scopes?: readonly string[];
  /** What was done: `created`, `updated`, `deleted` and others. */
  readonly activities?: readonly string[];
  /** Programs by the `x-posthog-client` that they send; this package's is `pulumi-posthog`. */
  readonly clients?: readonly string[];
  /** IPv4 or IPv6 addresses; `*` stands for anything. */
  readonly ipAddresses?: readonly string[];
  /** Projects by number, in the organization's log. */
  readonly projectIds?: readonly number[];
  /** Objects by id. */
  readonly itemIds?: readonly string[];
  /** Text to be found in the entry's `detail`. */
  readonly searchText?: string;
  /** Conditions on paths in `detail`, such as `name` or `changes[].field`. */
  readonly detailFilters?: Readonly<Record<string, DetailFilter>>;
  readonly wasImpersonated?: boolean;
  readonly isSystem?: boolean;
}

/** Whose log is read, and how much of it. */
export interface ActivityQuery extends ActivityFilters {
  /** The project whose log it is; without one the whole organization's, which takes an organization admin. */
  readonly projectId?: number;
  /** Oldest entries first; the latest first by default. */
  readonly oldestFirst?: boolean;
  /** How many entries at most; all by default. */
  readonly limit?: number;
  /** How many entries PostHog answers at once, as far as it lets that be chosen. Default, and most: 1000. */
  readonly pageSize?: number;
  /**
   * Whether a project's log is to have the organization's own entries, too. Servers of 2025 take that from a request,
   * later ones from the project's setting `receive_org_level_activity_logs`.
   */
  readonly withOrganization?: boolean;
}

/** The filters as parameters. Lists are sent as repeated parameters: values joined by commas are one value to PostHog. */
export function advancedParameters(query: ActivityQuery): URLSearchParams {
  const { startDate, endDate, searchText, detailFilters, wasImpersonated, isSystem } = query;
  const single = {
    start_date: startDate,
    end_date: endDate,
    search_text: searchText,
    detail_filters: detailFilters === undefined ? undefined : JSON.stringify(detailFilters),
    was_impersonated: wasImpersonated,
    is_system: isSystem,
  };
  const lists = {
    users: query.users,
    scopes: query.scopes,
    activities: query.activities,
    clients: query.clients,
    ip_addresses: query.ipAddresses,
    team_ids: query.projectIds,
    item_ids: query.itemIds,
  };
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(single)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  for (const [name, values] of Object.entries(lists)) {
    for (const value of values ?? []) parameters.append(name, String(value));
  }
  return parameters;
}

/** Whether an entry is wanted, for servers that filter only a little themselves. */
export function matches(entry: Activity, filters: ActivityFilters): boolean {
  const among = (wanted: readonly string[] | undefined, value: string | null | undefined): boolean =>
    wanted === undefined || wanted.length === 0 || (value != null && wanted.includes(value));
  const at = Date.parse(entry.created_at);
  const { startDate, endDate, searchText = "", wasImpersonated, isSystem } = filters;
  return (
    (startDate === undefined || at >= Date.parse(startDate)) &&
    (endDate === undefined || at <= Date.parse(endDate)) &&
    among(filters.users, entry.user?.uuid) &&
    among(filters.activities, entry.activity) &&
    among(filters.itemIds, entry.item_id) &&
    JSON.stringify(entry.detail ?? {})
      .toLowerCase()
      .includes(searchText.toLowerCase()) &&
    (wasImpersonated === undefined || wasImpersonated === (entry.was_impersonated === true)) &&
    (isSystem === undefined || isSystem === (entry.is_system === true))
  );
}

/** Refuses an answer whose entries do not carry what is filtered by: its server has ignored the filter. */
export function refuseIgnored(entries: readonly Activity[], query: ActivityQuery): void {
  const carriers = { clients: "client", ipAddresses: "ip_address", projectIds: "team_id" } as const;
  const ignored = (Object.keys(carriers) as (keyof typeof carriers)[]).filter(
    (name) => query[name] !== undefined && entries.some((entry) => !(carriers[name] in entry)),
  );
  if (ignored.length > 0) throw new IgnoredFiltersError(ignored);
}

/** A server does not know filters. */
export class IgnoredFiltersError extends NotFoundError {
  /** @param names the filters as whoever asked calls them. */
  constructor(readonly names: readonly string[]) {
    super(`reading the activity log failed: this PostHog server cannot filter by ${names.join(", ")}`, {
      why: "It is of a version whose entries do not carry that, so it would answer with all of them.",
      fix: `Leave ${names.join(", ")} out, or update PostHog.`,
    });
  }
}
