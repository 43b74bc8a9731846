import { counted } from "../access/messages";
import { dateOf, groupPairs } from "../access/values";

import type { ActivityEntry } from "../audit/entry";
import { isOwn } from "../audit/messages";
import { unrecorded } from "../audit/unrecorded";
import type { Attribution, Difference, ReadLog } from "./model";
import type { Trace } from "./traces/trace";

/** How many milliseconds the clocks of PostHog and of whatever wrote the stack's state may differ by. */
const clockSkew = 120_000;

/**
 * Who caused a difference: of the matching entries, the latest that set the value in PostHog. If no entry matches, says
 * why, and never guesses.
 */
export function attribute(difference: Difference, log: ReadLog): Attribution {
  const candidates = inQuestion(difference.traces, log)
    .filter((entry) => mayBeBehind(entry, difference))
    .flatMap((entry) => {
      const fit = bestFit(difference.traces, entry);
      return fit === undefined ? [] : [{ entry, fit }];
    })
    .sort((left, right) => Date.parse(right.entry.created_at) - Date.parse(left.entry.created_at));
  for (const fit of ["exact", "near"] as const) {
    const found = candidates.find((candidate) => candidate.fit === fit);
    if (found !== undefined) {
      return { kind: "found", entry: found.entry, fit, others: candidates.length - 1 };
    }
  }
  return reasonFor(difference, log, candidates.length);
}

/**
 * The entries of a log by kind of object, and by its id and the e-mail addresses in its name: there may be thousands of
 * differences and entries.
 */
const indexes = new WeakMap<ReadLog, ReadonlyMap<string, ActivityEntry[]>>();

function indexOf(log: ReadLog): ReadonlyMap<string, ActivityEntry[]> {
  const known = indexes.get(log);
  if (known !== undefined) return known;
  const index = groupPairs(log.entries.flatMap((entry) => keysOf(entry).map((key) => [key, entry] as const)));
  indexes.set(log, index);
  return index;
}

function keysOf({ scope, item_id, detail }: ActivityEntry): string[] {
  const people = [detail?.name, contextOf(detail?.context, "user_email")].join(" ");
  const ids = [...(item_id == null ? [] : [item_id]), ...new Set(emailsIn(people))];
  return [scope, ...ids.map((id) => objectKey(scope, id))];
}

/** Looks for an address once in each word, however long. */
const emailsIn = (text: string): string[] =>
  text.match(/(?<![^\s()<>,;:"])[^\s()<>,;:"]+@[^\s()<>,;:"]+/g) ?? [];

const objectKey = (scope: string, id: string): string => `${scope}/${id.toLowerCase()}`;

/** The entries that one of the traces may refer to, each once. */
function inQuestion(traces: readonly Trace[], log: ReadLog): ActivityEntry[] {
  const index = indexOf(log);
  const keys = traces.flatMap(({ scope, itemIds, mentions = [], context }) => {
    const email = [context?.user_email, ...mentions].find(
      (text) => text != null && emailsIn(text)[0] === text,
    );
    const ids = itemIds ?? (email == null ? undefined : [email]);
    return ids?.map((id) => objectKey(scope, id)) ?? [scope];
  });
  return [...new Set([...new Set(keys)].flatMap((key) => index.get(key) ?? []))];
}

/** Entries from before the stack wrote the resource did not cause it; neither did the write itself. */
function mayBeBehind(entry: ActivityEntry, { writtenAt, isHalfMade }: Difference): boolean {
  if (writtenAt === undefined) return true;
  const [at, written] = [Date.parse(entry.created_at), Date.parse(writtenAt)];
  if (isOwn(entry) && isHalfMade !== true) return at > written;
  return at >= written - clockSkew;
}

/** `other`: it affects the same thing, but set another value. */
type Fit = "exact" | "near" | "other";

function bestFit(traces: readonly Trace[], entry: ActivityEntry): Fit | undefined {
  const fits = traces.flatMap((trace) => fitOf(trace, entry) ?? []);
  return (["exact", "near", "other"] as const).find((fit) => fits.includes(fit));
}

/** How well an entry matches a trace; undefined if it is about something else. */
function fitOf(trace: Trace, entry: ActivityEntry): Fit | undefined {
  if (entry.scope !== trace.scope || !isAbout(trace, entry)) return undefined;
  const best = trace.isIndirect === true ? "near" : "exact";
  if (!trace.activities.includes(entry.activity)) return undefined;
  if (trace.fields === undefined) return best;
  const written = writtenValue(trace.fields, entry);
  if (written === undefined) return undefined;
  if (trace.after === undefined || written.value === "masked") return "near";
  return trace.after.some((form) => comparable(written.value) === comparable(form)) ? best : "other";
}

/** The value that an entry set a field to: from its changes, or for rules from the context of their creation. */
function writtenValue(fields: readonly string[], { detail }: ActivityEntry): { value: unknown } | undefined {
  const change = detail?.changes?.find(({ field }) => field != null && fields.includes(field));
  if (change !== undefined) return { value: change.after };
  const found = fields.map((field) => contextOf(detail?.context, field)).find((value) => value !== undefined);
  return found === undefined ? undefined : { value: found };
}

function contextOf(context: unknown, key: string): unknown {
  return typeof context === "object" && context !== null ? Reflect.get(context, key) : undefined;
}

function isAbout({ itemIds, projectId, context, mentions }: Trace, entry: ActivityEntry): boolean {
  const id = entry.item_id?.toLowerCase();
  if (itemIds !== undefined && !itemIds.some((known) => known.toLowerCase() === id)) return false;
  if (projectId !== undefined && entry.team_id != null && entry.team_id !== projectId) return false;
  const name = entry.detail?.name?.toLowerCase() ?? "";
  if (mentions?.some((text) => !name.includes(text.toLowerCase()))) return false;
  return Object.entries(context ?? {}).every(([key, value]) => {
    const found = contextOf(entry.detail?.context, key);
    return (found == null ? null : String(found).toLowerCase()) === (value?.toLowerCase() ?? null);
  });
}

/** A value for comparison: undefined, null and an empty text are equal, and the order of a list is ignored. */
function comparable(value: unknown): string {
  if (value === undefined || value === null || value === "") return "null";
  if (Array.isArray(value)) return `[${value.map(comparable).sort().join()}]`;
  if (typeof value !== "object") return String(value).toLowerCase();
  const entries = Object.entries(value).map(([key, inner]) => `${key}:${comparable(inner)}`);
  return `{${entries.sort().join()}}`;
}

function reasonFor({ traces, writtenAt, isHalfMade }: Difference, log: ReadLog, others: number): Attribution {
  if (isHalfMade === true) {
    return { kind: "none", why: "its last update stopped half-way; the next update finishes it" };
  }
  const scopes = [...new Set(traces.map(({ scope }) => scope))];
  const gap = log.gaps.find(
    (one) => one.scopes === undefined || one.scopes.some((scope) => scopes.includes(scope)),
  );
  const silent = unrecordedAmong(scopes, log);
  // The unreadable part may contain an entry: a server that records rules and roles shows it there.
  const isWholeGap = gap !== undefined && gap.scopes === undefined && scopes.length > 0;
  if (silent !== undefined && !isWholeGap) {
    return { kind: "unrecorded", why: `PostHog does not log ${silent}` };
  }
  if (gap !== undefined) return { kind: "unreadable", why: gap.why, fix: gap.fix };
  const more = others === 0 ? "" : `; ${counted(others, "entry", "entries")} about it left other values`;
  const { keptSince } = log;
  const start = writtenAt ?? log.since;
  if (keptSince !== undefined && Date.parse(keptSince) > Date.parse(start)) {
    return {
      kind: "none",
      why: `no matching log entry${more}; the plan keeps entries only since ${dateOf(keptSince)}`,
    };
  }
  return { kind: "none", why: `no matching log entry since ${dateOf(log.since)}${more}` };
}

/** What PostHog does not record, if nothing else could show the cause. A server that shows an entry does record it. */
function unrecordedAmong(scopes: readonly string[], log: ReadLog): string | undefined {
  if (scopes.length === 0) return "this";
  const first = scopes[0] ?? "";
  // The first trace is the usual cause; the others are side effects of something else.
  return indexOf(log).has(first) ? undefined : unrecorded.get(first);
}
