import type { Properties } from "../../../provider/engine/state";
import { withWorld } from "../../support/driver";
import { leaveByHand } from "../../support/people";
import { acmeWorld } from "../../support/seeds";

/** Servers of July 2026 still accept two projects with one name. */
const withoutUniqueNames = acmeWorld({ generation: "2026-07" });

const world = acmeWorld({
  organization: {
    roles: [{ name: "Analysts", members: ["analyst@acme.test", "developer@acme.test"] }],
    accessRules: [
      { project: "Default project", level: "none" },
      { project: "Default project", member: "developer@acme.test", level: "member" },
      { project: "Default project", role: "Analysts", resource: "feature_flag", level: "viewer" },
    ],
    domains: [{ domain: "acme.test", verified: true }],
  },
});

/** Everything that an organization may already have, as a program declares it. */
const declared: Record<string, Properties> = {
  Project: { name: "Default project", timezone: "UTC", defaultAccess: "none" },
  ProjectMember: { projectId: 1, user: "Developer@acme.test", accessLevel: "member" },
  ProjectAccess: {
    projectId: 1,
    defaultAccess: "none",
    members: { "developer@acme.test": "member" },
    resources: { feature_flag: { roles: { Analysts: "viewer" } } },
  },
  AccessControl: { projectId: 1, resource: "feature_flag", role: "Analysts", accessLevel: "viewer" },
  Role: { name: "Analysts", members: ["developer@acme.test", "analyst@acme.test"] },
  RoleMembership: { roleId: "Analysts", user: "analyst@acme.test" },
  RoleMembers: { roleId: "Analysts", members: ["analyst@acme.test"] },
  OrganizationMember: { user: "ADMIN@acme.test", level: "admin" },
  OrganizationSettings: { name: "Acme", membersCanInvite: true },
  OrgSsoSettings: { domain: "acme.test", enforcement: "off" },
  OrganizationDomain: { domain: "acme.test", signInOnly: true, enforcement: "off" },
};

test.each(Object.entries(declared))(
  "an existing %s is found as the next refresh reads it, and nothing is written",
  (type, args) =>
    withWorld(async ({ resource, run, requests }) => {
      const it = resource(type);
      run();
      const standing = await it.findExisting(args);
      expect(requests().filter((request) => !request.startsWith("GET"))).toEqual([]);
      expect(standing?.differs).toEqual([]);
      it.remember(standing?.id ?? "", standing?.outputs ?? {}, standing?.inputs ?? {});
      expect((await it.diff(args)).changes).toBe(false);
      expect(await it.refusals(args)).toEqual([]);
      expect(await it.refresh()).toEqual({
        id: standing?.id,
        inputs: standing?.inputs,
        outputs: standing?.outputs,
      });
      expect((await it.diff(args)).changes).toBe(false);
    }, world),
);

test.each([
  ["Project", { name: "Nowhere" }],
  ["Project", { name: "Nowhere", defaultAccess: "none" }],
  ["ProjectMember", { projectId: 1, user: "admin@acme.test", accessLevel: "member" }],
  ["ProjectAccess", { projectId: 1, members: { "admin@acme.test": "member" } }],
  ["ProjectAccess", { projectId: 99, members: { "admin@acme.test": "member" } }],
  ["Role", { name: "Nobody" }],
  ["RoleMembers", { roleId: "Nobody", members: [] }],
  ["RoleMembership", { roleId: "Analysts", user: "admin@acme.test" }],
  ["OrganizationMember", { user: "outsider@acme.test" }],
  ["OrgSsoSettings", { domain: "elsewhere.test" }],
  ["OrganizationDomain", { domain: "elsewhere.test" }],
])("a missing %s is not found: %j", (type, args) =>
  withWorld(async ({ resource }) => {
    expect(await resource(type).findExisting(args)).toBeUndefined();
  }, world),
);

test.each([
  ["Role", { name: "Analysts", members: ["admin@acme.test", "analyst@acme.test"] }, ["members"]],
  ["OrganizationMember", { user: "admin@acme.test", level: "owner" }, ["level"]],
  ["OrganizationSettings", { name: "Umbrella", membersCanInvite: true }, ["name"]],
  ["Project", { name: "Default project", timezone: "Europe/Berlin" }, ["timezone"]],
  [
    "ProjectAccess",
    { projectId: 1, defaultAccess: "none", members: { "admin@acme.test": "member" } },
    ["members"],
  ],
])(
  "a %s that differs is found unchanged, so that the next preview shows the update: %j",
  (type, args, differs) =>
    withWorld(async ({ resource }) => {
      const it = resource(type);
      const standing = await it.findExisting(args);
      expect(standing?.differs).toEqual(differs);
      it.remember(standing?.id ?? "", standing?.outputs ?? {}, standing?.inputs ?? {});
      expect((await it.diff(args)).changes).toBe(true);
    }, world),
);

test("an object that its arguments do not identify is found by its id", () =>
  withWorld(async ({ emulator, resource, run }) => {
    const twin = await resource("Project", "twin").up({ name: "Default project", adopt: false });
    run();
    await expect(resource("Project").findExisting({ name: "Default project" })).rejects.toThrow(
      "2 projects are named",
    );
    const standing = await resource("Project").findExisting({ name: "Default project" }, twin.id);
    expect(standing?.outputs.projectId).toBe(Number(twin.id));
    expect(emulator.store.projects.all()).toHaveLength(2);
  }, withoutUniqueNames));

test("destroying adopted organization settings restores their earlier values", () =>
  withWorld(async ({ emulator, resource, run }) => {
    const it = resource("OrganizationSettings");
    const standing = await it.findExisting({ name: "Umbrella" });
    it.remember(standing?.id ?? "", standing?.outputs ?? {}, standing?.inputs ?? {});
    run();
    await it.up({ name: "Umbrella" });
    await it.destroy();
    expect(emulator.store.organizations.all()[0]?.name).toBe("Acme");
  }, world));

test("someone who has left the role since shows as an update", () =>
  withWorld(async ({ emulator, resource, run }) => {
    const args = { name: "Analysts", members: ["analyst@acme.test", "developer@acme.test"] };
    const it = resource("Role");
    const standing = await it.findExisting(args);
    it.remember(standing?.id ?? "", standing?.outputs ?? {}, standing?.inputs ?? {});
    leaveByHand(emulator, "Analysts", "developer@acme.test");
    run();
    await it.refresh();
    expect((await it.diff(args)).changes).toBe(true);
  }, world));

test.each(["PersonalApiKey", "ProjectSecretApiKey"])("a %s cannot be put into the state unchanged", (type) =>
  withWorld(async ({ resource }) => {
    expect(resource(type).unreadable).toContain("value only once");
  }, world),
);
