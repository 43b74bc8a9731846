import type { AccessLevel } from "./levels";
import { groupBy } from "./values";

/** Someone in the organization. */
export interface Person {
  /** The user's UUID, the same in every organization and after leaving and coming back. */
  readonly userUuid: string;
  /** Id of the membership, which access rules name. */
  readonly membershipId: string;
  readonly email: string;
  /** Organization level as PostHog's number: 1 member, 8 admin, 15 owner. */
  readonly level: number;
}

/** A role and who is in it. */
export interface RoleWithMembers {
  readonly id: string;
  readonly name: string;
  /** UUIDs of its users. */
  readonly userUuids: readonly string[];
}

/** A project, as far as access goes. */
export interface ProjectName {
  readonly id: number;
  readonly name: string;
}

/**
 * One access rule. It is about one person, one role, or with neither about everyone. PostHog keeps the rules on a
 * project itself under the resource `project` with the project's number as `resourceId`.
 */
export interface AccessRule {
  readonly projectId: number;
  /** Type of resource, such as `feature_flag`; `project` for the project itself. */
  readonly resource: string;
  /** One object of that type, by its stored id; missing for the whole type. */
  readonly resourceId?: string | null;
  readonly membershipId?: string | null;
  readonly roleId?: string | null;
  readonly level: AccessLevel;
}

/** All that decides who can do what in an organization, at one moment. */
export interface AccessSnapshot {
  readonly people: readonly Person[];
  readonly roles: readonly RoleWithMembers[];
  readonly projects: readonly ProjectName[];
  readonly rules: readonly AccessRule[];
  /** Whether the plan enforces access rules at all (feature `access_control`). */
  readonly enforcesRules: boolean;
  /** Whether the plan enforces rules on roles (feature `role_based_access`). */
  readonly enforcesRoleRules: boolean;
  /**
   * How contradicting rules are resolved (`uses_most_specific_access_resolution`): false, the highest level wins;
   * true, the person's own rule before those of roles before everyone's.
   */
  readonly mostSpecific: boolean;
}

/** The rule on a project itself, which PostHog stores in a form of its own. */
export function projectRule(
  projectId: number,
  rule: Pick<AccessRule, "membershipId" | "roleId" | "level">,
): AccessRule {
  return { ...rule, projectId, resource: "project", resourceId: String(projectId) };
}

/** Projects under unique names: those that share a name get their number as well. */
export function distinctNames(projects: readonly ProjectName[]): ProjectName[] {
  const named = groupBy(projects, ({ name }) => name);
  return projects.map(({ id, name }) => ({
    id,
    name: named.get(name)?.length === 1 ? name : `${name} (${id})`,
  }));
}
