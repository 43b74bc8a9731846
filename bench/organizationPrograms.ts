import type { SeedInput } from "../emulator";
import type { StackProgram } from "../tools/stack";

/** How many roles, members, memberships, grants and rules of each kind the organization has. */
export const EACH = 100;

/** How many people the organization has. */
const PEOPLE = 250;

/** Project and dashboard that the rules on single objects are for. */
const KEPT = { project: 1, dashboard: 1 };

const emailOf = (index: number): string => `person-${index}@acme.test`;
const people = Array.from({ length: PEOPLE }, (_, index) => emailOf(index));

/** An organization of 250 people with one dashboard. */
export const ORGANIZATION_SEED: SeedInput = {
  users: [{ email: "owner@acme.test", password: "owner-password" }, ...people.map((email) => ({ email }))],
  organizations: [
    {
      name: "Acme",
      members: [{ email: "owner@acme.test", level: "owner" }, ...people.map((email) => ({ email }))],
      projects: [
        {
          name: "Kept",
          id: KEPT.project,
          objects: [{ resource: "dashboard", name: "Revenue", id: KEPT.dashboard }],
        },
      ],
    },
  ],
};

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

/** The same roles, memberships and rules with one resource for each project's policy and each role's people. */
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
