import type { LiveKey } from "../access/liveOrganization";
import type { ReviewedAccess, ReviewedKey, ReviewedPerson, ReviewedProject } from "./model";

type KeyAccess = ReviewedKey["access"][number];

/** The API keys with the projects that they reach: a personal key those of its owner, a project's key its own. */
export function reviewKeys(
  keys: readonly LiveKey[],
  people: readonly ReviewedPerson[],
  projects: readonly ReviewedProject[],
): ReviewedKey[] {
  const owners = new Map(people.map((person) => [person.email.toLowerCase(), person]));
  const known = new Set(projects.map(({ projectId }) => projectId));
  const ofOwner = memoized(({ projectId, level, through }: ReviewedAccess): KeyAccess => {
    return { projectId, level, through: `what its owner has ${through}` };
  });
  const accessOf = (key: LiveKey): KeyAccess[] => {
    if (key.scopes.length === 0) return [];
    if (key.kind === "project") return key.projectIds.filter((id) => known.has(id)).map(byScopes);
    const owner = owners.get(key.owner?.toLowerCase() ?? "");
    const reaches = ({ projectId, level }: ReviewedAccess): boolean =>
      level !== "none" && (key.projectIds.length === 0 || key.projectIds.includes(projectId));
    return owner?.access.filter(reaches).map(ofOwner) ?? [];
  };
  return keys.map((key) => {
    const { kind, owner, label, maskValue, scopes, createdAt, lastUsedAt, lastRolledAt } = key;
    const access = accessOf(key);
    return { kind, owner, label, maskValue, scopes, access, createdAt, lastUsedAt, lastRolledAt };
  });
}

/** A project's key is nobody: no rule is about it, and it can what its scopes say. */
const byScopes = (projectId: number): KeyAccess => ({ projectId, level: "member", through: "by its scopes" });

function memoized<From extends object, To>(make: (from: From) => To): (from: From) => To {
  const made = new Map<From, To>();
  return (from) => {
    const known = made.get(from);
    if (known !== undefined) return known;
    const fresh = make(from);
    made.set(from, fresh);
    return fresh;
  };
}
