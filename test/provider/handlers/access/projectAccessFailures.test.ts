import { accessWorld, rulesIn, type SeededRule, writesOf } from "../../../support/access";
import { type World, withWorld } from "../../../support/driver";

const rulesPath = "/api/projects/1/access_controls";

/** Rejects the write after the first `skip` ones, with an error that is not retried. */
function refuseWrite({ emulator }: World, skip: number): void {
  const detail = "Something is not right.";
  emulator.faults.add({
    kind: "status",
    status: 403,
    body: { type: "authentication_error", code: "permission_denied", detail, attr: null },
    method: "PUT",
    path: rulesPath,
    skip,
  });
}

describe("an update that fails", () => {
  const everybody = ["analyst@acme.test", "developer@acme.test", "admin@acme.test"];
  const before = { projectId: 1, members: Object.fromEntries(everybody.map((user) => [user, "admin"])) };
  const after = { projectId: 1, defaultAccess: "none", roles: { Analysts: "member" }, removalLimit: 1 };

  test.each([0, 1, 2, 3])("after %i writes is completed by the next one, removals included", (done) =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(before);
      refuseWrite(world, done);
      world.run();
      const error = await access.breakOff(after);
      expect(error.message).toMatch(/in the access policy of project 1 failed: PostHog answered 403/);
      world.run();
      await access.up(after);
      expect(rulesIn(world.emulator)).toEqual(["project default: none", "project role Analysts: member"]);
      expect(access.state.grants).toEqual(["project/default: none", "project/role/Analysts: member"]);
    }, accessWorld()),
  );

  test("grants before it removes: nobody who keeps access is without it when closing the project fails", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up(before);
      refuseWrite(world, 1);
      world.run();
      await access.breakOff(after);
      expect(rulesIn(world.emulator)).toEqual([
        "project role Analysts: member",
        ...[...everybody].sort().map((user) => `project user ${user}: admin`),
      ]);
    }, accessWorld()));

  test("on its first run is in the state, and can be destroyed", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      refuseWrite(world, 1);
      await access.breakOff({
        projectId: 1,
        defaultAccess: "none",
        members: { "analyst@acme.test": "member" },
      });
      expect(access.id).toBe("1");
      world.run();
      await access.destroy();
      expect(rulesIn(world.emulator)).toEqual([]);
    }, accessWorld()));

  test("because of a wrong name that only the update knows changes nothing", () =>
    withWorld(async (world) => {
      world.run({ preflight: "false" });
      const access = world.resource("ProjectAccess");
      const args = { projectId: 1, defaultAccess: "none", members: { "analist@acme.test": "member" } };
      await expect(access.up(args)).rejects.toThrow(/analist@acme\.test is not a member/);
      expect(writesOf(world)).toEqual([]);
    }, accessWorld()));
});

describe("lost or foreign responses", () => {
  test("if lost, repeat the write, and leave one rule", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({ kind: "dropAfter", method: "PUT", path: rulesPath });
      const access = world.resource("ProjectAccess");
      await access.up({ projectId: 1, members: { "analyst@acme.test": "member" } });
      expect(rulesIn(world.emulator)).toEqual(["project user analyst@acme.test: member"]);
      expect(writesOf(world)).toHaveLength(2);
    }, accessWorld()));

  test("if not PostHog's, are an error, and nothing counts as deleted", () =>
    withWorld(async (world) => {
      const access = world.resource("ProjectAccess");
      await access.up({ projectId: 1, members: { "analyst@acme.test": "member" } });
      world.run();
      world.emulator.faults.add({ kind: "garbage", path: rulesPath, times: 9 });
      await expect(access.refresh()).rejects.toThrow(/reading the access rules of project 1/);
      expect(access.state.grants).toEqual(["project/user/analyst@acme.test: member"]);
    }, accessWorld()));
});

describe("too many removals", () => {
  const people = Array.from({ length: 8 }, (_, index) => `person${index}@acme.test`);
  const crowd = {
    people,
    organization: {
      members: [{ email: "owner@acme.test", level: "owner" as const }, ...people.map((email) => ({ email }))],
      roles: [],
    },
  };
  const listing = (users: string[]) => ({
    projectId: 1,
    members: Object.fromEntries(users.map((user) => [user, "member"])),
  });

  test("are refused in the preview and in the update; a quarter passes, and so does what removalLimit allows", () =>
    withWorld(
      async (world) => {
        const access = world.resource("ProjectAccess");
        await access.up(listing(people));
        world.run();
        const five = listing(people.slice(0, 5));
        const [refusal] = await access.refusals(five);
        expect(refusal).toMatch(
          /remove 3 of 8 grants, and removalLimit 0\.25 allows 2[\s\S]*removalLimit: 0\.38/,
        );
        expect(world.messages.join("\n")).toMatch(/grants: 3 removed/);
        world.run({ preflight: "false" });
        await expect(access.up(five)).rejects.toThrow(/remove 3 of 8 grants/);
        expect(writesOf(world)).toEqual([]);
        world.run();
        await access.up(listing(people.slice(0, 6)));
        await access.up({ ...listing([]), removalLimit: 1 });
        expect(rulesIn(world.emulator)).toEqual([]);
      },
      accessWorld([], crowd),
    ));

  test("are a share of all grants in exclusive mode, also on the first run", () => {
    const rules: SeededRule[] = people.map((user) => ({ member: user, level: "member" }));
    return withWorld(
      async ({ resource }) => {
        const exclusive = { ...listing(people.slice(0, 2)), mode: "exclusive" };
        const [refusal] = await resource("ProjectAccess").refusals(exclusive);
        expect(refusal).toMatch(/remove 6 of 8 grants/);
      },
      accessWorld(rules, crowd),
    );
  });

  test("do not prevent the whole policy from being deleted", () =>
    withWorld(
      async ({ emulator, resource, run }) => {
        const access = resource("ProjectAccess");
        await access.up(listing(people));
        run();
        await access.destroy();
        expect(rulesIn(emulator)).toEqual([]);
      },
      accessWorld([], crowd),
    ));
});

describe("a project admin who is not an organization admin", () => {
  const caller = "analyst@acme.test";
  const ownWay = accessWorld([{ member: caller, level: "admin" }], { caller });
  const byRole = accessWorld([{ role: "Analysts", level: "admin" }], {
    caller,
    organization: { roles: [{ name: "Analysts", members: [caller] }] },
  });

  test("may write a policy that keeps their own access", () =>
    withWorld(async ({ emulator, resource }) => {
      const members = { [caller]: "admin", "developer@acme.test": "member" };
      await resource("ProjectAccess").up({ projectId: 1, defaultAccess: "none", members, mode: "exclusive" });
      expect(rulesIn(emulator)).toHaveLength(3);
    }, ownWay));

  const locking: [string, typeof ownWay, Record<string, unknown>][] = [
    ["demotes them", ownWay, { members: { [caller]: "member" }, adopt: true }],
    [
      "leaves them out",
      ownWay,
      { members: { "developer@acme.test": "admin" }, mode: "exclusive", removalLimit: 1 },
    ],
    ["takes their role's grant", byRole, { roles: {}, mode: "exclusive", removalLimit: 1 }],
  ];
  test.each(locking)("cannot write a policy that %s, in the preview and in the update", (_, world, args) =>
    withWorld(async ({ emulator, resource, run }) => {
      const rules = rulesIn(emulator);
      const access = resource("ProjectAccess");
      const refused = /key's own owner could not change it back[\s\S]*Keep admin for analyst@acme\.test/;
      expect((await access.refusals({ projectId: 1, ...args })).join()).toMatch(refused);
      run({ preflight: "false" });
      await expect(access.up({ projectId: 1, ...args })).rejects.toThrow(refused);
      expect(rulesIn(emulator)).toEqual(rules);
    }, world),
  );

  test("loses their own rule last, once their role gives them access", () =>
    withWorld(
      async (world) => {
        const access = world.resource("ProjectAccess");
        await access.up({ projectId: 1, members: { [caller]: "admin", "developer@acme.test": "admin" } });
        refuseWrite(world, 2);
        world.run();
        await access.breakOff({ projectId: 1, roles: { Analysts: "admin" }, removalLimit: 1 });
        expect(rulesIn(world.emulator)).toEqual([
          "project role Analysts: admin",
          `project user ${caller}: admin`,
        ]);
      },
      accessWorld([{ member: caller, level: "admin" }], {
        caller,
        organization: { roles: [{ name: "Analysts", members: [caller] }] },
      }),
    ));

  test("cannot delete the policy that gives them access", () =>
    withWorld(async ({ emulator, resource }) => {
      const access = resource("ProjectAccess");
      await access.up({ projectId: 1, members: { [caller]: "admin" } });
      await expect(access.destroy()).rejects.toThrow(/could not change it back/);
      expect(rulesIn(emulator)).toEqual([`project user ${caller}: admin`]);
    }, ownWay));
});
