import { SYSTEM } from "../../emulator";
import { joinByHand, leaveByHand, peopleIn, roleNamed } from "../support/people";
import { changesOf, javascript, withStack } from "./harness";

/** An identity provider's group as a resource, whose members are known only once it is created. */
const group = `
  class Group extends pulumi.CustomResource {
    constructor(name, members) {
      const provider = 'exports.handler = () => ({' +
        'diff: async (id, olds, news) => ({ changes: olds.names !== news.names }),' +
        'create: async (inputs) => ({ id: "group", outs: { ...inputs, members: inputs.names.split(" ") } }),' +
        'update: async (id, olds, news) => ({ outs: { ...news, members: news.names.split(" ") } }) })';
      super("pulumi-nodejs:dynamic/idp:Group", name, { names: members.join(" "), members: undefined, __provider: provider });
    }
  }
`;
const program = (...members: string[]): string => `${group}
  const people = new Group("people", ${JSON.stringify(members.map((name) => `${name}@acme.test`))});
  const engineers = new posthog.Role("engineers", {
    name: "Engineers", members: people.members, mode: "exclusive", removalLimit: 0.5,
  });
  const analysts = new posthog.Role("analysts", { name: "Analysts" });
  new posthog.RoleMembers("analysts-members", { roleId: analysts.roleId, members: ["analyst@acme.test"] });
  new posthog.RoleMembership("helping", { roleId: analysts.roleId, user: "SUPPORT@acme.test" });
  exports.count = engineers.memberCount;
  exports.analysts = analysts.roleId;
`;

test("roles follow a group whose members are known only at apply, drift, and are destroyed", () =>
  withStack(program("developer", "designer"), async (stack, emulator) => {
    expect((await stack.preview()).text).toMatch(/members is not known yet: the update shows who leaves/);
    await stack.up();
    expect(peopleIn(emulator, "Engineers")).toEqual(["designer@acme.test", "developer@acme.test"]);
    expect(peopleIn(emulator, "Analysts")).toEqual(["analyst@acme.test", "support@acme.test"]);
    expect(await stack.outputs()).toEqual({ count: 2, analysts: roleNamed(emulator, "Analysts").id });
    await stack.preview({ flags: ["--expect-no-changes"] });

    await stack.setProgram(javascript(program("developer", "admin")));
    expect(changesOf(await stack.up())).toEqual(["update people: names", "update engineers: members"]);
    expect(peopleIn(emulator, "Engineers")).toEqual(["admin@acme.test", "developer@acme.test"]);

    joinByHand(emulator, "Engineers", "support@acme.test");
    leaveByHand(emulator, "Analysts", "analyst@acme.test");
    leaveByHand(emulator, "Analysts", "support@acme.test");
    emulator.store.roles.update(roleNamed(emulator, "Analysts").id, { name: "Analysis" }, SYSTEM);
    await stack.preview({ flags: ["--refresh", "--expect-no-changes"], fails: true });
    await stack.refresh();
    const repaired = await stack.up();
    expect(repaired.text).toMatch(/role "Engineers": support@acme.test leaves/);
    expect(changesOf(repaired).sort()).toEqual([
      "create helping",
      "update analysts-members: members",
      "update analysts: name",
      "update engineers: members",
    ]);
    expect(peopleIn(emulator, "Engineers")).toEqual(["admin@acme.test", "developer@acme.test"]);

    const gone = await stack.destroy();
    expect(gone.text).toMatch(
      /role "Engineers": deletes its access rules too; admin@acme.test and .* lose it/,
    );
    expect(emulator.store.roles.size).toBe(0);
  }));

test("an existing role is read, adopted with its people, and managed in one place only", () =>
  withStack(
    'exports.members = posthog.Role.get("found", "engineers").members;',
    async (stack, emulator) => {
      await stack.up();
      expect(await stack.outputs()).toEqual({ members: ["analyst@acme.test", "developer@acme.test"] });

      const role = (over: string): string =>
        `new posthog.Role("engineers", { name: "Engineers", members: ["developer@acme.test"], ${over} });`;
      await stack.setProgram(javascript(role('mode: "exclusive"')));
      expect((await stack.preview({ fails: true })).text).toMatch(/already exists .* and differs in members/);
      await stack.setProgram(javascript(role('adopt: true, mode: "exclusive"')));
      const plan = (await stack.preview()).text;
      expect(plan).toMatch(/adopts role .*; changes members/);
      expect(plan).toMatch(/analyst@acme.test leaves/);
      await stack.up();
      expect(peopleIn(emulator, "Engineers")).toEqual(["developer@acme.test"]);

      await stack.setProgram(
        javascript(`${role('adopt: true, mode: "exclusive"')}
          new posthog.RoleMembership("extra", { roleId: "Engineers", user: "analyst@acme.test" });`),
      );
      expect((await stack.preview({ fails: true })).text).toMatch(
        /(RoleMembership "extra" and Role "engineers"|Role "engineers" and RoleMembership "extra") manage the same thing/,
      );
      emulator.store.roles.delete(roleNamed(emulator, "Engineers").id, SYSTEM);
      await stack.setProgram(javascript(role('adopt: true, mode: "exclusive"')));
      expect((await stack.refresh()).text).toMatch(/was deleted outside this program/);
      expect(changesOf(await stack.up())).toEqual(["create engineers"]);

      const replaced = (options: string) =>
        javascript(`new posthog.Role("engineers", { name: "Engineers", mode: "exclusive",
          members: ["analyst@acme.test"], ${options});`);
      const { id } = roleNamed(emulator, "Engineers");
      const flags = ["--replace", "**::engineers"];
      await stack.setProgram(replaced("}, { deleteBeforeReplace: true }"));
      expect((await stack.up({ flags, fails: true })).text).toMatch(
        /fix: set adopt: true .*deleteBeforeReplace: true as well for pulumi up --replace/,
      );
      await stack.setProgram(replaced("adopt: true }, { deleteBeforeReplace: true }"));
      await stack.up({ flags });
      expect(roleNamed(emulator, "Engineers").id).not.toBe(id);
    },
    {
      emulator: {
        seed: {
          users: [{ email: "owner@acme.test", password: "acme-owner-password" }],
          organizations: [
            {
              name: "Acme",
              members: [
                { email: "owner@acme.test", level: "owner" },
                { email: "analyst@acme.test" },
                { email: "developer@acme.test" },
              ],
              roles: [{ name: "Engineers", members: ["analyst@acme.test", "developer@acme.test"] }],
            },
          ],
        },
      },
    },
  ));
