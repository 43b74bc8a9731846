import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { writesOf } from "../../../support/access";
import { type World, withWorld } from "../../../support/driver";
import { joinByHand, leaveByHand, peopleIn, roleNamed } from "../../../support/people";
import { type AcmeOptions, acmeWorld } from "../../../support/seeds";

const [admin, analyst, developer] = ["admin@acme.test", "analyst@acme.test", "developer@acme.test"];
const args = { roleId: "Analysts", members: [analyst] };

const world = (members: string[] = [], options: AcmeOptions & { generation?: "old" | "mid" | "new" } = {}) =>
  acmeWorld({
    ...options,
    organization: {
      roles: [{ name: "Analysts", members }, { name: "Engineers" }],
      domains: [{ domain: "acme.test", verified: true }],
      identityProviders: [{ name: "Okta", configScope: "scim", domains: ["acme.test"] }],
      ...options.organization,
    },
  });

describe("the people of a role that another program owns", () => {
  test("are added to it, and everyone else stays", () =>
    withWorld(
      async (w) => {
        const members = w.resource("RoleMembers");
        await members.up(args);
        expect(members.id).toBe(roleNamed(w.emulator, "Analysts").id);
        expect(members.state).toMatchObject({ unmanaged: [developer], waiting: [], roleUuid: members.id });
        expect(members.state.userUuids).toHaveLength(1);
        expect(peopleIn(w.emulator, "Analysts")).toEqual([analyst, developer]);
        w.run();
        await members.up(args);
        expect(writesOf(w)).toEqual([]);
      },
      world([developer]),
    ));

  test("leave it when they are no longer declared", () =>
    withWorld(
      async (w) => {
        const members = w.resource("RoleMembers");
        await members.up({ ...args, members: [analyst, admin] });
        w.run();
        await members.up({ ...args, members: [admin] });
        expect(w.messages.join()).toMatch(/analyst@acme.test leaves/);
        expect(peopleIn(w.emulator, "Analysts")).toEqual([admin, developer]);
      },
      world([developer]),
    ));

  test("who are already in it are adopted without a write", () =>
    withWorld(
      async (w) => {
        await w.resource("RoleMembers").up({ ...args, members: [developer] });
        expect(writesOf(w)).toEqual([]);
      },
      world([developer]),
    ));

  test("leave it when the resource is destroyed, and nobody else does, not even in exclusive mode", () =>
    withWorld(
      async ({ emulator, resource, run }) => {
        const members = resource("RoleMembers");
        await members.up({ ...args, members: [analyst, developer], mode: "exclusive" });
        joinByHand(emulator, "Analysts", admin);
        run();
        await members.refresh();
        expect(members.state).toMatchObject({ members: [analyst, developer, admin], unmanaged: [admin] });
        await members.destroy();
        expect(peopleIn(emulator, "Analysts")).toEqual([admin]);
      },
      world([developer]),
    ));

  test("who were removed by hand show as drift, and are added again", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const members = resource("RoleMembers");
      await members.up(args);
      leaveByHand(emulator, "Analysts", analyst);
      run();
      expect((await members.refresh())?.inputs).toEqual({ ...args, members: [] });
      await members.up(args);
      expect(peopleIn(emulator, "Analysts")).toEqual([analyst]);
    }, world()));

  test("are read by the role's name without being managed", () =>
    withWorld(
      async ({ resource }) => {
        expect(await resource("RoleMembers").get("Analysts")).toMatchObject({
          outputs: { members: [developer] },
        });
      },
      world([developer]),
    ));
});

describe("the role", () => {
  test("may be written by id or name, and be renamed, without a replacement", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const members = resource("RoleMembers");
      await members.up(args);
      const { id } = members;
      for (const roleId of [id, "ANALYSTS"])
        expect((await members.diff({ ...args, roleId })).changes).toBe(false);
      expect((await members.diff({ ...args, roleId: "Engineers" })).replaces).toEqual(["roleId"]);
      emulator.store.roles.update(id, { name: "Researchers" }, SYSTEM);
      run();
      expect((await members.refresh())?.inputs).toEqual(args);
      expect((await members.diff({ ...args, roleId: "Researchers" })).replaces).toEqual([]);
    }, world()));

  test("that is deleted deletes the resource too", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const members = resource("RoleMembers");
      await members.up(args);
      emulator.store.roles.delete(members.id, SYSTEM);
      run();
      await members.destroy();
      members.remember("0190a000-0000-4000-8000-0000000000ff", {}, {});
      expect(await members.refresh()).toBeUndefined();
    }, world()));

  test("that does not exist is refused with the nearest, unless the same program makes it", () =>
    withWorld(async ({ resource }) => {
      const early = { roleId: "Analists", members: [analyst] };
      expect((await resource("RoleMembers").refusals(early)).join()).toMatch(
        /role "Analists"[\s\S]*"Analysts"/,
      );
      expect(await resource("Role").refusals({ name: "Analists" })).toEqual([]);
      expect(await resource("RoleMembers").refusals(early)).toEqual([]);
      expect(await resource("RoleMembers", "later").refusals({ ...early, roleId: unknownValue })).toEqual([]);
    }, world()));
});

describe("two resources for the people of one role", () => {
  const [inOne, inTwo] = [
    { ...args, roleId: "analysts" },
    { ...args, members: [developer] },
  ];
  const refusal = async (w: World, other: string, args: Record<string, unknown>): Promise<string> =>
    (await w.resource(other, "other").refusals(args)).join();

  test("are fine for different people", () =>
    withWorld(async (w) => {
      expect(await w.resource("RoleMembers").refusals(inOne)).toEqual([]);
      expect(await refusal(w, "RoleMembers", inTwo)).toBe("");
      expect(await refusal(w, "RoleMembership", { roleId: "Analysts", user: admin })).toBe("");
    }, world()));

  test("are refused for the same person, however role and person are written", () =>
    withWorld(async (w) => {
      const { id } = roleNamed(w.emulator, "Analysts");
      expect(await w.resource("RoleMembers").refusals(inOne)).toEqual([]);
      expect(await refusal(w, "RoleMembership", { roleId: id, user: "ANALYST@acme.test" })).toMatch(
        /RoleMembership "other" and RoleMembers "it" manage the same thing/,
      );
    }, world()));

  test("are refused if one of them is exclusive", () =>
    withWorld(async (w) => {
      expect(await w.resource("RoleMembers").refusals({ ...inOne, mode: "exclusive" })).toEqual([]);
      const both = /"other" and RoleMembers "it" manage the same thing/;
      expect(await refusal(w, "RoleMembers", inTwo)).toMatch(both);
      expect(await refusal(w, "RoleMembership", { roleId: "Analysts", user: admin })).toMatch(both);
      const whole = { name: "Analysts", members: [admin], adopt: true };
      expect(await refusal(w, "Role", whole)).toMatch(both);
      expect(await refusal(w, "Role", { name: "Analysts", adopt: true })).toBe("");
    }, world()));
});

test("one entry of ignore covers everybody of an e-mail domain", () =>
  withWorld(
    async ({ emulator, resource }) => {
      const members = resource("RoleMembers");
      await members.up({ ...args, mode: "exclusive", members: [], ignore: ["*@ACME.test"] });
      expect(members.state.unmanaged).toEqual([]);
      expect(peopleIn(emulator, "Analysts")).toEqual([analyst, developer]);
      const listed = { ...args, ignore: ["*@acme.test"] };
      expect((await resource("RoleMembers").refusals(listed)).join()).toMatch(
        /^members\[0\]: is also in ignore/,
      );
    },
    world([analyst, developer]),
  ));

describe("a role that an identity provider writes too", () => {
  /** Turns SCIM on, and makes the owner PostHog's staff, so that their log shows what SCIM did to a role. */
  function provision({ emulator: { store, organizationId } }: World, role?: string): void {
    for (const { id } of store.identityProviders.all())
      store.identityProviders.update(id, { scim_enabled: true }, SYSTEM);
    for (const { id } of store.domains.all()) store.domains.update(id, { scim_enabled: true }, SYSTEM);
    if (role === undefined) return;
    store.users.update(1, { is_staff: true }, SYSTEM);
    store.activity.insert(
      {
        id: store.uuid(),
        user_id: null,
        team_id: null,
        organization_id: organizationId,
        was_impersonated: false,
        is_system: false,
        client: null,
        ip_address: null,
        activity: "scim_updated",
        item_id: roleNamed({ store }, role).id,
        scope: "Role",
        detail: {
          name: role,
          short_id: null,
          type: null,
          changes: [],
          trigger: null,
          context: { identity_provider: "Okta" },
        },
        created_at: store.timestamp(),
      },
      SYSTEM,
    );
  }

  test("warns with the provider's last change", () =>
    withWorld(async (w) => {
      provision(w, "Analysts");
      await w.resource("RoleMembers").refusals(args);
      expect(w.messages.join()).toMatch(
        /warning: role members "it": SCIM \(Okta\) writes the people of role "Analysts" too, last on \d{4}-\d\d-\d\d: each undoes/,
      );
    }, world()));

  test("gives no warning if SCIM writes only other roles", () =>
    withWorld(async (w) => {
      provision(w, "Engineers");
      await w.resource("RoleMembers").refusals(args);
      expect(w.messages.join()).not.toMatch(/SCIM/);
    }, world()));

  test("is only suspected if the log shows nothing, as to everyone but PostHog's staff", () =>
    withWorld(
      async (w) => {
        provision(w);
        await w.resource("RoleMembers").refusals(args);
        expect(w.messages.join()).toMatch(/SCIM is on .*if it provisions a group named "Analysts"/);
      },
      world([], { generation: "mid" }),
    ));

  test("costs no request if the plan has no SCIM", () =>
    withWorld(
      async (w) => {
        await w.resource("RoleMembers").refusals(args);
        expect(w.requests().filter((request) => /domains|identity|activity/.test(request))).toEqual([]);
      },
      world([], { organization: { features: ["role_based_access"] } }),
    ));
});

test("a preview names a role that the program declares by its id", () =>
  withWorld(async ({ emulator, resource, messages }) => {
    await resource("RoleMembers").refusals({ ...args, roleId: roleNamed(emulator, "Analysts").id });
    expect(messages).toEqual([expect.stringMatching(/role "Analysts": analyst@acme.test joins$/)]);
  }, world()));

describe("a preview", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["no role", { members: [] }, /^roleId: is required/],
    ["no people", { roleId: "Analysts" }, /^members: is required/],
    ["a malformed person", { ...args, members: [analyst, "x"] }, /^members\[1\]: must be an e-mail address/],
    [
      "a malformed person to ignore",
      { ...args, ignore: ["acme.test"] },
      /^ignore\[0\]: must be an e-mail address/,
    ],
    ["a negative share", { ...args, removalLimit: -1 }, /^removalLimit: must be a share/],
    [
      "a wait that is no yes or no",
      { ...args, waitForMembers: "yes" },
      /^waitForMembers: must be true or false/,
    ],
  ];
  test.each(bad)("refuses %s before any request", (_, wrong, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("RoleMembers").refusals(wrong)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("names the scopes that the key lacks", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("RoleMembers").refusals(args)).join()).toMatch(
          /lacks the scopes organization:write, organization_member:read/,
        );
      },
      world([], { scopes: ["organization:read"] }),
    ));
});

test("nothing stays in state when nobody could be added to the role", () =>
  withWorld(async ({ emulator, resource, run }) => {
    run({ preflight: "false" });
    const error = await resource("RoleMembers")
      .up({ ...args, members: [analyst, "nobody@acme.test", "noone@acme.test"] })
      .catch((reason: unknown) => reason);
    expect(error).not.toHaveProperty("properties");
    expect(String(error)).toMatch(
      /nobody@acme.test and noone@acme.test are not members[\s\S]*waitForMembers/,
    );
    expect(peopleIn(emulator, "Analysts")).toEqual([]);
  }, world()));
