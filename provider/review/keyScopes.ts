import type { AccessLevel } from "../access/levels";
import { covers } from "../access/scopes";

/** What a key's scopes say of one kind of thing in a project. */
export interface ScopeGrant {
  /** The scope's object: a type of resource, `project`, or something on which there are no access rules. */
  readonly resource: string;
  readonly scope: string;
  /** The most that the scope allows. */
  readonly level: AccessLevel;
}

/** Scope objects of the organization and the person (PostHog: `posthog/scopes.py`): no project is reached by them. */
const outsideProjects: ReadonlySet<string> = new Set([
  "billing",
  "organization",
  "organization_integration",
  "organization_member",
  "user",
]);

/** The scope that stands for all others. */
export const everyScope = "*";

/** What scopes allow in a project, one entry for each kind of thing, by the alphabet. */
export function grantsInProjects(scopes: readonly string[]): ScopeGrant[] {
  const objects = [...new Set(scopes.map((scope) => scope.split(":")[0] ?? ""))].sort();
  const canRule = covers(scopes, "access_control:write");
  return objects
    .filter((resource) => resource !== everyScope && !outsideProjects.has(resource))
    .map((resource) => {
      const writes = scopes.includes(`${resource}:write`);
      const scope = writes ? `${resource}:write` : `${resource}:read`;
      return { resource, scope, level: mostOn(resource, writes, canRule) };
    });
}

/** What sets managers apart is that they change access rules, for which there is a scope of its own. */
function mostOn(resource: string, writes: boolean, canRule: boolean): AccessLevel {
  if (resource === "project") return writes ? "admin" : "member";
  if (!writes) return "viewer";
  return canRule && resource !== "access_control" ? "manager" : "editor";
}
