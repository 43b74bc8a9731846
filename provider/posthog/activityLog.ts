import { z } from "zod";
import {
  type Activity,
  type ActivityFilters,
  type ActivityQuery,
  activitySchema,
  advancedParameters,
  IgnoredFiltersError,
  matches,
  refuseIgnored,
} from "./activity";
import type { Connection } from "./connection";
import { answered, NotFoundError } from "./errors";
import { organizationPath } from "./organizations";
import { pageOf, pagesOf } from "./paging";

/** PostHog answers at most this many entries at once. */
const largestPage = 1000;

/** The server keeps the log project by project. */
export class NoOrganizationLogError extends NotFoundError {
  constructor() {
    super("this PostHog server has no activity log of the whole organization", {
      why: "Servers up to mid 2026 keep it project by project.",
      fix: "Read it of each project (projectId), or update PostHog.",
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
 * @throws NotFoundError when the server has no such log, or does not know a filter that is asked for.
 */
export async function listActivity(connection: Connection, query: ActivityQuery): Promise<Activity[]> {
  const entries: Activity[] = [];
  for await (const page of activityPages(connection, query)) entries.push(...page);
  return entries;
}

/**
 * The activity log page by page, in the order that is asked for, each entry once. Servers that know no order tell the
 * latest entries first: only there, and only for the oldest first, all of them are in memory before the first page.
 *
 * @param onPlainLog told when the server keeps the log with filters from API keys, so that the plain one is read.
 * @throws NotFoundError when the server has no such log, or does not know a filter that is asked for.
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
 * The programs that the log names, of a project or of the whole organization (PostHog: available filters of the
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
    if (projectId === undefined && answered(error, 404)) throw new NoOrganizationLogError();
    const sessionsOnly = answered(error, 403) && /personal api key access/i.test(error.answer.detail);
    if (projectId === undefined || !sessionsOnly) throw error;
    onPlainLog();
    yield* readPlainly(connection, projectId, query);
  }
}

/** The oldest servers keep the log with filters to sessions, and have a plainer one for keys. */
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

/** Whether there are entries that are not wanted, so that a page has to hold more than are. */
function isNarrowed({ startDate, endDate, users, activities, itemIds, ...rest }: ActivityFilters): boolean {
  const { searchText, wasImpersonated, isSystem } = rest;
  const all = [startDate, endDate, users, activities, itemIds, searchText, wasImpersonated, isSystem];
  return all.some((filter) => filter !== undefined);
}

/** Whether a page, latest first, ends before the first moment that is asked for. */
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
  let isFirst = true;
  const read = async (page: string) => {
    const answer = await connection.send({ method: "GET", path: page, schema: pageSchema, what });
    refuseIgnored(answer.results, query);
    isFirst = false;
    return answer;
  };
  try {
    yield* pagesOf(read, `${path}?${parameters}`, what);
  } catch (error) {
    // Entries that the plan stops to show while they are read leave a last page that is not there any more.
    const isGone = answered(error, 404) && /invalid page/i.test(error.answer.detail);
    if (isFirst || !isGone) throw error;
  }
}

/** Numbered pages shift when entries arrive meanwhile, so that one can be on two of them. */
async function* distinctPages(pages: AsyncIterable<readonly Activity[]>): AsyncGenerator<Activity[]> {
  const seen = new Set<string>();
  for await (const page of pages) {
    const fresh = page.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    yield fresh;
  }
}

/** Pages with the oldest entries first: passed on as they come from servers that know the order, else turned around. */
async function* oldestFirst(pages: AsyncIterable<Activity[]>): AsyncGenerator<Activity[]> {
  let held: Activity[] = [];
  let isAscending = false;
  for await (const page of pages) {
    held = held.concat(page);
    isAscending ||= direction(held) > 0;
    if (!isAscending) continue;
    yield held;
    held = [];
  }
  yield direction(held) < 0 ? held.reverse() : held;
}

/** Positive for oldest first, negative for latest first, 0 where the entries do not tell. */
function direction(entries: readonly Activity[]): number {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return 0;
  return Date.parse(last.created_at) - Date.parse(first.created_at);
}
