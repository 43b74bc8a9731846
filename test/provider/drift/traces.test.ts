import { resourceTraces, tracesOf } from "../../../provider/drift/traces";
import { handlers } from "../../../provider/handlers";

const directory = {
  people: [{ userUuid: "u1", membershipId: "m1", email: "ann@acme.test" }],
  roles: [{ id: "r1", name: "Editors" }],
};

/** A key also has a value in addition to its arguments, which someone may have rotated. */
const more: Readonly<Record<string, readonly string[]>> = {
  PersonalApiKey: ["value"],
  ProjectSecretApiKey: ["value"],
};

describe("every resource has traces", () => {
  test("of the resource, and of each of its arguments", () => {
    const known = Object.entries(resourceTraces).map(([type, { properties }]) => [
      type,
      Object.keys(properties).sort(),
    ]);
    const there = [...handlers.keys()].map((type) => {
      const names = Object.keys(handlers.get(type)?.definition.fields ?? {});
      return [type, [...names, ...(more[type] ?? [])].sort()];
    });
    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(there));
  });

  test.each([...handlers.keys()])("%s, when it is deleted", (type) => {
    const traces = tracesOf(type, { id: "1/user/u1", state: { user: "ann@acme.test" }, path: [], directory });
    expect(traces.length).toBeGreaterThan(0);
    expect(traces.flatMap(({ activities }) => activities)).toContain("deleted");
  });

  test("what is not stored in PostHog has no traces", () => {
    const seen = { id: "1", state: {}, path: ["removalLimit"], directory };
    expect(tracesOf("ProjectAccess", seen)).toEqual([]);
    expect(tracesOf("Unknown", seen)).toEqual([]);
  });
});

describe("people and roles are found by any reference that the program uses", () => {
  const grant = (path: string[], state: object = {}) =>
    tracesOf("ProjectAccess", { id: "7", state: { ...state }, path, actual: "member", directory })[0]
      ?.context;

  test.each([
    [
      ["members", "ann@acme.test"],
      { resource: "project", resource_id: "7", organization_member: "m1", role: null },
    ],
    [
      ["members", "ANN@acme.test"],
      { resource: "project", resource_id: "7", organization_member: "m1", role: null },
    ],
    [["members", "u1"], { resource: "project", resource_id: "7", organization_member: "m1", role: null }],
    [["roles", "editors"], { resource: "project", resource_id: "7", organization_member: null, role: "r1" }],
    [["roles", "r1"], { resource: "project", resource_id: "7", organization_member: null, role: "r1" }],
    [["defaultAccess"], { resource: "project", resource_id: "7", organization_member: null, role: null }],
    [
      ["resources", "survey", "default"],
      { resource: "survey", resource_id: null, organization_member: null, role: null },
    ],
    [
      ["resources", "survey", "members", "ann@acme.test"],
      { resource: "survey", resource_id: null, organization_member: "m1", role: null },
    ],
  ])("%j", (path, context) => {
    expect(grant(path)).toEqual(context);
  });

  test("people who left are found by the id in the state, and unknown people have no traces", () => {
    const subjectIds = { "user/gone@acme.test": "m9" };
    expect(grant(["members", "gone@acme.test"], { subjectIds })).toMatchObject({ organization_member: "m9" });
    expect(grant(["members", "gone@acme.test"])).toBeUndefined();
  });

  test("a deleted rule may have been deleted with its person or role", () => {
    const seen = { id: "7", state: {}, path: ["members", "ann@acme.test"], directory };
    expect(tracesOf("ProjectAccess", seen).map(({ scope, itemIds }) => [scope, itemIds])).toEqual([
      ["AccessControl", undefined],
      ["OrganizationMembership", ["m1"]],
    ]);
    const role = { ...seen, path: ["roles", "Editors"] };
    expect(tracesOf("ProjectAccess", role).map(({ scope }) => scope)).toEqual(["AccessControl", "Role"]);
  });

  test("a role member is searched under every name that the role has or had", () => {
    const seen = {
      id: "r1",
      state: { name: "Writers" },
      path: ["members", "u1"],
      actual: "ann@acme.test",
      directory,
    };
    const mentions = tracesOf("Role", seen).flatMap((trace) =>
      trace.mentions === undefined ? [] : [trace.mentions],
    );
    expect(mentions).toEqual([
      ["ann@acme.test", " in Editors"],
      ["ann@acme.test", " in Writers"],
    ]);
  });
});

test("settings of the organization are found under PostHog's own names for them in the log", () => {
  const fields = (name: string) =>
    tracesOf("OrganizationSettings", { id: "o1", state: {}, path: [name], actual: true, directory })[0]
      ?.fields;
  expect(fields("enforce2fa")).toContain("two-factor authentication requirement");
  expect(fields("membersCanInvite")).toEqual(["members_can_invite", "member invitation permissions"]);
  expect(fields("defaultRoleId")).toEqual(["default_role_id", "default_role"]);
});
