import type { AccessLevel } from "../../../../provider/access/levels";
import type { Severity } from "../../../../provider/review/model";

/** Letters for a level if there is no room for its name. */
export const letters: Readonly<Record<AccessLevel, string>> = {
  none: "–",
  member: "M",
  admin: "A",
  viewer: "V",
  editor: "E",
  manager: "Mg",
};

export const levelNames: Readonly<Record<AccessLevel, string>> = {
  none: "No access",
  member: "Member",
  admin: "Admin",
  viewer: "Viewer",
  editor: "Editor",
  manager: "Manager",
};

/** The height of a level's bar, from 0 to 3. */
export const heights: Readonly<Record<AccessLevel, 0 | 1 | 2 | 3>> = {
  none: 0,
  member: 2,
  admin: 3,
  viewer: 1,
  editor: 2,
  manager: 3,
};

/** The severities, worst first. */
export const severities: readonly Severity[] = ["high", "medium", "low"];

/** A type of resource for readers: `feature_flag` is `Feature flag`. */
export function readable(type: string): string {
  const text = type.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A level with its reason: `Admin, through role Analysts`. */
export function levelWithReason(level: AccessLevel, through: string): string {
  return through === "" ? levelNames[level] : `${levelNames[level]}, ${through}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The UTC date of an ISO time: `3 Nov 2026`; any other text stays the same. */
export function day(time: string): string {
  const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(time);
  const month = months[Number(found?.[2]) - 1];
  return found === null || month === undefined ? time : `${Number(found[3])} ${month} ${found[1]}`;
}

/** The day and minute of an ISO time in UTC: `3 Nov 2026, 14:05 UTC`. */
export function moment(time: string): string {
  const clock = /T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$/.exec(time)?.[1];
  return clock === undefined ? day(time) : `${day(time)}, ${clock} UTC`;
}
