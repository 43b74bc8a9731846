import * as z from "zod";
import type { DetailFilter } from "../audit/entry";
import { RecentIds } from "../audit/recent";
import { Cached, perRun } from "./cache";
import type { Connection } from "./connection";
import { answered, lacksRoute, NotFoundError } from "./errors";
import { organizationPath } from "./organizations";
import { pageOf, pagesOf } from "./paging";

const changeSchema = z.looseObject({
  type: z.string().nullish(),
  action: z.string().nullish(),
  field: z.string().nullish(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});

const activitySchema = z.looseObject({
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
      context: z.unknown().optional(),
    })
    .nullish(),
  created_at: z.string(),
});

/** One entry of the activity log (`posthog/models/activity_logging/activity_log.py`); older servers send less. */
export type Activity = z.infer<typeof activitySchema>;

/** Which entries to return; a missing filter accepts all. Several values of one filter are alternatives. */
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
  /** Programs by the `x-posthog-client` header that they send; this package's is `pulumi-posthog`. */
  readonly clients?: readonly string[];
  /** IPv4 or IPv6 addresses; `*` matches anything. */
  readonly ipAddresses?: readonly string[];
  /** Projects by number, for the organization's log. */
  readonly projectIds?: readonly number[];
  /** Objects by id. */
  readonly itemIds?: readonly string[];
  /** Text that the entry's `detail` has to contain. */
  readonly searchText?: string;
  /** Conditions on paths in `detail`, such as `name` or `changes[].field`. */
  readonly detailFilters?: Readonly<Record<string, DetailFilter>>;
  readonly wasImpersonated?: boolean;
  readonly isSystem?: boolean;
}

/** Which log to read, and how much of it. */
export interface ActivityQuery extends ActivityFilters {
  /** The project whose log to read; without one, the whole organization's, which only organization admins may read. */
  readonly projectId?: number;
  /** Oldest entries first; by default the latest come first. */
  readonly oldestFirst?: boolean;
  /** Maximum number of entries; all by default. */
  readonly limit?: number;
  /** How many entries PostHog returns at once, as far as it can be chosen. The default is the maximum, 1000. */
  readonly pageSize?: number;
  /**
   * Whether a project's log should also contain the organization's own entries. Servers of 2025 read that from the
   * request, later ones from the project's setting `receive_org_level_activity_logs`.
   */
  readonly withOrganization?: boolean;
}

/** The filters as parameters. Lists become repeated parameters: PostHog reads values joined by commas as one value. */
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

/** Whether an entry matches, for servers that support few filters themselves. */
function matches(entry: Activity, filters: ActivityFilters): boolean {
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

/** Throws if entries lack the filtered values: then the server has ignored the filter. */
function refuseIgnored(entries: readonly Activity[], query: ActivityQuery): void {
  const carriers = { clients: "client", ipAddresses: "ip_address", projectIds: "team_id" } as const;
  const ignored = (Object.keys(carriers) as (keyof typeof carriers)[]).filter(
    (name) => query[name] !== undefined && entries.some((entry) => !(carriers[name] in entry)),
  );
  if (ignored.length > 0) throw new IgnoredFiltersError(ignored);
}

export class IgnoredFiltersError extends NotFoundError {
  /** @param names the filters, by the caller's names. */
  constructor(readonly names: readonly string[]) {
    super(`reading the activity log failed: this PostHog server cannot filter by ${names.join(", ")}`, {
      why: "Its entries do not have that field, so it would return all of them.",
      fix: `Leave ${names.join(", ")} out, or update PostHog.`,
    });
  }
}

/** PostHog returns at most this many entries at once. */
const largestPage = 1000;

/** The server only keeps a log for each project. */
export class NoOrganizationLogError extends NotFoundError {
  constructor() {
    super("this PostHog server has no activity log of the whole organization", {
      why: "Servers of about August 2025 keep one log per project.",
      fix: "Read the log of each project (projectId), or update PostHog.",
    });
  }
}

const what = "reading the activity log";
const pageSchema = pageOf(activitySchema);
const availableFiltersSchema = z.looseObject({
  static_filters: z.looseObject({ clients: z.array(z.looseObject({ value: z.string() })) }),
});

/**
 * Reads the activity log to its end or to the limit.
 *
 * @throws NotFoundError if the server has no such log, or does not know a requested filter.
 */
export async function listActivity(connection: Connection, query: ActivityQuery): Promise<Activity[]> {
  const entries: Activity[] = [];
  for await (const page of activityPages(connection, query)) entries.push(...page);
  return entries;
}

/**
 * The activity log page by page, in the requested order, each entry once. Servers without an order return the latest
 * entries first: only there, and only for the oldest first, all of them are in memory before the first page.
 *
 * @param onPlainLog called if the server has no log with filters, or none for API keys, so that the plain one is read.
 * @throws NotFoundError if the server has no such log, or does not know a requested filter.
 */
export async function* activityPages(
  connection: Connection,
  query: ActivityQuery,
  onPlainLog: () => void = () => {},
): AsyncGenerator<Activity[]> {
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  const distinct = distinctPages(rawPages(connection, query, onPlainLog));
  for await (const page of query.oldestFirst === true ? oldestFirst(distinct) : distinct) {
    const wanted = page.slice(0, left);
    left -= wanted.length;
    if (wanted.length > 0) yield wanted;
    if (left <= 0) return;
  }
}

/**
 * The programs that appear in the log of a project or of the whole organization (PostHog: available filters of the
 * activity log).
 */
export async function listClients(connection: Connection, projectId?: number): Promise<string[]> {
  const place = await logPath(connection, projectId);
  const { static_filters } = await connection.send({
    method: "GET",
    path: `${place}/advanced_activity_logs/available_filters/`,
    schema: availableFiltersSchema,
    what: "reading what the activity log can be filtered by",
  });
  return static_filters.clients.map(({ value }) => value);
}

async function logPath(connection: Connection, projectId: number | undefined): Promise<string> {
  return projectId === undefined ? await organizationPath(connection) : `/api/projects/${projectId}`;
}

async function* rawPages(
  connection: Connection,
  query: ActivityQuery,
  onPlainLog: () => void,
): AsyncGenerator<readonly Activity[]> {
  const { projectId } = query;
  const path = await logPath(connection, projectId);
  try {
    yield* readLog(connection, `${path}/advanced_activity_logs/`, advancedParameters(query), query);
  } catch (error) {
    if (projectId === undefined && lacksRoute(error)) throw new NoOrganizationLogError();
    const sessionsOnly = answered(error, 403) && /personal api key access/i.test(error.answer.detail);
    if (projectId === undefined || !(sessionsOnly || lacksRoute(error))) throw error;
    onPlainLog();
    yield* readPlainly(connection, projectId, query);
  }
}

/**
 * The oldest servers allow only sessions to read the log with filters, or do not have it, and offer keys a plainer one.
 */
async function* readPlainly(
  connection: Connection,
  projectId: number,
  query: ActivityQuery,
): AsyncGenerator<Activity[]> {
  const { clients, ipAddresses, projectIds, detailFilters, scopes = [], ...filters } = query;
  const unknown = Object.entries({ clients, ipAddresses, projectIds, detailFilters })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (unknown.length > 0) throw new IgnoredFiltersError(unknown);
  const parameters = new URLSearchParams(scopes.length === 0 ? {} : { scopes: scopes.join(",") });
  const path = `/api/projects/${projectId}/activity_log/`;
  const limit = isNarrowed(filters) ? undefined : query.limit;
  for await (const page of readLog(connection, path, parameters, { ...query, limit })) {
    yield page.filter((entry) => matches(entry, filters));
    if (isBefore(page, filters)) return;
  }
}

/** Whether entries may be filtered out here, so that a page has to hold more than are requested. */
function isNarrowed({ startDate, endDate, users, activities, itemIds, ...rest }: ActivityFilters): boolean {
  const { searchText, wasImpersonated, isSystem } = rest;
  const all = [startDate, endDate, users, activities, itemIds, searchText, wasImpersonated, isSystem];
  return all.some((filter) => filter !== undefined);
}

/** Whether a page, latest first, ends before the first requested moment. */
function isBefore(page: readonly Activity[], { startDate }: ActivityFilters): boolean {
  const last = page.at(-1);
  return (
    startDate !== undefined &&
    last !== undefined &&
    direction(page) < 0 &&
    Date.parse(last.created_at) < Date.parse(startDate)
  );
}

async function* readLog(
  connection: Connection,
  path: string,
  parameters: URLSearchParams,
  query: ActivityQuery,
): AsyncGenerator<readonly Activity[]> {
  const { limit = largestPage, pageSize = largestPage, oldestFirst: ascending = false } = query;
  parameters.set("page_size", String(Math.min(pageSize, ascending ? pageSize : limit)));
  if (ascending) parameters.set("ordering", "created_at");
  if (query.withOrganization === true) parameters.set("include_organization_scoped", "1");
  const read = async (page: string) => {
    const answer = await connection.send({ method: "GET", path: page, schema: pageSchema, what });
    refuseIgnored(answer.results, query);
    return answer;
  };
  yield* pagesOf(read, `${path}?${parameters}`, what);
}

/** Entries of one moment may be on two pages: PostHog pages by moment, so an entry has no fixed position. */
async function* distinctPages(pages: AsyncIterable<readonly Activity[]>): AsyncGenerator<Activity[]> {
  const recent = new RecentIds();
  for await (const page of pages) yield page.filter(({ id }) => recent.add(id));
}

/** Pages with the oldest entries first: unchanged from servers that know the order, otherwise reversed. */
async function* oldestFirst(pages: AsyncIterable<Activity[]>): AsyncGenerator<Activity[]> {
  let pending: Activity[] = [];
  let isAscending = false;
  for await (const page of pages) {
    pending = pending.concat(page);
    isAscending ||= direction(pending) > 0;
    if (!isAscending) continue;
    yield pending;
    pending = [];
  }
  yield direction(pending) < 0 ? pending.reverse() : pending;
}

/** Positive for oldest first, negative for latest first, 0 if the entries do not show it. */
function direction(entries: readonly Activity[]): number {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return 0;
  return Date.parse(last.created_at) - Date.parse(first.created_at);
}

/** An identity provider's change of a role, as the activity log records it. */
interface ScimWrite {
  readonly roleId?: string;
  /** ISO 8601. */
  readonly at: string;
  /** Kind of the identity provider, such as `okta`. */
  readonly identityProvider?: string;
}

const scimActivities = ["scim_provisioned", "scim_replaced", "scim_updated", "scim_deprovisioned"];
const scimContextSchema = z.looseObject({ identity_provider: z.string().nullish() });

/**
 * The latest writes of identity providers to roles, newest first, read once per run. Undefined if the activity log
 * shows none or is unreadable: it requires the scope `activity_log:read`, an organization admin, a plan feature and a
 * newer server.
 */
export function recentScimWrites(connection: Connection): Promise<readonly ScimWrite[] | undefined> {
  return keptScimWrites(connection).get();
}

const keptScimWrites = perRun((connection: Connection) => new Cached(() => readScimWrites(connection)));

async function readScimWrites(connection: Connection): Promise<readonly ScimWrite[] | undefined> {
  try {
    const entries = await listActivity(connection, {
      scopes: ["Role"],
      activities: scimActivities,
      limit: 1000,
    });
    // PostHog shows these only to its own staff, so an empty list means nothing.
    if (entries.length === 0) return undefined;
    return entries.map(({ item_id, created_at, detail }) => ({
      roleId: item_id ?? undefined,
      at: created_at,
      identityProvider: scimContextSchema.safeParse(detail?.context).data?.identity_provider ?? undefined,
    }));
  } catch (error) {
    const refused = [400, 402, 403].some((status) => answered(error, status));
    if (refused || error instanceof NotFoundError) return undefined;
    throw error;
  }
}
