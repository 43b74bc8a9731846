import type { AccessLevel } from "./levels";
import { groupBy } from "./values";

/** Someone in the organization. */
export interface Person {
  /** The user's UUID, the same in every organization and after leaving and coming back. */
  readonly userUuid: string;
  /** The membership id, which access rules refer to. */
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

export interface ProjectName {
  readonly id: number;
  readonly name: string;
}

/**
 * One access rule, for one person or one role, or for everyone if it has neither. PostHog keeps the rules on a project
 * itself under the resource `project` with the project's number as `resourceId`.
 */
export interface AccessRule {
  readonly projectId: number;
  /** Type of resource, such as `feature_flag`; `project` for the project itself. */
  readonly resource: string;
  /** The stored id of one object of that type; missing for the whole type. */
  readonly resourceId?: string | null;
  readonly membershipId?: string | null;
  readonly roleId?: string | null;
  readonly level: AccessLevel;
}

/** Everything that decides who can do what in an organization, at one moment. */
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
   * How conflicting rules are resolved (`uses_most_specific_access_resolution`). False: the highest level wins. True:
   * the person's own rule comes before those of roles, which come before everyone's.
   */
  readonly mostSpecific: boolean;
}

/** The rule on a project itself, in PostHog's own form for it. */
export function projectRule(
  projectId: number,
  rule: Pick<AccessRule, "membershipId" | "roleId" | "level">,
): AccessRule {
  return { ...rule, projectId, resource: "project", resourceId: String(projectId) };
}

/** Projects with unique names: those that share a name also get their number. */
export function distinctNames(projects: readonly ProjectName[]): ProjectName[] {
  const named = groupBy(projects, ({ name }) => name);
  return projects.map(({ id, name }) => ({
    id,
    name: named.get(name)?.length === 1 ? name : `${name} (${id})`,
  }));
}
