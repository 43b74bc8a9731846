import { listed } from "../../provider/access/messages";
import type { AccessReview, ReviewedKey, ReviewedPerson, ReviewFinding } from "../../provider/review/model";
import { severities } from "../../provider/review/reviewOrganization";

/** How many projects a text names before it only counts the rest. */
const namedProjects = 4;

/** How many scopes a text names before it only counts the rest. */
const namedScopes = 3;

/** `1 person`, `2 people`: a count with the right word, in English digits. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** What was reviewed, and when. */
export function headline({ organization, people, projects, keys, readAt }: AccessReview): string {
  const things = [
    counted(people.length, "person", "people"),
    counted(projects.length, "project"),
    ...(keys === undefined ? [] : [counted(keys.length, "API key")]),
  ];
  const when = `${readAt.slice(0, 16).replace("T", " ")} UTC`;
  return `${organization.name} at ${organization.host}: ${listed(things, "and")}, read ${when}`;
}

/** How many findings there are: `3 findings: 1 high, 2 low`. */
export function verdict(findings: readonly ReviewFinding[]): string {
  if (findings.length === 0) return "No findings.";
  const parts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count.toLocaleString("en")} ${severity}`];
  });
  return `${counted(findings.length, "finding")}: ${parts.join(", ")}`;
}

/** What to do about all of some findings; missing where it differs, so that each has to say its own. */
export function commonFix(findings: readonly ReviewFinding[]): string | undefined {
  const [fix, ...others] = new Set(findings.map((finding) => finding.fix));
  return others.length === 0 ? fix : undefined;
}

/** What projects are called: by their names, with the number where several have the same. */
export function projectLabels(projects: AccessReview["projects"]): ReadonlyMap<number, string> {
  const [seen, shared] = [new Set<string>(), new Set<string>()];
  for (const { name } of projects) (seen.has(name) ? shared : seen).add(name);
  return new Map(
    projects.map(({ projectId, name }) => [projectId, shared.has(name) ? `${name} (${projectId})` : name]),
  );
}

/** What somebody can do, projects with the same level for the same reason together. */
export function accessInWords(
  { access }: Pick<ReviewedPerson, "access">,
  { projects }: AccessReview,
): string {
  const names = projectLabels(projects);
  const alike = new Map<string, { level: string; through: string; projects: string[] }>();
  for (const { projectId, level, through } of access) {
    const key = `${level} ${through}`;
    const group = alike.get(key) ?? { level, through, projects: [] };
    group.projects.push(names.get(projectId) ?? String(projectId));
    alike.set(key, group);
  }
  return [...alike.values()]
    .sort((left, right) => Number(left.level === "none") - Number(right.level === "none"))
    .map(({ level, through, projects: those }) => `${level} on ${some(those, projects.length)} ${through}`)
    .join("; ");
}

/** What a key is called, and which it is. */
export function keyTitle({ kind, label, maskValue }: ReviewedKey): string {
  return label ?? maskValue ?? `${kind} key`;
}

/** Whose key it is: a person's, or a project's. */
export function keyOwner({ kind, owner }: ReviewedKey): string {
  return owner ?? (kind === "project" ? "a project" : "not known");
}

/** The scopes of a key, of many the first ones. */
export function scopesInWords({ scopes }: ReviewedKey): string {
  const more = scopes.length - namedScopes;
  if (scopes.length === 0) return "none";
  return more > 0 ? `${scopes.slice(0, namedScopes).join(", ")} and ${more} more` : scopes.join(", ");
}

/** What a key can do, or why it can do nothing. */
export function keyInWords(key: ReviewedKey, review: AccessReview): string {
  return key.access.length === 0 ? `nothing: ${key.withoutAccess ?? ""}` : accessInWords(key, review);
}

function some(names: readonly string[], of: number): string {
  if (names.length === of && of > 1) return `all ${of} projects`;
  const more = names.length - namedProjects;
  if (more <= 0) return listed(names, "and");
  return `${names.slice(0, namedProjects).join(", ")} and ${counted(more, "other project")}`;
}
