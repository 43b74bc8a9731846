import { z } from "zod";
import type { Connection } from "./connection";
import { answered, LookupError } from "./errors";
import { organizationPath } from "./organizations";
import { allPages, pageOf } from "./paging";

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

/** A condition on one path inside an entry's `detail`. */
export interface DetailFilter {
  readonly operation?: "exact" | "contains" | "in";
  readonly value: string | number | boolean | readonly (string | number | boolean)[];
}

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
  /** Projects by number, in the organisation's log. */
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
  /** The project whose log it is; without one the whole organisation's, which takes an organisation admin. */
  readonly projectId?: number;
  /** Oldest entries first; the latest first by default. */
  readonly oldestFirst?: boolean;
  /** How many entries at most; all by default. */
  readonly limit?: number;
}

/** PostHog answers at most this many entries at once. */
const largestPage = 1000;

/**
 * Reads the activity log page by page, to its end or to the limit.
 *
 * @throws LookupError when the server has no such log, or does not know a filter that is asked for.
 */
export async function listActivity(connection: Connection, query: ActivityQuery): Promise<Activity[]> {
  const { projectId } = query;
  const path = projectId === undefined ? await organizationPath(connection) : `/api/projects/${projectId}`;
  try {
    return await readLog(connection, `${path}/advanced_activity_logs/`, advancedParameters(query), query);
  } catch (error) {
    if (projectId === undefined && answered(error, 404)) throw noOrganizationLog();
    const sessionsOnly = answered(error, 403) && /personal api key access/i.test(error.answer.detail);
    if (projectId === undefined || !sessionsOnly) throw error;
    return readSimply(connection, projectId, query);
  }
}

/** The oldest servers keep the log with filters to sessions, and have a plainer one for keys. */
async function readSimply(
  connection: Connection,
  projectId: number,
  query: ActivityQuery,
): Promise<Activity[]> {
  const { clients, ipAddresses, projectIds, detailFilters, scopes = [], ...filters } = query;
  const unknown = Object.entries({ clients, ipAddresses, projectIds, detailFilters })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (unknown.length > 0) throw ignoredFilters(unknown);
  const parameters = new URLSearchParams(scopes.length === 0 ? {} : { scopes: scopes.join(",") });
  const path = `/api/projects/${projectId}/activity_log/`;
  return readLog(connection, path, parameters, query, (entry) => matches(entry, filters));
}

const everything = (): boolean => true;

async function readLog(
  connection: Connection,
  path: string,
  parameters: URLSearchParams,
  query: ActivityQuery,
  isWanted: (entry: Activity) => boolean = everything,
): Promise<Activity[]> {
  const { limit = Number.POSITIVE_INFINITY, oldestFirst = false } = query;
  const schema = pageOf(activitySchema);
  const what = "reading the activity log";
  const whole = oldestFirst || isWanted !== everything;
  parameters.set("page_size", String(whole ? largestPage : Math.min(limit, largestPage)));
  if (oldestFirst) parameters.set("ordering", "created_at");
  const read = async (page: string) => {
    const answer = await connection.send({ method: "GET", path: page, schema, what });
    refuseIgnored(answer.results, query);
    return answer;
  };
  // Older servers ignore the order: then the oldest entries are on the last page.
  const enough = (entries: readonly Activity[]) =>
    (!oldestFirst || direction(entries) > 0) && entries.filter(isWanted).length >= limit;
  const entries = await allPages(read, `${path}?${parameters}`, what, enough);
  // Numbered pages shift when entries arrive meanwhile, so that one can be on two of them.
  const distinct = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
  if (oldestFirst && direction(distinct) < 0) distinct.reverse();
  return distinct.filter(isWanted).slice(0, limit);
}

/** Positive for oldest first, negative for latest first, 0 where the entries do not tell. */
function direction(entries: readonly Activity[]): number {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return 0;
  return Date.parse(last.created_at) - Date.parse(first.created_at);
}

/** Lists are sent as repeated parameters: values joined by commas are one value to PostHog. */
function advancedParameters(query: ActivityQuery): URLSearchParams {
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

/** A server whose entries do not carry what is filtered by has ignored the filter. */
function refuseIgnored(entries: readonly Activity[], query: ActivityQuery): void {
  const carriers = { clients: "client", ipAddresses: "ip_address", projectIds: "team_id" } as const;
  const ignored = (Object.keys(carriers) as (keyof typeof carriers)[]).filter(
    (name) => query[name] !== undefined && entries.some((entry) => !(carriers[name] in entry)),
  );
  if (ignored.length > 0) throw ignoredFilters(ignored);
}

function ignoredFilters(names: readonly string[]): LookupError {
  return new LookupError(
    `reading the activity log failed: this PostHog server cannot filter by ${names.join(", ")}`,
    {
      why: "It is of a version whose entries do not carry that, so it would answer with all of them.",
      fix: `Leave ${names.join(", ")} out, or update PostHog.`,
    },
  );
}

function noOrganizationLog(): LookupError {
  return new LookupError("this PostHog server has no activity log of the whole organisation", {
    why: "Servers up to mid 2026 keep it project by project.",
    fix: "Read it of each project (projectId), or update PostHog.",
  });
}
