import { csvRow } from "../../provider/audit/printable";
import type { AccessReview, ReviewedAccess, ReviewedKey, ReviewedPerson } from "../../provider/review/model";

const columns = [
  "kind",
  "person",
  "name",
  "organization_level",
  "roles",
  "key",
  "scopes",
  "project_id",
  "project",
  "resource",
  "level",
  "through",
  "joined_at",
  "last_login",
  "two_factor",
  "sso_enforced",
  "key_created_at",
  "key_last_used_at",
] as const;

type Row = Partial<Record<(typeof columns)[number], string | number | boolean>>;

/**
 * A review as the rows of a CSV file: for each person one row per project that they can open, and one per type of
 * resource with rules in it; for each key one row per type that its scopes cover in a project. People and keys without
 * access have one row. Rows for unreadable parts come last.
 */
export function* reviewCsv(review: AccessReview): Generator<string> {
  const names = new Map(review.projects.map(({ projectId, name }) => [projectId, name]));
  yield csvRow(columns);
  for (const person of review.people) yield rows(personRow(person), person.access.map(withProject), names);
  for (const key of review.keys ?? []) yield rows(keyRow(key), key.access, names);
  for (const { what, why } of review.omissions)
    yield rows({ kind: "not read", name: what, through: why }, [], names);
}

/** Access to a project, with the project itself as the first type of resource. */
function withProject({ resources, ...access }: ReviewedAccess): ReviewedAccess {
  const { level, through } = access;
  return { ...access, resources: [{ resource: "project", level, through }, ...resources] };
}

function rows(subject: Row, access: readonly ReviewedAccess[], names: ReadonlyMap<number, string>): string {
  const entered = access.filter(({ level }) => level !== "none");
  if (entered.length === 0) return csvRow(columns.map((column) => subject[column]));
  return entered
    .flatMap(({ projectId, resources }) => {
      const project = { ...subject, project_id: projectId, project: names.get(projectId) };
      return resources.map((what): Row => ({ ...project, ...what }));
    })
    .map((row) => csvRow(columns.map((column) => row[column])))
    .join("");
}

function personRow(person: ReviewedPerson): Row {
  return {
    kind: "person",
    person: person.email,
    name: person.name,
    organization_level: person.level,
    roles: person.roles.join("; "),
    joined_at: person.joinedAt,
    last_login: person.lastLogin,
    two_factor: person.has2fa,
    sso_enforced: person.ssoEnforced,
  };
}

function keyRow(key: ReviewedKey): Row {
  return {
    kind: `${key.kind} key`,
    person: key.owner,
    key: key.label ?? key.maskValue,
    scopes: key.scopes.join(" "),
    ...(key.withoutAccess === undefined ? {} : { level: "none", through: key.withoutAccess }),
    key_created_at: key.createdAt,
    key_last_used_at: key.lastUsedAt,
  };
}
