import { dayMs } from "../access/values";

const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
};

/** A duration such as `30s`, `15m`, `12h`, `7d` or `2w`, in milliseconds; undefined if it is not one. */
export function readDuration(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text.trim()) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** Whether a date without a time means the start or the end of that day. */
export type DayEdge = "start" | "end";

/**
 * A moment in ISO 8601: a duration before `now`, a date (the `edge` of that day in UTC), or a date with a time (in UTC
 * unless it names a zone). Undefined if it is none of these.
 */
export function readMoment(text: string, now: Date, edge: DayEdge): string | undefined {
  const ago = readDuration(text);
  if (ago !== undefined) return isoOf(now.getTime() - ago);
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text.trim()) ?? [];
  if (day === undefined || !isDay(day)) return undefined;
  if (time === undefined) return edge === "start" ? `${day}T00:00:00.000Z` : `${day}T23:59:59.999999Z`;
  return isoOf(Date.parse(`${day}T${time}${zone ?? "Z"}`));
}

/** JavaScript reads the 30th of February as the 2nd of March. */
const isDay = (day: string): boolean => isoOf(Date.parse(`${day}T00:00:00Z`))?.startsWith(day) === true;

function isoOf(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Which of two moments is earlier, to the microsecond, which PostHog omits if it is zero. */
export function compareMoments(left: string, right: string): number {
  const difference = Date.parse(left) - Date.parse(right);
  return difference !== 0 ? difference : microsecondsOf(left) - microsecondsOf(right);
}

const microsecondsOf = (moment: string): number =>
  Number((/\.(\d+)/.exec(moment)?.[1] ?? "").padEnd(6, "0").slice(3, 6));

/** A moment for people, in UTC: `2026-06-01 10:00:00`. */
export function shownMoment(moment: string): string {
  const iso = isoOf(Date.parse(moment));
  return iso === undefined ? moment : iso.slice(0, 19).replace("T", " ");
}

/** How long a plan feature keeps something (PostHog: `available_product_features`). */
interface KeptFor {
  readonly key: string;
  readonly limit?: number | null;
  readonly unit?: string | null;
}

const dayLengths: Readonly<Record<string, number>> = { day: 1, month: 30, year: 365 };

/** How far back a plan shows the activity log. */
export interface Retention {
  /** In the plan's words: `3 months`. */
  readonly words: string;
  /** Entries before this moment are hidden, ISO 8601. */
  readonly start: string;
}

/** How far back the plan shows the log; undefined if it has no limit. */
export function retentionOf(features: readonly KeptFor[], now: Date): Retention | undefined {
  const { limit, unit } = features.find(({ key }) => key === "audit_logs") ?? {};
  const days = dayLengths[(unit ?? "").toLowerCase().replace(/s$/, "")];
  if (limit == null || days === undefined) return undefined;
  return {
    words: `${limit} ${unit}`,
    start: new Date(now.getTime() - limit * days * dayMs).toISOString(),
  };
}
