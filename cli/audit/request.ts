import { nearest } from "../../provider/access/nearest";
import { isUuid } from "../../provider/access/values";
import type { Asked } from "../../provider/audit/cursor";
import { type DayEdge, readDuration, readMoment } from "../../provider/audit/moments";
import { knownActivities, knownScopes, type PresetName, presets } from "../../provider/audit/presets";
import { RefusedError } from "../../provider/posthog/errors";
import type { FormatName } from "./formats";
import type { LogQuery } from "./query";

/** The flags of `audit` as typed. */
export interface AuditFlags {
  readonly preset?: PresetName;
  readonly scope?: readonly string[];
  readonly activity?: readonly string[];
  readonly user?: readonly string[];
  readonly object?: readonly string[];
  readonly search?: string;
  readonly client?: readonly string[];
  readonly ip?: readonly string[];
  readonly staff?: boolean;
  readonly system?: boolean;
  readonly project?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly oldestFirst?: boolean;
  readonly format: FormatName;
  readonly header: boolean;
  readonly cursor?: string;
  readonly overlap?: string;
  readonly follow?: boolean;
  readonly interval?: string;
  readonly progress?: boolean;
}

export interface AuditRequest {
  /** Filters that need no request. */
  readonly query: LogQuery;
  /** E-mail addresses or UUIDs. */
  readonly users: readonly string[];
  /** Id or name. */
  readonly project?: string;
  readonly preset?: PresetName;
  /** Kinds of object in addition to the preset's. */
  readonly scopes: readonly string[];
  /** First moment, ISO 8601. */
  readonly since?: string;
  readonly format: FormatName;
  /** Whether CSV has a header row. */
  readonly header: boolean;
  /** Path of a file. */
  readonly cursor?: string;
  readonly follow: boolean;
  /** Milliseconds. */
  readonly overlap: number;
  /** Milliseconds. */
  readonly interval: number;
  /** Whether to show progress; by default only on a terminal. */
  readonly progress?: boolean;
  /** Notes on likely typos. */
  readonly remarks: readonly string[];
}

const usualInterval = "30s";
const usualOverlap = "1h";
const shortestInterval = 5_000;
const mostEntries = 10_000_000;

/**
 * Checks the flags.
 *
 * @throws RefusedError that lists every invalid flag.
 */
export function readRequest(flags: AuditFlags, now: Date): AuditRequest {
  const problems = [...conflicts(flags), ...emptyFilters(flags)];
  const since = momentFlag("since", flags.since, now, "start", problems);
  const until = momentFlag("until", flags.until, now, "end", problems);
  if (since !== undefined && until !== undefined && Date.parse(since) > Date.parse(until)) {
    problems.push("--since is later than --until");
  }
  if (since !== undefined && Date.parse(since) > now.getTime()) problems.push("--since is in the future");
  const limit = numberFlag(flags.limit, problems);
  const interval = durationFlag("interval", flags.interval ?? usualInterval, problems);
  const overlap = durationFlag("overlap", flags.overlap ?? usualOverlap, problems);
  const nobody = (flags.user ?? []).find((user) => !user.includes("@") && !isUuid(user));
  if (nobody !== undefined) problems.push(`--user must be an e-mail address or a user UUID, not "${nobody}"`);
  if (interval < shortestInterval) problems.push("--interval must be at least 5s");
  const query = {
    ...filtersOf(flags),
    startDate: since,
    endDate: until,
    limit,
    oldestFirst: flags.oldestFirst,
  };
  if (problems.length > 0) {
    throw new RefusedError(problems.length === 1 ? "invalid flag" : "invalid flags", {
      why: problems.join("; "),
      fix: "See pulumi-posthog audit --help.",
    });
  }
  const { preset, project, format, header, cursor, follow = false, progress } = flags;
  return {
    query,
    users: flags.user ?? [],
    project,
    preset,
    scopes: (flags.scope ?? []).map(spelled),
    since,
    format,
    header,
    cursor,
    follow,
    overlap,
    interval,
    progress,
    remarks: [
      ...(flags.scope ?? []).flatMap(remarkOnScope),
      ...(flags.activity ?? []).flatMap(remarkOnActivity),
    ],
  };
}

function filtersOf(flags: AuditFlags): LogQuery {
  const { preset, scope = [] } = flags;
  const scopes = [...new Set([...(preset === undefined ? [] : presets[preset]), ...scope.map(spelled)])];
  const list = (values: readonly string[] | undefined): readonly string[] | undefined =>
    values === undefined || values.length === 0 ? undefined : [...new Set(values)];
  return {
    scopes: list(scopes),
    activities: list(flags.activity),
    itemIds: list(flags.object),
    clients: list(flags.client),
    ipAddresses: list(flags.ip),
    searchText: flags.search,
    wasImpersonated: flags.staff,
    isSystem: flags.system,
  };
}

/** A kind of object in PostHog's spelling. */
function spelled(scope: string): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  return knownScopes.find((known) => plain(known) === plain(scope)) ?? scope;
}

function remarkOnScope(scope: string): string[] {
  if (knownScopes.includes(spelled(scope))) return [];
  const near = nearest(scope, knownScopes);
  return near === undefined ? [] : [`unknown kind of object "${scope}"; did you mean ${near}?`];
}

function remarkOnActivity(activity: string): string[] {
  const near = knownActivities.includes(activity) ? undefined : nearest(activity, knownActivities);
  return near === undefined ? [] : [`unknown activity "${activity}"; did you mean ${near}?`];
}

function conflicts({
  cursor,
  follow,
  interval,
  overlap,
  until,
  limit,
  oldestFirst,
  staff,
  system,
}: AuditFlags): string[] {
  const continued = cursor !== undefined ? "--cursor" : follow === true ? "--follow" : undefined;
  const conflicting = Object.entries({ "--until": until, "--limit": limit, "--oldest-first": oldestFirst })
    .filter(([, value]) => continued !== undefined && value !== undefined)
    .map(([flag]) =>
      flag === "--oldest-first"
        ? `${continued} always prints the oldest entries first: omit ${flag}`
        : `${continued} reads to the end: omit ${flag}`,
    );
  return [
    ...conflicting,
    ...(staff === true && system === true ? ["no entry matches both --staff and --system"] : []),
    ...(interval !== undefined && follow !== true
      ? ["--interval needs --follow: add --follow, or omit --interval"]
      : []),
    ...(overlap !== undefined && continued === undefined
      ? ["--overlap needs --cursor or --follow: add one, or omit --overlap"]
      : []),
  ];
}

/** A filter without a value, as from an unset shell variable, must not match everything. */
function emptyFilters({ scope, activity, user, object, search, client, ip }: AuditFlags): string[] {
  return Object.entries({ scope, activity, user, object, search, client, ip })
    .filter(([, value]) => value?.length === 0)
    .map(([flag]) => `--${flag} has no value: give one, or omit the flag`);
}

function momentFlag(
  name: string,
  text: string | undefined,
  now: Date,
  edge: DayEdge,
  problems: string[],
): string | undefined {
  if (text === undefined) return undefined;
  const moment = readMoment(text, now, edge);
  if (moment === undefined) {
    problems.push(
      `--${name} must be a duration such as 7d or 12h, a date, or an ISO 8601 time, not "${text}"`,
    );
  }
  return moment;
}

function durationFlag(name: string, text: string, problems: string[]): number {
  const duration = readDuration(text);
  if (duration === undefined)
    problems.push(`--${name} must be a duration such as 30s, 15m, 12h or 7d, not "${text}"`);
  return duration ?? Number.POSITIVE_INFINITY;
}

function numberFlag(text: string | undefined, problems: string[]): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= mostEntries) return number;
  problems.push(`--limit must be a whole number from 1 to ${mostEntries}, not "${text}"`);
  return undefined;
}

/** The identity of a cursor for this request. A preset counts by its name, because new versions may extend it. */
export function askedBy(
  { query, preset, scopes }: AuditRequest,
  users: readonly string[] | undefined,
  place: Asked,
): Asked {
  const { activities, itemIds, clients, ipAddresses, searchText, wasImpersonated, isSystem } = query;
  const values = {
    preset,
    scopes,
    users,
    activities,
    objects: itemIds,
    clients,
    addresses: ipAddresses,
    search: searchText,
    staff: wasImpersonated === undefined ? undefined : String(wasImpersonated),
    system: isSystem === undefined ? undefined : String(isSystem),
  };
  const given = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value.length === 0) return [];
    return [[name, typeof value === "string" ? value : [...value].sort()] as const];
  });
  return { ...place, ...Object.fromEntries(given) };
}
