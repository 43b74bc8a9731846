import { leapingClock } from "../../../tools/sweep/clock";
import { accessWorld, rulesIn } from "../../support/access";
import { type Driven, type World, withWorld } from "../../support/driver";
import { peopleIn } from "../../support/people";
import { acmeWorld } from "../../support/seeds";

const [admin, analyst, developer] = ["admin@acme.test", "analyst@acme.test", "developer@acme.test"];

/** Rejects the first write of that kind, and the following ones. */
function refuse({ emulator }: World, method: string, path: RegExp): void {
  const body = { type: "authentication_error", code: "permission_denied", detail: "No.", attr: null };
  emulator.faults.add({ kind: "status", status: 403, method, path, body, times: 99 });
}

/** Applies the next write without an answer, then answers nothing more. */
function loseAnswer({ emulator }: World, method: string, path: RegExp): void {
  emulator.faults.add({ kind: "dropAfter", method, path, thenDown: true });
}

/** Starts another run after a failure, with or without a refresh in between. */
async function recover(world: World, it: Driven, refreshes: boolean): Promise<void> {
  world.emulator.faults.clear();
  world.run();
  if (refreshes) await it.refresh();
  world.run();
}

describe.each([false, true])("an interrupted update, followed by a refresh: %s", (refreshes) => {
  const roles = acmeWorld({ organization: { roles: [{ name: "Team", members: [analyst] }] } });
  test.each([
    ["RoleMembers", { roleId: "Team" }],
    ["Role", { name: "Team", adopt: true }],
  ])("of a %s still removes the right people, and nobody else", (type, args) =>
    withWorld(async (world) => {
      const it = world.resource(type);
      await it.up({ ...args, members: [analyst, admin] });
      world.run();
      refuse(world, "DELETE", /role_memberships/);
      const after = { ...args, members: [developer, admin], removalLimit: 1 };
      await it.breakOff(after);
      await recover(world, it, refreshes);
      expect((await it.diff(after)).changes).toBe(true);
      await it.up(after);
      expect(peopleIn(world.emulator, "Team")).toEqual([admin, developer]);
      expect(it.state).not.toHaveProperty("unfinished");
    }, roles),
  );

  test("of a RoleMembers removes the people it added, if the program is reverted", () =>
    withWorld(async (world) => {
      const it = world.resource("RoleMembers");
      const before = { roleId: "Team", members: [analyst, admin], removalLimit: 1 };
      await it.up(before);
      world.run();
      refuse(world, "DELETE", /role_memberships/);
      await it.breakOff({ ...before, members: [developer] });
      expect(peopleIn(world.emulator, "Team")).toEqual([admin, analyst, developer]);
      await recover(world, it, refreshes);
      expect((await it.diff(before)).changes).toBe(true);
      await it.up(before);
      expect(peopleIn(world.emulator, "Team")).toEqual([admin, analyst]);
    }, roles));

  test("of a ProjectAccess still removes the undeclared grant", () =>
    withWorld(async (world) => {
      const it = world.resource("ProjectAccess");
      await it.up({ projectId: 1, members: { [analyst]: "admin" }, roles: { Analysts: "member" } });
      world.run();
      world.emulator.faults.add({
        kind: "status",
        status: 403,
        method: "PUT",
        path: /rules|access/,
        skip: 1,
      });
      const after = { projectId: 1, members: { [developer]: "admin" }, removalLimit: 1 };
      await it.breakOff(after);
      await recover(world, it, refreshes);
      expect((await it.diff(after)).changes).toBe(true);
      await it.up(after);
      expect(rulesIn(world.emulator)).toEqual([`project user ${developer}: admin`]);
    }, accessWorld()));

  test("of OrganizationSettings keeps the earlier values, and destroy restores them", () =>
    withWorld(
      async (world) => {
        const it = world.resource("OrganizationSettings");
        await it.up({ name: "Renamed" });
        world.run();
        loseAnswer(world, "PATCH", /organizations/);
        await it.breakOff({ name: "Renamed", membersCanInvite: false });
        expect(it.state).toMatchObject({
          name: "Renamed",
          unfinished: { declared: ["name", "membersCanInvite"] },
        });
        await recover(world, it, refreshes);
        await it.destroy();
        const [organization] = world.emulator.store.organizations.all();
        expect(organization).toMatchObject({ name: "Acme", members_can_invite: true });
      },
      { ...acmeWorld(), clock: leapingClock() },
    ));
});

describe("a resource that was created, but whose response was lost", () => {
  const rule = { projectId: 1, user: analyst, accessLevel: "admin" };
  const onType = { projectId: 1, resource: "dashboard", user: analyst, accessLevel: "viewer" };
  const kinds: [string, Record<string, unknown>, string, RegExp][] = [
    ["ProjectMember", rule, "PUT", /access_controls/],
    ["AccessControl", onType, "PUT", /access_controls/],
    ["RoleMembership", { roleId: "Team", user: analyst }, "POST", /role_memberships/],
    ["OrganizationMember", { user: "new@acme.test" }, "POST", /invites/],
    ["OrganizationMember", { user: analyst, level: "admin", adopt: true }, "PATCH", /members/],
  ];
  const world = { ...acmeWorld({ organization: { roles: [{ name: "Team" }] } }), clock: leapingClock() };
  const contents = ({ emulator: { store } }: World): unknown => [
    store.accessRules.size,
    store.roleMemberships.size,
    store.invites.size,
    store.memberships.all().map(({ level }) => level),
  ];

  test.each(kinds)(
    "as a %s is in the state: destroy restores the earlier values (%j)",
    (type, args, method, path) =>
      withWorld(async (w) => {
        const before = contents(w);
        const it = w.resource(type);
        loseAnswer(w, method, path);
        await it.breakOff(args);
        expect(contents(w)).not.toEqual(before);
        expect(it.state).toHaveProperty("organizationUuid", w.emulator.organizationId);
        w.emulator.faults.clear();
        w.run();
        await it.destroy();
        expect(contents(w)).toEqual(before);
      }, world),
  );

  test.each(kinds)(
    "as a %s is finished by the next run, which then has nothing more to do (%j)",
    (type, args, method, path) =>
      withWorld(async (w) => {
        const it = w.resource(type);
        loseAnswer(w, method, path);
        await it.breakOff(args);
        const after = contents(w);
        await recover(w, it, true);
        expect((await it.diff(args)).changes).toBe(true);
        await it.up(args);
        expect(contents(w)).toEqual(after);
        expect((await it.diff(args)).changes).toBe(false);
      }, world),
  );

  test.each(kinds)("as a %s is not in the state if PostHog rejected it (%j)", (type, args, method, path) =>
    withWorld(async (w) => {
      const it = w.resource(type);
      refuse(w, method, path);
      await it.breakOff(args);
      expect(it.id).toBe("");
    }, world),
  );

  test("as an adopted rule restores the earlier level when destroyed", () =>
    withWorld(
      async (w) => {
        const it = w.resource("ProjectMember");
        loseAnswer(w, "PUT", /access_controls/);
        await it.breakOff({ ...rule, adopt: true });
        w.emulator.faults.clear();
        w.run();
        await it.destroy();
        expect(rulesIn(w.emulator)).toEqual([`project user ${analyst}: member`]);
      },
      accessWorld([{ member: analyst, level: "member" }]),
    ));
});
