import { accessWorld, rulesIn, type SeededRule, setByHand } from "../../../support/access";
import { withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const survey = { projectId: 1, resource: "survey", accessLevel: "viewer" };

const flags = {
  projects: [
    {
      name: "Default project",
      id: 1,
      objects: [{ resource: "feature_flag", name: "The new checkout", id: 9, key: "new-checkout" }],
    },
  ],
};

describe("a preview of a rule", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["no type", { projectId: 1, accessLevel: "viewer" }, /^resource: is required/],
    ["no level", { projectId: 1, resource: "survey" }, /^accessLevel: is required/],
    [
      "the project itself",
      { ...survey, resource: "project" },
      /^resource: is the project itself: use ProjectMember, ProjectAccess or Project's defaultAccess/,
    ],
    ["the organization", { ...survey, resource: "organization" }, /^resource: has no access rules/],
    ["a plural", { ...survey, resource: "dashboards" }, /^resource: .*did you mean "dashboard"/],
    ["a type that is misspelled", { ...survey, resource: "featur_flag" }, /did you mean "feature_flag"/],
    [
      "an object of a type that has rules only as a whole",
      { ...survey, resource: "web_analytics", resourceId: 3 },
      /^resource: .*only on the whole type/,
    ],
    [
      "a level that nothing has",
      { ...survey, accessLevel: "superuser" },
      /^accessLevel: is not an access level/,
    ],
    ["a level of projects", { ...survey, accessLevel: "admin" }, /^accessLevel: cannot be admin: for survey/],
    [
      "a level below the type's",
      { ...survey, resource: "action", accessLevel: "none" },
      /^accessLevel: cannot be none/,
    ],
    [
      "a level above the type's",
      { ...survey, resource: "toolbar", accessLevel: "editor" },
      /it must be none or viewer/,
    ],
    [
      "both a person and a role",
      { ...survey, user: "analyst@acme.test", role: "Analysts" },
      /^role: give at most one of user and role/,
    ],
    ["an object without a name", { ...survey, resourceId: "" }, /^resourceId: /],
    [
      "an object with a number below 1",
      { ...survey, resourceId: 0 },
      /^resourceId: must be the id of an object/,
    ],
    ["an unknown argument", { ...survey, resourceID: 3 }, /^resourceID: .*resourceId/],
  ];
  test.each(bad)("refuses %s before any request", (_, args, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("AccessControl").refusals(args)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  const missing: [string, Record<string, unknown>, RegExp][] = [
    [
      "person",
      { ...survey, user: "analist@acme.test" },
      /not a member[\s\S]*nearest address is analyst@acme\.test/,
    ],
    ["role", { ...survey, role: "Analist" }, /role "Analist"[\s\S]*nearest name is "Analysts"/],
    [
      "flag by that key",
      { ...survey, resource: "feature_flag", resourceId: "new-check" },
      /feature_flag "new-check" does not exist in project 1[\s\S]*nearest match is "new-checkout"[\s\S]*accepts the key or the id/,
    ],
    [
      "flag by that number",
      { ...survey, resource: "feature_flag", resourceId: 77 },
      /feature_flag 77 does not exist in project 1/,
    ],
    [
      "object of that kind of id",
      { ...survey, resource: "dashboard", resourceId: "growth" },
      /"growth" is not the id of a dashboard[\s\S]*number or UUID/,
    ],
    ["project", { ...survey, projectId: 99 }, /project 99/],
  ];
  test.each(missing)("says that the %s does not exist", (_, args, message) =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("AccessControl").refusals(args)).join("\n")).toMatch(message);
      },
      accessWorld([], { organization: flags }),
    ),
  );

  test("needs the scope to read objects only if the object has to be looked up", () =>
    withWorld(
      async ({ resource }) => {
        const flag = { ...survey, resource: "feature_flag" };
        const [refusal] = await resource("AccessControl").refusals({ ...flag, resourceId: "new-checkout" });
        expect(refusal).toMatch(/lacks the scope feature_flag:read/);
        expect(await resource("AccessControl").refusals({ ...flag, resourceId: 9 })).toEqual([]);
      },
      accessWorld([], {
        organization: flags,
        scopes: ["access_control:write", "organization_member:read", "organization:read"],
      }),
    ));

  test("refuses rules for roles if the plan has none", () =>
    withWorld(
      async ({ resource }) => {
        const [refusal] = await resource("AccessControl").refusals({ ...survey, role: "Analysts" });
        expect(refusal).toMatch(/does not include "role_based_access"/);
      },
      acmeWorld({ organization: { features: ["access_control"] } }),
    ));

  test("accepts values that are not known yet, also several for one target", () =>
    withWorld(async ({ resource }) => {
      for (const args of [
        { ...survey, projectId: unknown },
        { ...survey, role: unknown },
        { ...survey, user: unknown },
        { ...survey, resourceId: unknown },
        { ...survey, accessLevel: unknown },
        { projectId: 1, resource: unknown, accessLevel: "viewer" },
      ]) {
        expect(await resource("AccessControl", JSON.stringify(args)).refusals(args)).toEqual([]);
      }
    }, accessWorld()));

  test("waits for a role that the same program creates", () =>
    withWorld(async ({ emulator, resource }) => {
      await resource("Role").refusals({ name: "Newcomers" });
      expect(await resource("AccessControl").refusals({ ...survey, role: "newcomers" })).toEqual([]);
      await resource("Role").up({ name: "Newcomers" });
      await resource("AccessControl").up({ ...survey, role: "newcomers" });
      expect(rulesIn(emulator)).toEqual(["survey role Newcomers: viewer"]);
    }, accessWorld()));

  test("accepts a new type of resource with a warning", () =>
    withWorld(async ({ resource, messages }) => {
      expect(await resource("AccessControl").refusals({ ...survey, resource: "hologram" })).toEqual([]);
      expect(messages.join()).toMatch(/this version does not know the resource type hologram/);
    }, accessWorld()));
});

describe("a rule without effect shows the reason in the preview and in its outputs", () => {
  const cases: [string, Record<string, unknown>, SeededRule[], RegExp][] = [
    [
      "a higher rule for everybody",
      { ...survey, role: "Analysts" },
      [{ resource: "survey", level: "editor" }],
      /the rule for everybody gives editor, and the highest level counts/,
    ],
    [
      "a higher rule of a role",
      { ...survey, user: "developer@acme.test" },
      [{ resource: "survey", role: "Analysts", level: "manager" }],
      /role Analysts gives manager/,
    ],
    [
      "a closed project",
      { ...survey, user: "analyst@acme.test" },
      [{ level: "none" }],
      /closed to analyst@acme\.test/,
    ],
    [
      "an organization admin",
      { ...survey, user: "admin@acme.test" },
      [],
      /admin@acme\.test is an organization admin/,
    ],
    ["a parent type", { ...survey, resource: "dashboard_template" }, [], /it inherits access from dashboard/],
    ["a type that is never consulted", { ...survey, resource: "annotation" }, [], /but ignores them/],
    [
      "a rule on the whole type, for everybody on one object",
      { ...survey, resource: "feature_flag", resourceId: 9 },
      [{ resource: "feature_flag", level: "none" }],
      /gives none on all of feature_flag/,
    ],
  ];
  test.each(cases)("for %s", (_, args, rules, reason) =>
    withWorld(
      async ({ resource, messages }) => {
        const rule = resource("AccessControl");
        await rule.up(args);
        expect(messages.join("\n")).toMatch(reason);
        expect(rule.state).toMatchObject({
          effective: false,
          effectiveReason: expect.stringMatching(reason),
        });
      },
      accessWorld(rules, { organization: flags }),
    ),
  );

  test("for a plan that does not enforce rules", () =>
    withWorld(
      async ({ resource }) => {
        const rule = resource("AccessControl");
        await rule.up(survey);
        expect(rule.state.effectiveReason).toMatch(/does not enforce access rules \(access_control\)/);
      },
      accessWorld([], { organization: { roles: [], features: [] } }),
    ));

  test("is reported on refresh once it has one, without a change", () =>
    withWorld(
      async (world) => {
        const rule = world.resource("AccessControl");
        const args = { ...survey, role: "Analysts" };
        await rule.up(args);
        expect(rule.state.effective).toBe(false);
        await setByHand(world.emulator, { resource: "survey", level: null });
        world.run();
        await rule.refresh();
        expect(rule.state.effective).toBe(true);
        expect((await rule.diff(args)).changes).toBe(false);
      },
      accessWorld([{ resource: "survey", level: "editor" }]),
    ));
});

describe.each(["old", "mid", "new"] as const)("on a server of the %s generation", (generation) => {
  test("rules on types and objects are written, read back and deleted", () => {
    const world = accessWorld([], { organization: flags });
    return withWorld(
      async ({ emulator, resource, run }) => {
        const [type, object] = [resource("AccessControl", "type"), resource("AccessControl", "object")];
        await type.up(survey);
        await object.up({
          ...survey,
          resource: "feature_flag",
          resourceId: "new-checkout",
          role: "Analysts",
        });
        expect(rulesIn(emulator)).toEqual(["feature_flag 9 role Analysts: viewer", "survey default: viewer"]);
        run();
        for (const rule of [type, object]) {
          expect((await rule.refresh())?.inputs).toMatchObject({ accessLevel: "viewer" });
          await rule.destroy();
        }
        expect(rulesIn(emulator)).toEqual([]);
      },
      { ...world, emulator: { ...world.emulator, generation } },
    );
  });
});
