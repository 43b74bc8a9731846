import {
  hasFeature,
  isAdmin,
  memberSubject,
  projectAccess,
  resolveProject,
  rulesOn,
} from "../store/effectiveAccess";
import { LEVEL, type Membership, type Organization, type Project } from "../store/entities";
import type { Store } from "../store/store";

/** The projects of an organization in the order in which they were made. */
export function projectsOf(store: Store, organization: Organization): Project[] {
  return store.projects.where("organization_id", organization.id).sort((left, right) => left.id - right.id);
}

/** The members of an organization, the most powerful first. */
export function membersOf(store: Store, organization: Organization): Membership[] {
  return store.memberships
    .where("organization_id", organization.id)
    .sort((left, right) => right.level - left.level || left.user_id - right.user_id);
}

/** What a member may do in a project, and why. */
export interface ExplainedAccess {
  readonly level: string;
  readonly reason: string;
}

/** Explains a member's access to a project in a few words. */
export function explainAccess(store: Store, project: Project, membership: Membership): ExplainedAccess {
  return {
    level: projectAccess(store, project, membership),
    reason: reasonFor(store, project, membership),
  };
}

/** The level that everyone has in a project who has no rule. */
export function defaultAccess(store: Store, project: Project): string {
  return resolveProject(store, project, { membership: null, roleIds: [] }).access_level;
}

function reasonFor(store: Store, project: Project, membership: Membership): string {
  if (isAdmin(membership)) {
    return membership.level === LEVEL.owner ? "organization owner" : "organization admin";
  }
  const organization = store.organizations.get(project.organization_id);
  if (organization === undefined || !hasFeature(organization, "access_control")) {
    return "rules not in plan";
  }
  const { source_subject, access_level } = resolveProject(store, project, memberSubject(store, membership));
  switch (source_subject) {
    case "member":
      return "own rule";
    case "role":
      return `role ${roleThatGives(store, project, membership, access_level)}`;
    case "default":
      return "project default";
    default:
      return "no rule";
  }
}

function roleThatGives(store: Store, project: Project, membership: Membership, level: string): string {
  const { roleIds } = memberSubject(store, membership);
  const rule = rulesOn(store, project, "project", String(project.id)).find(
    ({ role, access_level }) => access_level === level && role !== null && roleIds.includes(role),
  );
  return store.roles.get(rule?.role)?.name ?? "";
}
