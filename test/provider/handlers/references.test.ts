import { SYSTEM } from "../../../emulator";
import { renamePerson, rulesIn } from "../../support/access";
import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

type Args = Record<string, unknown>;

const analyst = "analyst@acme.test";
const world = (generation: "old" | "mid" | "new" = "new") =>
  acmeWorld({
    generation,
    organization: {
      roles: [{ name: "Devs" }],
      projects: [
        { name: "Default project", id: 1, objects: [{ resource: "dashboard", name: "Growth", id: 20 }] },
      ],
    },
  });

const onDashboard = { projectId: 1, resource: "dashboard", resourceId: "20" };

describe("an address that changed in PostHog is still the same person", () => {
  const kinds: [kind: string, args: Args, another: Args][] = [
    ["ProjectMember", { projectId: 1, user: analyst, accessLevel: "member" }, { accessLevel: "admin" }],
    ["AccessControl", { ...onDashboard, user: analyst, accessLevel: "viewer" }, { accessLevel: "editor" }],
    ["RoleMembership", { roleId: "Devs", user: analyst }, {}],
    ["RoleMembers", { roleId: "Devs", members: [analyst] }, { removalLimit: 0.5 }],
    ["Role", { name: "Guests", members: [analyst] }, { name: "Visitors" }],
    ["ProjectAccess", { projectId: 1, members: { [analyst]: "member" } }, { removalLimit: 0.5 }],
    ["OrganizationMember", { user: analyst, level: "member" }, { level: "admin" }],
  ];

  test.each(kinds)("for %s, with and without a refresh", (kind, args, another) =>
    withWorld(async ({ emulator, resource, run }) => {
      const one = resource(kind);
      await one.up(args);
      renamePerson(emulator, analyst, "ana@acme.example");
      run();
      expect((await one.diff(args)).changes).toBe(false);
      expect((await one.refresh())?.inputs).toEqual(args);
      run();
      expect(await one.refusals(args)).toEqual([]);
      expect((await one.diff(args)).changes).toBe(false);
      run();
      const changed = { ...args, ...another };
      await one.up(changed);
      expect((await one.diff(changed)).changes).toBe(false);
      await one.destroy();
    }, world()),
  );

  test("and the right person's access changes", () =>
    withWorld(async ({ emulator, resource, run, messages }) => {
      const member = resource("ProjectMember");
      const args = { projectId: 1, user: analyst, accessLevel: "member" };
      await member.up(args);
      renamePerson(emulator, analyst, "ana@acme.example");
      run();
      await member.up({ ...args, accessLevel: "admin" });
      expect(messages.join()).toMatch(
        /no member has this address now; the update looks for the one of the last run/,
      );
      expect(rulesIn(emulator)).toEqual(["project user ana@acme.example: admin"]);
    }, world()));
});

describe.each(["old", "mid", "new"] as const)(
  "an object that was deleted with its rules, generation %s",
  (generation) => {
    test("disappears on refresh, and its rule is refused by name until removed from the program", () =>
      withWorld(async ({ emulator, resource, run, messages }) => {
        const rule = resource("AccessControl");
        const args = { ...onDashboard, user: analyst, accessLevel: "viewer" };
        await rule.up(args);
        emulator.store.objects.delete(emulator.store.objects.all()[0]?.id ?? "", SYSTEM);
        run();
        const refused =
          /^dashboard 20 does not exist in project 1\n {2}why: It was deleted.*\n {2}fix: Remove/;
        expect((await rule.refusals({ ...args, accessLevel: "editor" })).join()).toMatch(refused);
        expect(await rule.refresh()).toBeUndefined();
        expect(messages.join()).toMatch(/was deleted outside this program/);
        rule.remember("", {}, {});
        run();
        expect((await rule.refusals(args)).join()).toMatch(refused);
      }, world(generation)));
  },
);
