import { type Grant, malformedProject } from "../access/grants";
import type { AccessRule, AccessSnapshot, Person, ProjectName } from "../access/snapshot";
import { listRules, projectRules, type StoredRule, typeRules } from "../posthog/accessControls";
import type { Connection } from "../posthog/connection";
import { answered } from "../posthog/errors";
import { listMembers, type Member } from "../posthog/members";
import { getOrganization, hasFeature, type Organization } from "../posthog/organizations";
import { listProjects } from "../posthog/projects";
import { listRoles, type Role } from "../posthog/roles";

export interface People {
  readonly members: readonly Member[];
  readonly roles: readonly Role[];
}

/** Who is in the organization, and how it decides what they can do. */
export interface Directory extends People {
  readonly organization: Organization;
}

/** Reads every member and every role, once per run. */
export async function readPeople(connection: Connection): Promise<People> {
  const [members, roles] = await Promise.all([listMembers(connection), listRoles(connection)]);
  return { members, roles };
}

/** Reads the organization, every member and every role, once per run. */
export async function readDirectory(connection: Connection): Promise<Directory> {
  const [organization, people] = await Promise.all([getOrganization(connection), readPeople(connection)]);
  return { organization, ...people };
}

/** A member in the terms of the access rules. */
export function personOf({ id, user, level }: Member): Person {
  return { userUuid: user.uuid, membershipId: id, email: user.email, level };
}

/** Everything that decides who can do what in some projects, if these were their rules. */
export function snapshotOf(
  { organization, members, roles }: Directory,
  projects: readonly ProjectName[],
  rules: readonly AccessRule[],
): AccessSnapshot {
  return {
    people: members.map(personOf),
    roles: roles.map((role) => ({
      id: role.id,
      name: role.name,
      userUuids: (role.members ?? []).map(({ user }) => user.uuid),
    })),
    projects,
    rules,
    enforcesRules: hasFeature(organization, "access_control") !== false,
    enforcesRoleRules: hasFeature(organization, "role_based_access") !== false,
    mostSpecific: organization.uses_most_specific_access_resolution === true,
  };
}

/** Every grant on a project and on the types of resource in it; reads both lists once per run. */
export async function readGrants(connection: Connection, projectId: number): Promise<Grant[]> {
  const [onProject, onTypes] = await Promise.all([
    listRules(connection, projectRules(projectId)),
    listRules(connection, typeRules(projectId)),
  ]);
  return [
    ...grantsIn(onProject, () => "project"),
    ...grantsIn(onTypes, ({ resource }) => (resource === "project" ? malformedProject : resource)),
  ];
}

/** Rules from PostHog's lists as grants. `resourceOf` returns the resource of a rule, which depends on its list. */
export function grantsIn(rules: readonly StoredRule[], resourceOf: (rule: StoredRule) => string): Grant[] {
  return rules.flatMap((rule) =>
    rule.access_level === null
      ? []
      : [
          {
            resource: resourceOf(rule),
            ...(rule.organization_member == null ? {} : { membershipId: rule.organization_member }),
            ...(rule.role == null ? {} : { roleId: rule.role }),
            level: rule.access_level,
          },
        ],
  );
}

/** The project with its name, or with its number instead if the key may not list projects. */
export async function nameProject(connection: Connection, id: number): Promise<ProjectName> {
  try {
    const found = (await listProjects(connection)).find((project) => project.id === id);
    return { id, name: found?.name ?? `project ${id}` };
  } catch (error) {
    if (!answered(error, 403)) throw error;
    return { id, name: `project ${id}` };
  }
}
