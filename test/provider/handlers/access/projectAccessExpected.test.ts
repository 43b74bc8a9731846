import { accessWorld } from "../../../support/access";
import { type World, withWorld } from "../../../support/driver";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const closed = (role: string) => ({ projectId: 1, defaultAccess: "none", roles: { [role]: "member" } });

/** A preview's messages about the policy, after the resources before it. */
async function messages(
  { resource, messages: lines }: World,
  args: Record<string, unknown>,
): Promise<string[]> {
  lines.length = 0;
  expect(await resource("ProjectAccess").refusals(args)).toEqual([]);
  return lines.map((line) => line.replace(/^.*?: /, ""));
}

describe("a preview of a policy counts the same update's changes to roles", () => {
  test("the people of a role that does not exist yet", () =>
    withWorld(async (world) => {
      await world.resource("Role").refusals({ name: "Newcomers", members: ["analyst@acme.test"] });
      expect(await messages(world, closed("newcomers"))).toEqual([
        "grants: 2 new",
        "analyst@acme.test loses admin on Default project, keeps member through role Newcomers",
        "developer@acme.test loses admin on Default project, now none through the rule for everybody",
      ]);
    }, accessWorld()));

  test("who joins and leaves an existing role", () =>
    withWorld(async (world) => {
      const people = { roleId: "Analysts", mode: "exclusive", removalLimit: 1 };
      await world.resource("RoleMembers").refusals({ ...people, members: ["analyst@acme.test"] });
      expect(await messages(world, closed("Analysts"))).toEqual([
        "grants: 2 new",
        "analyst@acme.test loses admin on Default project, keeps member through role Analysts",
        "developer@acme.test loses admin on Default project, now none through the rule for everybody",
      ]);
    }, accessWorld()));

  test("a single membership", () =>
    withWorld(async (world) => {
      await world.resource("RoleMembership").refusals({ roleId: "Analysts", user: "analyst@acme.test" });
      const lines = await messages(world, closed("Analysts"));
      expect(lines.join("\n")).toMatch(
        /analyst@acme\.test loses admin .*, keeps member through role Analysts/,
      );
    }, accessWorld()));

  test("a role's new name", () =>
    withWorld(
      async (world) => {
        const role = world.resource("Role");
        await role.up({ name: "Analysts", adopt: true });
        await world.resource("ProjectAccess").up({ ...closed("Analysts"), adopt: true });
        world.run();
        await role.refusals({ name: "Insights" });
        expect(await messages(world, { ...closed("Insights"), mode: "exclusive" })).toEqual([]);
      },
      accessWorld([{ level: "none" }, { role: "Analysts", level: "member" }]),
    ));

  test("and names the roles whose members are not known", () =>
    withWorld(async (world) => {
      await world.resource("Role").refusals({ name: "Newcomers" });
      await world.resource("RoleMembers").refusals({ roleId: "Analysts", members: unknown });
      const open = { projectId: 1, roles: { Newcomers: "admin", Analysts: "admin" } };
      expect(await messages(world, open)).toEqual([
        "grants: 2 new",
        "developer@acme.test keeps admin on Default project, now through role Analysts",
        "the members of roles Analysts and Newcomers are not known yet; anyone who joins gains their access",
      ]);
      expect(await messages(world, { projectId: 1, members: { "owner@acme.test": "admin" } })).toContain(
        "grants: 1 new; nobody's access changes",
      );
    }, accessWorld()));
});

describe("an unchanged policy", () => {
  const policy = closed("Analysts");
  const [analyst, developer] = ["analyst@acme.test", "developer@acme.test"];

  async function applied(world: World): Promise<void> {
    const { resource } = world;
    await resource("RoleMembers").up({ roleId: "Analysts", members: [analyst, developer] });
    await resource("ProjectAccess").up(policy);
    world.run();
  }

  test("shows what people gain and lose who join and leave its roles", () =>
    withWorld(async (world) => {
      await applied(world);
      await world.resource("RoleMembers").refusals({ roleId: "Analysts", members: [analyst] });
      expect(await messages(world, policy)).toEqual([
        "developer@acme.test loses member on Default project, now none through the rule for everybody",
      ]);
    }, accessWorld()));

  test("shows it too when something else about it changes", () =>
    withWorld(async (world) => {
      await applied(world);
      await world.resource("RoleMembers").refusals({ roleId: "Analysts", members: [analyst] });
      expect(await messages(world, { ...policy, removalLimit: 0.5 })).toEqual([
        "developer@acme.test loses member on Default project, now none through the rule for everybody",
      ]);
    }, accessWorld()));

  test("shows nothing and sends no request while its roles stay the same", () =>
    withWorld(async (world) => {
      await applied(world);
      await world.resource("Role", "other").refusals({ name: "Others", members: [analyst] });
      const before = world.requests().length;
      expect(await messages(world, policy)).toEqual([]);
      expect(world.requests().slice(before)).toEqual([]);
    }, accessWorld()));

  test("stays the policy of the same project while the project's number is unknown", () =>
    withWorld(async (world) => {
      await applied(world);
      await world.resource("RoleMembers").refusals({ roleId: "Analysts", members: [analyst] });
      expect(await messages(world, { ...policy, projectId: unknown })).toEqual([
        "developer@acme.test loses member on Default project, now none through the rule for everybody",
      ]);
      expect(world.messages[0]).toMatch(/^access policy "it": /);
    }, accessWorld()));

  test("warns when it is deleted that the project is no longer private", () =>
    withWorld(async (world) => {
      await applied(world);
      await world.resource("ProjectAccess").destroy();
      expect(world.messages.join("\n")).toMatch(
        /^warning: access policy of project 1: the project is no longer private/m,
      );
    }, accessWorld()));
});

describe("a preview of a policy on a project that does not exist yet", () => {
  const given = { projectId: unknown, members: { "analyst@acme.test": "admin" } };
  const analyst = "analyst@acme.test gains admin on the new project through their own rule";

  test("shows who can open it, and that nobody else can", () =>
    withWorld(async (world) => {
      expect(await messages(world, { ...given, defaultAccess: "none" })).toEqual([
        "grants: 2 new",
        analyst,
        "nobody else can open the new project, except organization admins and owners",
      ]);
    }, accessWorld()));

  test("shows what everybody else has through the rule for everybody, and by PostHog's default", () =>
    withWorld(async (world) => {
      const everybody = "everybody else gains member on the new project through the rule for everybody";
      const resources = { session_recording: { default: "none" } };
      expect(await messages(world, { ...given, defaultAccess: "member" })).toContain(everybody);
      expect(await messages(world, { ...given, defaultAccess: "member", resources })).toContain(
        `${everybody}; gets none of session_recording in the new project through the rule for everybody`,
      );
      const byDefault = "everybody else gains admin on the new project by PostHog's default";
      expect(await messages(world, given)).toEqual(["grants: 1 new", analyst, byDefault]);
    }, accessWorld()));

  test("shows the same once the same run has created the project", () =>
    withWorld(async (world) => {
      await world.resource("Project").up({ name: "Made now" });
      expect(await messages(world, { ...given, projectId: 2, defaultAccess: "none" })).toEqual([
        "grants: 2 new",
        analyst.replace("the new project", "Made now"),
        "nobody else can open Made now, except organization admins and owners",
      ]);
    }, accessWorld()));

  test("counts the people of roles, also of roles that do not exist yet", () =>
    withWorld(async (world) => {
      await world.resource("Role").refusals({ name: "Newcomers", members: ["analyst@acme.test"] });
      const roles = { Analysts: "admin", Newcomers: "member" };
      expect(await messages(world, { projectId: unknown, defaultAccess: "none", roles })).toEqual([
        "grants: 3 new",
        "analyst@acme.test gains member on the new project through role Newcomers",
        "developer@acme.test gains admin on the new project through role Analysts",
      ]);
    }, accessWorld()));
});
