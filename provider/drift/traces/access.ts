import { projectLevelOf } from "../../access/levels";

import {
  type NameDirectory,
  type ResourceTraces,
  type Seen,
  snakeCase,
  type Trace,
  type Tracer,
  textOf,
  texts,
  type Values,
} from "./trace";

/** A rule's object and subject, by PostHog's ids. */
interface RuleAddress {
  readonly projectId: number;
  /** Type of resource; `project` for the project itself. */
  readonly resource: string;
  /** One object of the type; missing for the whole type. */
  readonly object?: string;
  readonly membershipId?: string;
  readonly roleId?: string;
}

/** How the log shows that a rule was set to a level, or with none removed. */
export function ruleTrace(address: RuleAddress, level: unknown): Trace {
  const { projectId, resource, membershipId, roleId } = address;
  const object = resource === "project" ? String(projectId) : address.object;
  const about = {
    scope: "AccessControl",
    projectId,
    context: {
      resource,
      resource_id: object ?? null,
      organization_member: membershipId ?? null,
      role: roleId ?? null,
    },
  };
  return level === undefined || level === null
    ? { ...about, activities: ["deleted"] }
    : { ...about, activities: ["created", "updated"], fields: ["access_level"], after: [levelName(level)] };
}

/** What else removes a rule: the person leaves, or the role is deleted. */
function subjectGone(membershipId: string | undefined, roleId: string | undefined): Trace[] {
  return [
    ...(membershipId === undefined
      ? []
      : [{ scope: "OrganizationMembership", activities: ["deleted"], itemIds: [membershipId] }]),
    ...(roleId === undefined
      ? []
      : [{ scope: "Role", activities: ["deleted", "scim_deprovisioned"], itemIds: [roleId] }]),
  ];
}

const levelName = (level: unknown): unknown => (level === 1 || level === 8 ? projectLevelOf(level) : level);

const numberOf = (value: unknown): number => Number(value);

/** The rule of a resource that consists of one rule. */
const ownRule: Tracer = ({ id, state, actual }) => {
  const address = {
    projectId: numberOf(state.projectId ?? id.split("/")[0]),
    resource: textOf(state, "resource") ?? "project",
    object: textOf(state, "objectId") ?? textOf(state, "resourceId"),
    membershipId: textOf(state, "membershipId"),
    roleId: textOf(state, "roleUuid"),
  };
  const gone = actual === undefined ? subjectGone(address.membershipId, address.roleId) : [];
  return [ruleTrace(address, actual), ...gone];
};

export const projectMember: ResourceTraces = {
  gone: ownRule,
  properties: { projectId: ownRule, user: ownRule, role: ownRule, accessLevel: ownRule },
};

export const accessControl: ResourceTraces = {
  gone: ownRule,
  properties: {
    projectId: ownRule,
    resource: ownRule,
    resourceId: ownRule,
    user: ownRule,
    role: ownRule,
    accessLevel: ownRule,
  },
};

/** The default access of a project as a whole. */
const projectDefault: Tracer = ({ id, state, actual }) => [
  ruleTrace(
    { projectId: numberOf(state.projectId ?? id), resource: "project" },
    typeof actual === "boolean" ? (actual ? "none" : undefined) : actual,
  ),
  // If no rule is left, PostHog's own default applies, which is admin.
  ...(actual === "admin"
    ? [ruleTrace({ projectId: numberOf(state.projectId ?? id), resource: "project" }, undefined)]
    : []),
];

/** One grant of a policy, by its path in the arguments: `resources.feature_flag.members.ann@acme.com`. */
const policyGrant: Tracer = ({ id, state, path, actual, directory }) => {
  const projectId = numberOf(state.projectId ?? id);
  const [type, rest] = path[0] === "resources" ? [path[1] ?? "", path.slice(2)] : ["project", path];
  const [kind, ...named] = rest;
  const name = named.join(".");
  if (kind !== "members" && kind !== "roles") return [ruleTrace({ projectId, resource: type }, actual)];
  const subjectId = idOfSubject(kind === "members" ? "user" : "role", name, state, directory);
  if (subjectId === undefined) return [];
  const subject = kind === "members" ? { membershipId: subjectId } : { roleId: subjectId };
  const gone =
    actual === undefined
      ? subjectGone(kind === "members" ? subjectId : undefined, kind === "roles" ? subjectId : undefined)
      : [];
  return [ruleTrace({ projectId, resource: type, ...subject }, actual), ...gone];
};

/** PostHog's id of a person's membership or of a role, by the program's name for it. */
export function idOfSubject(
  kind: "user" | "role",
  name: string,
  state: Values,
  directory: NameDirectory,
): string | undefined {
  const lower = name.toLowerCase();
  const found =
    kind === "user"
      ? directory.people.find((one) =>
          [one.email, one.userUuid].some((known) => known.toLowerCase() === lower),
        )?.membershipId
      : directory.roles.find((one) => [one.name, one.id].some((known) => known.toLowerCase() === lower))?.id;
  if (found !== undefined) return found;
  const { subjectIds } = state;
  const known = typeof subjectIds === "object" && subjectIds !== null ? Object.entries(subjectIds) : [];
  const id: unknown = known.find(([subject]) => subject.toLowerCase() === `${kind}/${lower}`)?.[1];
  return typeof id === "string" ? id : undefined;
}

const projectGone = ({ id, state }: Seen): Trace[] => {
  const itemIds = texts(textOf(state, "projectId") ?? id);
  return ["Project", "Team"].map((scope) => ({ scope, activities: ["deleted"], itemIds }));
};

export const projectAccess: ResourceTraces = {
  gone: projectGone,
  properties: {
    projectId: projectGone,
    defaultAccess: projectDefault,
    members: policyGrant,
    roles: policyGrant,
    resources: policyGrant,
    mode: "local",
    removalLimit: "local",
    ignore: "local",
  },
};

/** A setting of a project, which PostHog logs under its team. */
const projectField =
  (fieldOf: (path: readonly string[]) => string): Tracer =>
  ({ id, path, actual }) =>
    ["Team", "Project"].map((scope) => ({
      scope,
      activities: ["updated"],
      itemIds: [id],
      fields: [fieldOf(path)],
      after: [actual],
    }));

export const project: ResourceTraces = {
  gone: projectGone,
  properties: {
    name: projectField(() => "name"),
    timezone: projectField(() => "timezone"),
    defaultAccess: projectDefault,
    accessControl: projectDefault,
    settings: projectField((path) => snakeCase(path[1] ?? "")),
    deletionProtection: "local",
    unset: "local",
  },
};
