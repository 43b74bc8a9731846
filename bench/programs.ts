import type { SeedInput } from "../emulator";
import type { StackProgram } from "../tools/stack";

/** The number of resources in each program of the comparison. */
export const RESOURCES = 200;

const PROJECT_ID = 1;

type ProjectSeed = NonNullable<NonNullable<SeedInput["organizations"]>[number]["projects"]>[number];

/** An organization with an owner, this many more people, and one project. */
export function seedOf(people: number, project: ProjectSeed): SeedInput {
  const users = Array.from({ length: people }, (_, index) => ({ email: `person-${index}@acme.test` }));
  return {
    users: [{ email: "owner@acme.test", password: "owner-password" }, ...users],
    organizations: [
      {
        name: "Acme",
        members: [{ email: "owner@acme.test", level: "owner" }, ...users],
        projects: [project],
      },
    ],
  };
}

/** An organization with a person for each resource of the comparison. */
export const MEMBERS_SEED = seedOf(RESOURCES, { name: "Bench", id: PROJECT_ID });

const loop = (count: number): string => `
for (let index = 0; index < ${count}; index++) {
  declare("member-" + index, { projectId: ${PROJECT_ID}, user: "person-" + index + "@acme.test", accessLevel: "member" });
}
`;

/** Grants of one project, each as a resource of this package. */
export function grantsAsSingles(count: number): StackProgram {
  return {
    source: `
const { ProjectMember } = require("pulumi-posthog");
const declare = (name, args) => new ProjectMember(name, args);
${loop(count)}`,
  };
}

/** The same grants as one policy. */
export function grantsAsPolicy(count: number): StackProgram {
  return {
    source: `
const { ProjectAccess } = require("pulumi-posthog");
const people = Array.from({ length: ${count} }, (_, index) => ["person-" + index + "@acme.test", "member"]);
new ProjectAccess("access", { projectId: ${PROJECT_ID}, members: Object.fromEntries(people) });
`,
  };
}

/** Grants through this package. */
export const MEMBERS_PROGRAM = grantsAsSingles(RESOURCES);

/** The same grants through the plugin, as an SDK for Node declares them. */
export const NATIVE_MEMBERS_PROGRAM: StackProgram = {
  source: `
const pulumi = require("@pulumi/pulumi");
const outputs = {
  userUuid: undefined, membershipId: undefined, email: undefined, roleUuid: undefined, effectiveLevel: undefined,
  effectiveReason: undefined, organizationUuid: undefined,
};
class ProjectMember extends pulumi.CustomResource {
  constructor(name, args) { super("posthog:index:ProjectMember", name, { ...outputs, ...args }); }
}
const declare = (name, args) => new ProjectMember(name, args);
${loop(RESOURCES)}`,
};

/**
 * As many of Pulumi's own dynamic resources with the same arguments, whose provider has every method and does
 * nothing.
 */
export const STOCK_PROGRAM: StackProgram = {
  source: `
const pulumi = require("@pulumi/pulumi");
const provider = {
  check: async (olds, news) => ({ inputs: news }),
  diff: async (id, olds, news) => ({ changes: false }),
  create: async (inputs) => ({ id: inputs.user, outs: inputs }),
  read: async (id, props) => ({ id, props }),
  update: async (id, olds, news) => ({ outs: news }),
  delete: async (id, props) => {},
};
class Nothing extends pulumi.dynamic.Resource {
  constructor(name, args) { super(provider, name, args); }
}
const declare = (name, args) => new Nothing(name, args);
${loop(RESOURCES)}`,
};

/** The number of roles, members, memberships, grants and rules of each kind. */
const EACH = 100;

/** The number of people in the organization. */
const PEOPLE = 250;

/** The project and dashboard of the rules on single objects. */
const KEPT = { project: 1, dashboard: 1 };

/** An organization of 250 people with one dashboard. */
export const ORGANIZATION_SEED = seedOf(PEOPLE, {
  name: "Kept",
  id: KEPT.project,
  objects: [{ resource: "dashboard", name: "Revenue", id: KEPT.dashboard }],
});

const PREAMBLE = `
const posthog = require("pulumi-posthog");
const each = (declare) => Array.from({ length: ${EACH} }, (_, index) => declare(index));
const email = (index) => "person-" + index + "@acme.test";
const projects = ["One", "Two", "Three"].map((name) => new posthog.Project(name, {
  name, defaultAccess: POLICY ? undefined : "none", settings: { surveysOptIn: true, heatmapsOptIn: false },
}));
new posthog.OrganizationSettings("settings", { defaultAnonymizeIps: true });
`;

/** The organization with one resource for each thing. */
export const SINGLE_PROGRAM: StackProgram = {
  source: `
const POLICY = false;
${PREAMBLE}
const projectId = projects[0].projectId;
const roles = each((index) => new posthog.Role("role-" + index, { name: "Role " + index }));
each((index) => new posthog.OrganizationMember("member-" + index, { user: email(index), level: "member" }));
each((index) => new posthog.RoleMembership("membership-" + index, { roleId: roles[index].roleId, user: email(index) }));
each((index) => new posthog.ProjectMember("grant-" + index, { projectId, role: roles[index].roleId, accessLevel: "member" }));
each((index) => new posthog.AccessControl("type-" + index, {
  projectId, resource: "feature_flag", role: roles[index].roleId, accessLevel: "viewer",
}));
each((index) => new posthog.AccessControl("object-" + index, {
  projectId: ${KEPT.project}, resource: "dashboard", resourceId: "${KEPT.dashboard}", role: roles[index].roleId, accessLevel: "viewer",
}));
`,
};

/** The same roles, memberships and rules, with one resource per project policy and one per role with its members. */
export const POLICY_PROGRAM: StackProgram = {
  source: `
const POLICY = true;
${PREAMBLE}
const roles = each((index) => new posthog.Role("role-" + index, { name: "Role " + index, members: [email(index)] }));
projects.forEach((project, index) => new posthog.ProjectAccess("access-" + index, {
  projectId: project.projectId,
  defaultAccess: "none",
  ...(index > 0 ? {} : {
    roles: Object.fromEntries(each((role) => ["Role " + role, "member"])),
    resources: { feature_flag: { roles: Object.fromEntries(each((role) => ["Role " + role, "viewer"])) } },
  }),
}, { dependsOn: roles }));
`,
};
