import { counted, formatNumber, listed } from "../../provider/access/messages";
import { distinctNames } from "../../provider/access/snapshot";
import { groupBy } from "../../provider/access/values";
import { unrecordedSentence } from "../../provider/audit/unrecorded";
import type { AccessReview, ReviewedKey, ReviewedPerson, ReviewFinding } from "../../provider/review/model";
import { severities } from "../../provider/review/reviewOrganization";

/** How many projects a text lists before it only counts the rest. */
const namedProjects = 4;

/** How many scopes a text lists before it only counts the rest. */
const namedScopes = 3;

/** A moment to the minute: `2026-11-03 14:05 UTC`. */
export function minuteOf(moment: string): string {
  return `${moment.slice(0, 16).replace("T", " ")} UTC`;
}

/** What was reviewed, and when. */
export function headline({ organization, people, projects, keys, readAt }: AccessReview): string {
  const things = [
    counted(people.length, "person", "people"),
    counted(projects.length, "project"),
    ...(keys === undefined ? [] : [counted(keys.length, "API key")]),
  ];
  return `${organization.name} at ${organization.host}: ${listed(things, "and")}, read ${minuteOf(readAt)}`;
}

/** Why to keep a review: nothing else shows earlier access. */
export const historyNote = `${unrecordedSentence()} To see what changes, keep reviews in the repository and compare them.`;

/** How many findings there are: `3 findings: 1 high, 2 low`. */
export function verdict(findings: readonly ReviewFinding[]): string {
  if (findings.length === 0) return "No findings.";
  const parts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${formatNumber(count)} ${severity}`];
  });
  return `${counted(findings.length, "finding")}: ${parts.join(", ")}`;
}

/** The fix that some findings share; undefined if they differ. */
export function commonFix(findings: readonly ReviewFinding[]): string | undefined {
  const [fix, ...others] = new Set(findings.map((finding) => finding.fix));
  return others.length === 0 ? fix : undefined;
}

/** The names of projects by id, distinct even if several have the same name. */
export function projectLabels(projects: AccessReview["projects"]): ReadonlyMap<number, string> {
  const named = distinctNames(projects.map(({ projectId, name }) => ({ id: projectId, name })));
  return new Map(named.map(({ id, name }) => [id, name]));
}

/** What someone can do; projects with the same level and reason are grouped. */
export function describeAccess(
  { access }: Pick<ReviewedPerson, "access">,
  { projects }: AccessReview,
): string {
  const names = projectLabels(projects);
  const alike = groupBy(access, ({ level, through }) => `${level} ${through}`);
  return [...alike.values()]
    .sort(([left], [right]) => Number(left.level === "none") - Number(right.level === "none"))
    .map((those) => {
      const [{ level, through }] = those;
      const labels = those.map(({ projectId }) => names.get(projectId) ?? String(projectId));
      return `${level} on ${some(labels, projects.length)} ${through}`;
    })
    .join("; ");
}

/** The name of a key in reports. */
export function keyTitle({ kind, label, maskValue }: ReviewedKey): string {
  return label ?? maskValue ?? `${kind} key`;
}

/** The owner of a key: a person, or a project. */
export function keyOwner({ kind, owner }: ReviewedKey): string {
  return owner ?? (kind === "project" ? "a project" : "unknown");
}

/** The scopes of a key; a long list counts the rest. */
export function describeScopes({ scopes }: ReviewedKey): string {
  const more = scopes.length - namedScopes;
  if (scopes.length === 0) return "none";
  return more > 0 ? `${scopes.slice(0, namedScopes).join(", ")} and ${more} more` : scopes.join(", ");
}

/** What a key can do, or why it can do nothing. */
export function describeKey(key: ReviewedKey, review: AccessReview): string {
  return key.access.length === 0 ? `nothing: ${key.withoutAccess ?? ""}` : describeAccess(key, review);
}

function some(names: readonly string[], of: number): string {
  if (names.length === of && of > 1) return `all ${of} projects`;
  const more = names.length - namedProjects;
  if (more <= 0) return listed(names, "and");
  return `${names.slice(0, namedProjects).join(", ")} and ${counted(more, "other project")}`;
}
