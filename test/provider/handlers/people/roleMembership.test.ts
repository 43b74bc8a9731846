import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { renamePerson, writesOf } from "../../../support/access";
import { withWorld } from "../../../support/driver";
import { leaveByHand, peopleIn, personNamed, roleNamed } from "../../../support/people";
import { acmeWorld } from "../../../support/seeds";

const [analyst, developer] = ["analyst@acme.test", "developer@acme.test"];
const args = { roleId: "Analysts", user: analyst };
const world = acmeWorld({
  organization: {
    roles: [{ name: "Analysts", members: [developer] }, { name: "Engineers" }],
    invites: [{ email: "new@acme.test" }],
  },
});

describe.each(["old", "mid", "new"] as const)("a person in a role, generation %s", (generation) => {
  test("joins with one write, and leaves with one", () =>
    withWorld(
      async (w) => {
        const membership = w.resource("RoleMembership");
        await membership.up(args);
        const { user } = personNamed(w.emulator, analyst);
        expect(membership.id).toBe(`${roleNamed(w.emulator, "Analysts").id}/${user.uuid}`);
        expect(membership.state).toMatchObject({
          userUuid: user.uuid,
          email: analyst,
          joinedAt: expect.any(String),
        });
        expect(writesOf(w)).toHaveLength(1);
        w.run();
        await membership.destroy();
        expect(peopleIn(w.emulator, "Analysts")).toEqual([developer]);
        expect(writesOf(w)).toHaveLength(1);
      },
      { ...world, emulator: { ...world.emulator, generation } },
    ));
});

test("a person who is already in the role is adopted without a write", () =>
  withWorld(async (w) => {
    await w.resource("RoleMembership").up({ ...args, user: developer });
    expect(writesOf(w)).toEqual([]);
  }, world));

test("a different role or person replaces the resource; a different spelling, name or address does not", () =>
  withWorld(async ({ emulator, resource, run }) => {
    const membership = resource("RoleMembership");
    await membership.up(args);
    expect((await membership.diff({ ...args, user: developer })).replaces).toEqual(["user"]);
    expect((await membership.diff({ ...args, roleId: "Engineers" })).replaces).toEqual(["roleId"]);
    const spellings = [
      { roleId: "ANALYSTS", user: "Analyst@ACME.test" },
      { roleId: roleNamed(emulator, "Analysts").id, user: String(membership.state.userUuid) },
    ];
    for (const spelled of spellings) expect((await membership.diff(spelled)).changes).toBe(false);
    renamePerson(emulator, analyst, "ana@acme.test");
    emulator.store.roles.update(roleNamed(emulator, "Analysts").id, { name: "Researchers" }, SYSTEM);
    run();
    expect((await membership.diff({ roleId: "Researchers", user: "ana@acme.test" })).replaces).toEqual([]);
    expect((await membership.refresh())?.inputs).toEqual(args);
    expect(membership.state.email).toBe("ana@acme.test");
  }, world));

test("a person who was removed by hand shows as deleted, and comes back", () =>
  withWorld(async ({ emulator, resource, run }) => {
    const membership = resource("RoleMembership");
    await membership.up(args);
    leaveByHand(emulator, "Analysts", analyst);
    run();
    await membership.up({ ...args, user: "ANALYST@acme.test" });
    expect(peopleIn(emulator, "Analysts")).toEqual([analyst, developer]);
    leaveByHand(emulator, "Analysts", analyst);
    run();
    expect(await membership.refresh()).toBeUndefined();
    await membership.destroy();
  }, world));

test("a membership is read by role and person in any spelling", () =>
  withWorld(async ({ resource }) => {
    expect(await resource("RoleMembership").get("analysts/Developer@acme.test")).toMatchObject({
      outputs: { user: developer, email: developer },
    });
    await expect(resource("RoleMembership").get("Analysts")).rejects.toThrow(
      /not the id of a RoleMembership[\s\S]*Analysts\/ann@acme.com/,
    );
    await expect(resource("RoleMembership").get(`Analysts/${analyst}`)).rejects.toThrow(/there is no/);
  }, world));

describe("a preview", () => {
  const refused: [string, Record<string, unknown>, RegExp][] = [
    ["a missing person", { roleId: "Analysts" }, /^user: is required/],
    ["a malformed person", { ...args, user: "Ann" }, /^user: must be an e-mail address/],
    [
      "an unknown person, with the nearest",
      { ...args, user: "analist@acme.test" },
      /^user: analist.*not a member[\s\S]*analyst@/,
    ],
    [
      "someone who has not accepted the invite",
      { ...args, user: "new@acme.test" },
      /^user: new@acme.test is invited/,
    ],
    [
      "a role that is not there, with the nearest",
      { ...args, roleId: "Analyst" },
      /role "Analyst"[\s\S]*"Analysts"/,
    ],
  ];
  test.each(refused)("refuses %s", (_, wrong, message) =>
    withWorld(async ({ resource }) => {
      expect((await resource("RoleMembership").refusals(wrong)).join("\n")).toMatch(message);
    }, world),
  );

  test("accepts values that are not known yet", () =>
    withWorld(async ({ resource }) => {
      for (const wrong of [
        { ...args, roleId: unknownValue },
        { ...args, user: unknownValue },
      ]) {
        expect(await resource("RoleMembership").refusals(wrong)).toEqual([]);
      }
    }, world));
});

test("a lost response is no error, and nobody joins twice", () =>
  withWorld(async ({ emulator, resource }) => {
    emulator.faults.add({ kind: "dropAfter", method: "POST", path: /role_memberships/ });
    await resource("RoleMembership").up(args);
    expect(peopleIn(emulator, "Analysts")).toEqual([analyst, developer]);
  }, world));

test("a person whom the key's owner cannot see does not count as gone", () =>
  withWorld(
    async ({ emulator, resource, run }) => {
      const membership = resource("RoleMembership");
      const { user } = personNamed(emulator, developer);
      membership.remember(
        `${roleNamed(emulator, "Analysts").id}/${user.uuid}`,
        { ...args, email: developer },
        args,
      );
      run();
      await expect(membership.refresh()).rejects.toThrow(
        /cannot see whether developer@acme.test is in the organization[\s\S]*organization admin/,
      );
    },
    acmeWorld({
      caller: "analyst@acme.test",
      organization: {
        settings: { members_can_see_org_members: false },
        roles: [{ name: "Analysts", members: [developer] }],
        accessRules: [{ project: "Default project", level: "none" }],
      },
    }),
  ));
