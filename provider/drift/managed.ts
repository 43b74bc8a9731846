import { parseGrantText } from "../access/grants";
import { ignoring } from "../access/roleMembers";
import type { AccessRule, Person } from "../access/snapshot";

import { idOfSubject } from "./traces/access";
import { type NameDirectory, textOf, type Values } from "./traces/trace";

/** A resource of the stack or the matrix. */
export interface ManagedResource {
  readonly type: string;
  readonly id: string;
  readonly outputs: Values;
}

/** A rule's identity, regardless of its level: two rules with the same key are the same rule. */
function ruleKey({
  projectId,
  resource,
  resourceId,
  membershipId,
  roleId,
}: Omit<AccessRule, "level">): string {
  // PostHog stores rules on a project under the project's own number.
  const object = resource === "project" ? "" : (resourceId ?? "");
  return [projectId, resource, object, membershipId ?? "", roleId ?? ""].join("/");
}

/** What a stack or a matrix manages, as sets to check against. */
export class Managed {
  /** E-mail addresses and user UUIDs, in lower case. */
  readonly people = new Set<string>();
  readonly roles = new Set<string>();
  /** Role and user, as `role/user` in lower case. */
  readonly roleMembers = new Set<string>();
  /** Roles whose every member is managed. */
  readonly wholeRoles = new Set<string>();
  /** The ignored people of a role, by the role's id. */
  private readonly ignoredIn = new Map<string, (user: string) => boolean>();
  readonly projects = new Set<number>();
  readonly rules = new Set<string>();
  /** Projects in which every rule is managed, except the project's default access. */
  readonly wholeProjects = new Set<number>();
  /** Projects with people and roles that someone else manages there, as `project/id`. */
  readonly ignored = new Set<string>();
  readonly keys = new Set<string>();
  readonly domains = new Set<string>();

  constructor(
    resources: readonly ManagedResource[],
    private readonly directory: NameDirectory,
  ) {
    for (const resource of resources) managers[resource.type]?.(this, resource);
  }

  /** Adds the rules of a policy, and their targets. */
  addPolicy({ id, outputs }: ManagedResource): void {
    const projectId = Number(outputs.projectId ?? id);
    if (outputs.mode === "exclusive") this.wholeProjects.add(projectId);
    for (const line of textsOf(outputs.grants)) {
      const grant = parseGrantText(line);
      if (grant !== undefined) this.addGrant(projectId, grant.resource, grant.subject, outputs);
    }
    for (const name of textsOf(outputs.ignore)) {
      const ids = (["user", "role"] as const).map((kind) => idOfSubject(kind, name, outputs, this.directory));
      for (const subjectId of ids) if (subjectId !== undefined) this.ignored.add(`${projectId}/${subjectId}`);
    }
    if (outputs.defaultAccess !== undefined) this.rules.add(ruleKey({ projectId, resource: "project" }));
  }

  /** Adds the members of a role. */
  addRole(roleId: string, { members, mode, userUuids, ignore }: Values): void {
    if (members === undefined) return;
    if (mode === "exclusive") this.wholeRoles.add(roleId);
    this.ignoredIn.set(roleId, ignoring(textsOf(ignore)));
    for (const user of [...textsOf(members), ...textsOf(userUuids)]) {
      this.roleMembers.add(`${roleId}/${user}`.toLowerCase());
    }
  }

  /** Whether someone's membership of a role is managed or ignored. */
  hasRoleMember(roleId: string, { userUuid, email }: Pick<Person, "userUuid" | "email">): boolean {
    return (
      this.wholeRoles.has(roleId) ||
      [userUuid, email].some(
        (name) =>
          this.roleMembers.has(`${roleId}/${name}`.toLowerCase()) ||
          this.ignoredIn.get(roleId)?.(name) === true,
      )
    );
  }

  /** Whether a rule is managed or ignored. */
  hasRule(rule: AccessRule): boolean {
    const { projectId, resource, membershipId, roleId } = rule;
    const subject = membershipId ?? roleId;
    const isProjectDefault = resource === "project" && subject == null;
    return (
      this.rules.has(ruleKey(rule)) ||
      // An exclusive policy reports undeclared rules as its own drift.
      (this.wholeProjects.has(projectId) && !isProjectDefault) ||
      this.ignored.has(`${projectId}/${subject}`)
    );
  }

  private addGrant(projectId: number, resource: string, subject: string, outputs: Values): void {
    const [kind, ...rest] = subject.split("/");
    const name = rest.join("/");
    if (kind !== "user" && kind !== "role") {
      this.rules.add(ruleKey({ projectId, resource }));
      return;
    }
    const id = idOfSubject(kind, name, outputs, this.directory);
    if (id === undefined) return;
    this.rules.add(
      ruleKey({ projectId, resource, ...(kind === "user" ? { membershipId: id } : { roleId: id }) }),
    );
  }
}

type Manager = (managed: Managed, resource: ManagedResource) => void;

const oneRule: Manager = ({ rules }, { id, outputs }) => {
  rules.add(
    ruleKey({
      projectId: Number(outputs.projectId ?? id.split("/")[0]),
      resource: textOf(outputs, "resource") ?? "project",
      resourceId: textOf(outputs, "objectId"),
      membershipId: textOf(outputs, "membershipId"),
      roleId: textOf(outputs, "roleUuid"),
    }),
  );
};

const key: Manager = ({ keys }, { outputs }) => {
  const mask = textOf(outputs, "maskValue");
  if (mask !== undefined) keys.add(mask);
};

const domain: Manager = ({ domains }, { outputs }) => {
  const name = textOf(outputs, "domain");
  if (name !== undefined) domains.add(name.toLowerCase());
};

/** What each kind of resource manages; settings and identity providers are not listed anywhere. */
const managers: Readonly<Record<string, Manager>> = {
  Project(managed, { id, outputs }) {
    const projectId = Number(outputs.projectId ?? id);
    managed.projects.add(projectId);
    const declared = outputs.defaultAccess !== undefined || outputs.accessControl !== undefined;
    if (declared) managed.rules.add(ruleKey({ projectId, resource: "project" }));
  },
  ProjectMember: oneRule,
  AccessControl: oneRule,
  ProjectAccess: (managed, resource) => managed.addPolicy(resource),
  Role(managed, { id, outputs }) {
    managed.roles.add(id);
    managed.addRole(id, outputs);
  },
  RoleMembers: (managed, { id, outputs }) => managed.addRole(textOf(outputs, "roleUuid") ?? id, outputs),
  RoleMembership({ roleMembers }, { id, outputs }) {
    const roleId = textOf(outputs, "roleUuid") ?? id.split("/")[0];
    roleMembers.add(`${roleId}/${textOf(outputs, "userUuid") ?? id.split("/")[1]}`.toLowerCase());
  },
  OrganizationMember({ people }, { id, outputs }) {
    for (const name of [id, textOf(outputs, "email"), textOf(outputs, "userUuid")]) {
      if (name !== undefined) people.add(name.toLowerCase());
    }
  },
  PersonalApiKey: key,
  ProjectSecretApiKey: key,
  OrgSsoSettings: domain,
  OrganizationDomain: domain,
};

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
