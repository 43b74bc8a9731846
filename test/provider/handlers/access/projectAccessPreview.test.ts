import { accessWorld, rulesIn, writesOf } from "../../../support/access";
import { withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const member = { projectId: 1, members: { "analyst@acme.test": "member" } };

describe("a preview of a policy", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["no project", { members: {} }, /^projectId: is required/],
    ["a project that is no number", { projectId: "staging" }, /^projectId: must be a project's number/],
    [
      "a level that a project does not have",
      { ...member, defaultAccess: "viewer" },
      /^defaultAccess: must be none/,
    ],
    [
      "a person's level that a project does not have",
      { projectId: 1, members: { "ann@acme.test": "manager" } },
      /^members\.ann@acme\.test: must be none, member or admin/,
    ],
    [
      "someone who is no address",
      { projectId: 1, members: { ann: "member" } },
      /^members\.ann: must be an e-mail/,
    ],
    ["a role without a name", { projectId: 1, roles: { "": "member" } }, /^roles\.: must not be empty/],
    [
      "the project among the types",
      { projectId: 1, resources: { project: { default: "none" } } },
      /^resources\.project: is the project itself: use ProjectMember/,
    ],
    [
      "a type that is misspelled",
      { projectId: 1, resources: { dashbord: { default: "none" } } },
      /^resources\.dashbord: .*did you mean "dashboard"/,
    ],
    [
      "a level above what the type has",
      { projectId: 1, resources: { activity_log: { default: "editor" } } },
      /^resources\.activity_log\.default: cannot be editor: for activity_log it must be none or viewer/,
    ],
    [
      "a level below what the type has",
      { projectId: 1, resources: { action: { roles: { Analysts: "none" } } } },
      /^resources\.action\.roles\.Analysts: cannot be none/,
    ],
    [
      "a level that nothing has",
      { projectId: 1, resources: { survey: { members: { "ann@acme.test": "superuser" } } } },
      /^resources\.survey\.members\.ann@acme\.test: is not an access level/,
    ],
    [
      "a part that types do not have",
      { projectId: 1, resources: { survey: { users: {} } } },
      /^resources\.survey\.users: unknown argument/,
    ],
    ["a mode that does not exist", { ...member, mode: "strict" }, /^mode: must be additive or exclusive/],
    ["a share above 1", { ...member, removalLimit: 25 }, /^removalLimit: must be a share from 0 to 1/],
    [
      "someone who is listed and ignored",
      { ...member, ignore: ["Analyst@acme.test"] },
      /^members\.analyst@acme\.test: is also in ignore/,
    ],
    ["an unknown argument", { ...member, member: {} }, /^member: .*members/],
  ];
  test.each(bad)("refuses %s before any request", (_, args, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("ProjectAccess").refusals(args)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("names every person and role that does not exist, with the nearest", () =>
    withWorld(async ({ resource }) => {
      const refusals = await resource("ProjectAccess").refusals({
        projectId: 1,
        members: { "analist@acme.test": "member", "nobody@elsewhere.test": "member" },
        resources: { survey: { roles: { Analist: "viewer" } } },
      });
      expect(refusals).toEqual([
        expect.stringMatching(
          /^members\.analist@acme\.test: .*not a member[\s\S]*nearest address is analyst@acme/,
        ),
        expect.stringMatching(/^members\.nobody@elsewhere\.test: .*not a member[\s\S]*Invite the person/),
        expect.stringMatching(
          /^resources\.survey\.roles\.Analist: role "Analist" does not exist[\s\S]*nearest name is "Analysts"/,
        ),
      ]);
    }, accessWorld()));

  test("refuses one person under two names", () =>
    withWorld(async ({ emulator, resource }) => {
      const uuid = emulator.store.users.where("email", "analyst@acme.test")[0]?.uuid ?? "";
      const args = { projectId: 1, members: { "analyst@acme.test": "member", [uuid]: "admin" } };
      expect((await resource("ProjectAccess").refusals(args)).join()).toMatch(/name the same person or role/);
    }, accessWorld()));

  test("shows who gains, keeps and loses what, one line for each person", () =>
    withWorld(
      async ({ resource, messages }) => {
        const args = {
          projectId: 1,
          defaultAccess: "none",
          roles: { Analysts: "member" },
          adopt: true,
        };
        expect(await resource("ProjectAccess").refusals(args)).toEqual([]);
        expect(messages).toEqual([
          expect.stringMatching(/adopts project access 1; changes defaultAccess/),
          'access policy "it": grants: 1 new, 1 changed',
          'access policy "it": analyst@acme.test loses member on Default project, now none through the rule for everybody',
          'access policy "it": developer@acme.test keeps member on Default project, now through role Analysts',
        ]);
      },
      accessWorld([{ level: "member" }]),
    ));

  test("counts the people beyond the first lines", () =>
    withWorld(
      async ({ resource, messages }) => {
        await resource("ProjectAccess").refusals({ projectId: 1, defaultAccess: "member" });
        expect(messages).toHaveLength(27);
        expect(messages.at(-1)).toMatch(/and 15 more people gain or lose access/);
      },
      acmeWorld({
        organization: {
          members: [
            { email: "owner@acme.test", level: "owner" },
            ...Array.from({ length: 40 }, (_, index) => ({ email: `person${index}@acme.test` })),
          ],
        },
      }),
    ));

  test("shows which grants have no effect, and why", () =>
    withWorld(async ({ resource, messages }) => {
      await resource("ProjectAccess").refusals({
        projectId: 1,
        members: { "admin@acme.test": "member" },
        resources: {
          survey: { default: "editor", roles: { Analysts: "viewer" } },
          dashboard_template: { default: "viewer" },
        },
      });
      const text = messages.join("\n");
      expect(text).toMatch(/project\/user\/admin@acme\.test: member has no effect: .*organization admin/);
      expect(text).toMatch(
        /survey\/role\/Analysts: viewer has no effect: the rule for everybody gives editor/,
      );
      expect(text.match(/dashboard_template have no effect/g)).toHaveLength(1);
    }, accessWorld()));

  test("warns once that the plan does not enforce access rules", () =>
    withWorld(
      async ({ resource, messages }) => {
        await resource("ProjectAccess").refusals(member);
        expect(messages.filter((line) => line.includes("lacks access_control"))).toHaveLength(1);
      },
      accessWorld([], { organization: { roles: [], features: [] } }),
    ));

  test("refuses grants to roles if the plan has none", () =>
    withWorld(
      async ({ resource }) => {
        const [refusal] = await resource("ProjectAccess").refusals({
          projectId: 1,
          roles: { Analysts: "member" },
        });
        expect(refusal).toMatch(/does not include "role_based_access"/);
      },
      acmeWorld({ organization: { features: ["access_control"] } }),
    ));

  test("accepts values that are not known yet, and says what it cannot show", () =>
    withWorld(
      async ({ resource, messages, requests }) => {
        const access = resource("ProjectAccess");
        expect(await access.refusals({ ...member, projectId: unknown })).toEqual([]);
        expect(requests().filter((request) => request.includes("access_controls"))).toEqual([]);
        expect(await access.refusals({ ...member, mode: "exclusive", roles: unknown })).toEqual([]);
        expect(messages.join("\n")).toMatch(
          /the preview shows who gains and loses access once roles is known/,
        );
        expect(
          await access.refusals({ projectId: unknown, members: { "nobody@acme.test": unknown } }),
        ).toEqual([]);
      },
      accessWorld([{ role: "Analysts", level: "admin" }]),
    ));

  test("waits for a role that the same program creates", () =>
    withWorld(async ({ emulator, resource, messages }) => {
      const args = { projectId: 1, roles: { newcomers: "member" } };
      expect(await resource("Role").refusals({ name: "Newcomers" })).toEqual([]);
      expect(await resource("ProjectAccess").refusals(args)).toEqual([]);
      expect(messages.join("\n")).toMatch(/the members of role Newcomers are not known yet/);
      await resource("Role").up({ name: "Newcomers" });
      await resource("ProjectAccess").up(args);
      expect(rulesIn(emulator)).toEqual(["project role Newcomers: member"]);
    }, accessWorld()));

  test("costs no request if nothing changes", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(member);
      world.run();
      expect(await access.refusals(member)).toEqual([]);
      expect(world.requests()).toEqual([]);
    }, accessWorld()));
});

describe("grants that already have another level", () => {
  const taken = accessWorld([
    { member: "analyst@acme.test", level: "admin" },
    { role: "Analysts", level: "member" },
  ]);

  test("are refused, naming the argument, and adopted with adopt: true", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const access = resource("ProjectAccess");
      expect((await access.refusals(member)).join()).toMatch(
        /already exists \(id 1\) and differs in members[\s\S]*adopt: true/,
      );
      run({ preflight: "false" });
      await expect(access.up(member)).rejects.toThrow(/already exists/);
      run();
      await access.up({ ...member, adopt: true });
      expect(rulesIn(emulator)).toContain("project user analyst@acme.test: member");
    }, taken));

  test("are accepted without a write if the levels are the same", () =>
    withWorld(async (world) => {
      await world.resource("ProjectAccess").up({ projectId: 1, roles: { Analysts: "member" } });
      expect(writesOf(world)).toEqual([]);
    }, taken));
});
