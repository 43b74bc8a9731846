import { printable } from "../access/messages";
import {
  actorOf,
  clientOf,
  describeActivity,
  isOwn,
  type NameOf,
  namesClient,
  shownValue,
} from "../audit/messages";
import { shownMoment } from "../audit/moments";
import { conceal } from "../audit/printable";
import type { AttributedDifference, Attribution, Difference } from "./model";

/** The outcome of a comparison: nothing differs, something does, or nothing that could be compared does. */
type Verdict = "none" | "drift" | "incomplete";

/** A resource with changed outputs; an update does not affect them. */
interface MovedOutputs {
  readonly type: string;
  readonly name: string;
  readonly outputs: readonly string[];
}

/** What differs between a stack or a matrix and the live organization, and who did it. */
export interface DriftReport {
  readonly verdict: Verdict;
  /** What was compared: `stack dev`, `access.yaml`. */
  readonly source: string;
  /** The organizations that it was compared with. */
  readonly organizations: readonly { readonly id: string; readonly name: string; readonly host: string }[];
  /** ISO 8601. */
  readonly readAt: string;
  /** The start of the period that was read from the activity log, ISO 8601; missing if the log was not needed. */
  readonly logSince?: string;
  /** How many resources were compared. */
  readonly compared: number;
  readonly differences: readonly AttributedDifference[];
  /** What exists unmanaged. */
  readonly unmanaged: readonly AttributedDifference[];
  /** Whether unmanaged things count as drift. */
  readonly countsUnmanaged: boolean;
  readonly moved: readonly MovedOutputs[];
  /** Resources that could not be compared, each with the reason. */
  readonly unread: readonly {
    readonly type: string;
    readonly name: string;
    readonly message: string;
    readonly fix: string;
  }[];
  /** Other remarks, such as what could not be read. */
  readonly notes: readonly string[];
}

/** The verdict of a report. Drift counts even if something else could not be compared. */
export function verdictOf({
  differences,
  unmanaged,
  countsUnmanaged,
  unread,
}: Pick<DriftReport, "differences" | "unmanaged" | "countsUnmanaged" | "unread">): Verdict {
  if (differences.length > 0 || (countsUnmanaged && unmanaged.length > 0)) return "drift";
  return unread.length > 0 ? "incomplete" : "none";
}

/** The name of a resource: `Role "editors"`, or its title for something unmanaged. */
export function subjectOf({ kind, type, name, title }: Difference): string {
  return printable(kind === "unmanaged" || name === undefined ? title : `${type} ${name}`);
}

/** What differs, in a few words and without secrets: `accessLevel: "member" → "none"`. */
export function describeDifference(difference: Difference): string {
  const { kind, property, expected, actual } = difference;
  if (kind === "gone") return "no longer exists";
  if (kind === "unmanaged") return actual === undefined ? "" : printable(String(conceal(actual)));
  const [argument = "", ...keys] = (property ?? "").split(".");
  // People in a list are either present or missing.
  const listed = [expected, actual].find((value) => value !== undefined && value === keys.join("."));
  if (listed !== undefined) {
    return `${argument}: ${printable(String(listed))} ${actual === undefined ? "is missing" : "was added"}`;
  }
  const shown = (value: unknown): string => printable(shownValue(conceal(value, property)));
  return `${printable(property ?? "")}: ${shown(expected)} → ${shown(actual)}`;
}

/** Who caused a difference, or why that is unknown. */
export function describeCause(cause: Attribution, nameOf?: NameOf): string {
  if (cause.kind === "unreadable") return `cannot read the actor: ${cause.why}`;
  if (cause.kind !== "found") return `actor unknown: ${cause.why}`;
  const { entry, fit, others } = cause;
  const client = clientOf(entry) ?? ("client" in entry ? "unknown client" : undefined);
  const who = [
    actorOf(entry),
    `${shownMoment(entry.created_at)} UTC`,
    ...(client === undefined || namesClient(entry) ? [] : [client]),
  ];
  const sure = fit === "exact" ? "" : "probably (the log does not show the value): ";
  const more = others === 0 ? "" : ` (${others} more ${others === 1 ? "entry" : "entries"} about it)`;
  return `${sure}${who.join(", ")}: ${describeActivity(entry, nameOf)}${more}`;
}

/** A difference for other programs: without secrets, and without what only the search for its cause needs. */
export function differenceJson(difference: AttributedDifference, nameOf?: NameOf) {
  const { traces: _traces, identity: _identity, cause, expected, actual, ...rest } = difference;
  const hide = (value: unknown): unknown => conceal(value, rest.property);
  return {
    ...rest,
    ...(expected === undefined ? {} : { expected: hide(expected) }),
    ...(actual === undefined ? {} : { actual: hide(actual) }),
    cause: causeJson(cause, nameOf),
  };
}

function causeJson(cause: Attribution, nameOf: NameOf | undefined) {
  if (cause.kind !== "found") return cause;
  const { entry, fit, others } = cause;
  return {
    kind: cause.kind,
    fit,
    who: actorOf(entry),
    when: entry.created_at,
    client: entry.client ?? null,
    // Older servers do not show the client, so it is unknown.
    isThisPackage: "client" in entry ? isOwn(entry) : null,
    what: describeActivity(entry, nameOf),
    entry: entry.id,
    others,
  };
}
