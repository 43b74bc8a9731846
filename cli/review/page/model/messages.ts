import type { AccessLevel } from "../../../../provider/access/levels";
import type { Severity } from "../../../../provider/review/model";

/** The letters that stand for a level where there is no room for its name. */
export const letters: Readonly<Record<AccessLevel, string>> = {
  none: "–",
  member: "M",
  admin: "A",
  viewer: "V",
  editor: "E",
  manager: "Mg",
};

/** What a level means, in the legend. */
export const levelNames: Readonly<Record<AccessLevel, string>> = {
  none: "No access",
  member: "Member",
  admin: "Admin",
  viewer: "Viewer",
  editor: "Editor",
  manager: "Manager",
};

/** How high a level is among those of its kind, from 0 to 3, for bars. */
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

const acronyms: ReadonlySet<string> = new Set(["sso", "2fa", "saml", "scim", "api", "jit", "id"]);

/** A rule's or a resource type's name as people write it: `sso-not-enforced` is `SSO not enforced`. */
export function readable(name: string): string {
  const words = name.split(/[-_]/).map((word) => (acronyms.has(word) ? word.toUpperCase() : word));
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A number with its noun: `1 person`, `5,000 people`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** A level with its reason, as one says it: `Admin, through role Analysts`. */
export function levelWithReason(level: AccessLevel, through: string): string {
  return through === "" ? levelNames[level] : `${levelNames[level]}, ${through}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The day of an ISO time, equal in every time zone: `3 Nov 2026`; what is no time stays as it is. */
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
