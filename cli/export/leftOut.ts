import type { LiveInvite, LiveKey, LiveOrganization } from "../../provider/access/liveOrganization";

/** How many things of one kind are listed before the rest is only counted. */
const mostNamed = 20;

/** What no export includes, as sentences. */
export function leftOut({ invites = [], keys = [], omissions, access }: LiveOrganization): string[] {
  const projects = new Map(access.projects.map(({ id, name }) => [id, name]));
  return [
    "rules on single objects, such as one dashboard: AccessControl declares them",
    "personal API keys: each belongs to its owner",
    ...some(
      "project secret API keys, whose values PostHog shows only once: declare new ones, hand them out, delete these",
      keys.map((key) => describeKey(key, projects)),
    ),
    ...some("invites, whose people are not members yet", invites.map(describeInvite)),
    ...omissions.map(({ what, why, fix }) => `${what}, which could not be read. ${why} ${fix}`),
  ];
}

/** What is left out, as comment lines with a prefix; may be empty. */
export function asComments(remarks: readonly string[], prefix: string): string {
  if (remarks.length === 0) return "";
  const lines = remarks.flatMap((remark) => wrapped(remark.replace(/\s+/g, " "), 106));
  return [`${prefix} Left out:`, ...lines.map((line) => `${prefix} ${line}`)]
    .map((line) => `${line}\n`)
    .join("");
}

function describeKey({ label, scopes, projectIds }: LiveKey, projects: ReadonlyMap<number, string>): string {
  const places = projectIds.map((id) => JSON.stringify(projects.get(id) ?? `project ${id}`));
  return `${JSON.stringify(label)} of ${places.join(", ")} (${scopes.join(", ")})`;
}

function describeInvite({ email, isExpired }: LiveInvite): string {
  return `${email}${isExpired ? " (expired)" : ""}`;
}

function some(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const rest = names.length - mostNamed;
  const shown = names.slice(0, mostNamed).join("; ");
  return [`${what}: ${shown}${rest > 0 ? `; and ${rest} more` : ""}`];
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "-";
  for (const word of text.split(" ")) {
    if (line.length + word.length >= width && line.trim() !== "-") {
      lines.push(line);
      line = " ";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
