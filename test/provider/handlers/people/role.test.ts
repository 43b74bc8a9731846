import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { renamePerson, writesOf } from "../../../support/access";
import { withWorld } from "../../../support/driver";
import { joinByHand, leaveByHand, peopleIn, roleNamed } from "../../../support/people";
import { acmeWorld } from "../../../support/seeds";

const [admin, analyst, developer, owner] = [
  "admin@acme.test",
  "analyst@acme.test",
  "developer@acme.test",
  "owner@acme.test",
];
const plain = { name: "Analysts" };
const withPeople = { ...plain, members: [analyst, developer] };
const seeded = (...members: string[]) =>
  acmeWorld({ organization: { roles: [{ name: "Analysts", members }] } });
const generations = ["old", "mid", "new"] as const;

describe.each(generations)("a role on a server of the generation %s", (generation) => {
  const options = acmeWorld({ generation });

  test("is created with its people, one write for each, and does not change in the next run", () =>
    withWorld(async (world) => {
      const role = world.resource("Role");
      await role.up(withPeople);
      expect(role.id).toBe(roleNamed(world.emulator, "Analysts").id);
      expect(role.state).toMatchObject({
        roleId: role.id,
        isDefault: false,
        memberCount: 2,
        unmanaged: [],
        waiting: [],
      });
      expect(peopleIn(world.emulator, "Analysts")).toEqual([analyst, developer]);
      expect(writesOf(world)).toHaveLength(3);
      world.run();
      expect((await role.diff(withPeople)).changes).toBe(false);
      await role.up(withPeople);
      expect(writesOf(world)).toEqual([]);
      expect(world.emulator.ignoredFields).toEqual([]);
    }, options));

  test("changes people and name in place, and is deleted with both", () =>
    withWorld(async (world) => {
      const role = world.resource("Role");
      await role.up(withPeople);
      const changed = { name: "Researchers", members: [analyst, admin] };
      expect(await role.diff(changed)).toMatchObject({ changes: true, replaces: [] });
      world.run();
      await role.up(changed);
      expect(role.id).toBe(roleNamed(world.emulator, "Researchers").id);
      expect(peopleIn(world.emulator, "Researchers")).toEqual([admin, analyst]);
      expect(writesOf(world)).toHaveLength(3);
      world.run();
      await role.destroy();
      expect(world.emulator.store.roles.size).toBe(0);
      expect(world.emulator.store.roleMemberships.size).toBe(0);
    }, options));

  test("shows people and a name that were changed by hand as drift, and puts them back", () =>
    withWorld(async (world) => {
      const role = world.resource("Role");
      await role.up(withPeople);
      leaveByHand(world.emulator, "Analysts", analyst);
      world.emulator.store.roles.update(role.id, { name: "Analysis" }, SYSTEM);
      world.run();
      expect((await role.refresh())?.inputs).toEqual({ name: "Analysis", members: [developer] });
      await role.up(withPeople);
      expect(peopleIn(world.emulator, "Analysts")).toEqual([analyst, developer]);
    }, options));
});

describe("undeclared people", () => {
  test("stay in the role in additive mode, and the preview names them", () =>
    withWorld(async (world) => {
      const role = world.resource("Role");
      await role.up({ ...plain, members: [analyst], adopt: true });
      expect(role.state).toMatchObject({ unmanaged: [developer], memberCount: 2 });
      expect(world.messages.join()).toMatch(
        /analyst@acme.test joins[\s\S]*stays in the role: developer@acme.test/,
      );
      expect(peopleIn(world.emulator, "Analysts")).toEqual([analyst, developer]);
    }, seeded(developer)));

  test("leave it in exclusive mode, as the preview says, and show as drift when they come back", () =>
    withWorld(async (world) => {
      const role = world.resource("Role");
      const declared = { ...plain, members: [analyst], mode: "exclusive" };
      await role.up({ ...declared, adopt: true });
      expect(world.messages.join()).toMatch(/analyst@acme.test joins; developer@acme.test leaves/);
      expect(peopleIn(world.emulator, "Analysts")).toEqual([analyst]);
      joinByHand(world.emulator, "Analysts", admin);
      world.run();
      expect((await role.refresh())?.inputs).toMatchObject({ members: [analyst, admin] });
      expect(role.state).toMatchObject({ unmanaged: [admin] });
      await role.up({ ...declared, adopt: true });
      expect(peopleIn(world.emulator, "Analysts")).toEqual([analyst]);
    }, seeded(developer)));

  test("stay if they are ignored, in exclusive mode too", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const role = resource("Role");
      await role.up({
        ...plain,
        members: [analyst],
        mode: "exclusive",
        ignore: ["DEVELOPER@acme.test"],
        adopt: true,
      });
      expect(peopleIn(emulator, "Analysts")).toEqual([analyst, developer]);
      run();
      expect((await role.refresh())?.inputs).toMatchObject({ members: [analyst] });
      expect(role.state.unmanaged).toEqual([]);
    }, seeded(developer)));

  test("stay when members is removed from the program", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const role = resource("Role");
      await role.up(withPeople);
      run();
      await role.up(plain);
      expect(peopleIn(emulator, "Analysts")).toEqual([analyst, developer]);
      expect(role.state).not.toHaveProperty("userUuids");
    }));
});

describe("removing too many people at once", () => {
  const four = [admin, analyst, developer, owner];
  const two = { ...plain, members: [admin, analyst], mode: "exclusive", adopt: true };

  test("is refused in the preview, with the fix", () =>
    withWorld(
      async ({ emulator, resource, run }) => {
        const role = resource("Role");
        expect((await role.refusals(two)).join()).toMatch(
          /^members: developer@acme.test and owner@acme.test leave[\s\S]*2 of 4 people[\s\S]*removalLimit: 0.5/,
        );
        run({ preflight: "false" });
        await expect(role.up(two)).rejects.toThrow(/refused: it exceeds removalLimit[\s\S]*2 of 4 people/);
        expect(peopleIn(emulator, "Analysts")).toEqual(four);
        run();
        await role.up({ ...two, removalLimit: 0.5 });
        expect(peopleIn(emulator, "Analysts")).toEqual([admin, analyst]);
      },
      seeded(...four),
    ));
});

describe("a role that already exists", () => {
  test("is refused whatever its capitals, and adopted with adopt: true", () =>
    withWorld(async (world) => {
      const role = world.resource("Role");
      const declared = { name: "ANALYSTS", members: [developer] };
      expect((await role.refusals(declared)).join()).toMatch(
        /already exists .*differs in name[\s\S]*adopt: true/,
      );
      world.run();
      await role.up({ ...declared, adopt: true });
      expect(world.messages.join()).toMatch(/adopts role .*; changes name/);
      expect(writesOf(world)).toEqual([`PATCH /roles/${role.id}`]);
      expect(peopleIn(world.emulator, "ANALYSTS")).toEqual([developer]);
    }, seeded(developer)));

  test("makes the preview refuse its name for another role", () =>
    withWorld(async ({ resource, run }) => {
      const role = resource("Role");
      await role.up({ name: "Researchers" });
      run();
      expect((await role.refusals({ name: "analysts" })).join()).toMatch(
        /^name: role "Analysts" already exists/,
      );
      expect(await role.refusals({ name: "researchers" })).toEqual([]);
    }, seeded()));

  test("is read by its name or id without being managed", () =>
    withWorld(async ({ emulator, resource }) => {
      const { id } = roleNamed(emulator, "Analysts");
      for (const name of ["analysts", id]) {
        const got = await resource("Role").get(name);
        expect(got).toMatchObject({
          id,
          outputs: { name: "Analysts", members: [developer], memberCount: 1 },
        });
      }
      await expect(resource("Role").get("Analists")).rejects.toThrow(/no Role with the id "Analists"/);
    }, seeded(developer)));
});

describe("a person", () => {
  test("stays the same person with a new e-mail address in PostHog, and loses nothing", () =>
    withWorld(async (world) => {
      const role = world.resource("Role");
      await role.up(withPeople);
      renamePerson(world.emulator, analyst, "ana@acme.test");
      world.run();
      expect((await role.refresh())?.inputs).toEqual(withPeople);
      await role.up({ ...withPeople, mode: "exclusive" });
      expect(world.messages.join()).toMatch(/analyst@acme.test is no longer a member's address/);
      expect(peopleIn(world.emulator, "Analysts")).toEqual(["ana@acme.test", developer]);
      await role.up({ ...plain, members: [developer, "ana@acme.test"] });
      expect(writesOf(world)).toEqual([]);
    }));

  test("may be written in any case, as UUID, in any order, and twice", () =>
    withWorld(async (world) => {
      const role = world.resource("Role");
      await role.up(withPeople);
      const uuid = String((role.state.userUuids as string[])[1]);
      expect(
        (await role.diff({ ...plain, members: ["DEVELOPER@acme.test", analyst, developer] })).changes,
      ).toBe(false);
      world.run();
      await role.up({ ...plain, members: [uuid, developer, "Analyst@acme.test"] });
      expect(writesOf(world)).toEqual([]);
      expect(role.state.userUuids).toHaveLength(2);
    }));

  test("who is not in the organization is refused, with the nearest address", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const wrong = { ...plain, members: [analyst, "develper@acme.test"] };
      expect(await resource("Role").refusals(wrong)).toEqual([
        expect.stringMatching(/^members\[1\]: develper@acme.test is not a member[\s\S]*developer@acme.test/),
      ]);
      run({ preflight: "false" });
      await expect(resource("Role").up(wrong)).rejects.toThrow(/develper@acme.test is not a member/);
      expect(emulator.store.roles.size).toBe(0);
    }));

  test("who has an invite is waited for, and joins in the first run after accepting it", () =>
    withWorld(
      async (world) => {
        const { emulator, resource, run, messages } = world;
        const role = resource("Role");
        const declared = { ...plain, members: [analyst, "new@acme.test"] };
        await role.up(declared);
        expect(messages.join()).toMatch(/new@acme.test joins once they are in the organization/);
        expect(role.state).toMatchObject({ waiting: ["new@acme.test"] });
        run();
        expect((await role.refresh())?.inputs).toEqual(declared);
        expect((await role.diff(declared)).changes).toBe(false);
        emulator.acceptInvite("new@acme.test");
        run();
        expect((await role.diff(declared)).changes).toBe(true);
        expect(messages.join()).toMatch(/new@acme.test joined the organization and now joins the role/);
        await role.up(declared);
        expect(peopleIn(emulator, "Analysts")).toEqual([analyst, "new@acme.test"]);
        expect(role.state.waiting).toEqual([]);
      },
      acmeWorld({ organization: { invites: [{ email: "new@acme.test" }] } }),
    ));

  test("who is invited by the same program is waited for too", () =>
    withWorld(async ({ resource }) => {
      expect(await resource("OrganizationMember").refusals({ user: "New@acme.test" })).toEqual([]);
      expect(await resource("Role").refusals({ ...plain, members: ["new@acme.test"] })).toEqual([]);
    }));

  const foreign = [
    ["the UUID of nobody", "5a8d9a52-0000-4000-8000-3a1bd1b9b2a1"],
    ["a guest's name at Entra", "pat_partner.test#EXT#@acme.onmicrosoft.com"],
  ];
  test.each(foreign)("%s is refused, also with waitForMembers, with the field to use instead", (_, user) =>
    withWorld(async ({ resource, run }) => {
      const declared = { ...plain, members: [user], waitForMembers: true };
      const why = /no e-mail address[\s\S]*of Entra mail \(not objectId/;
      expect((await resource("Role").refusals(declared)).join()).toMatch(why);
      run({ preflight: "false" });
      await expect(resource("Role").up(declared)).rejects.toThrow(why);
    }),
  );

  test("who has not signed in yet is refused with the way to wait for them", () =>
    withWorld(async ({ resource }) => {
      expect((await resource("Role").refusals({ ...plain, members: ["new@acme.test"] })).join()).toMatch(
        /is not a member[\s\S]*waitForMembers: true/,
      );
    }));

  test("without an address at an identity provider is refused, naming the argument", () =>
    withWorld(async ({ resource }) => {
      expect(await resource("Role").refusals({ ...plain, members: [analyst, null] })).toEqual([
        expect.stringMatching(/^members\[1\]: must be an e-mail address/),
      ]);
    }));

  test("an existing role differs only in what PostHog holds of it", () =>
    withWorld(
      async ({ resource }) => {
        const declared = { ...plain, members: [analyst], mode: "exclusive", waitForMembers: true };
        expect((await resource("Role").refusals(declared)).join()).toMatch(
          /already exists \(id [^)]+\) and differs in members\n/,
        );
      },
      acmeWorld({ organization: { roles: [{ name: plain.name }] } }),
    ));

  test("who has not signed in yet is waited for with waitForMembers", () =>
    withWorld(async ({ emulator, resource }) => {
      await resource("Role").up({ ...plain, members: ["new@acme.test", analyst], waitForMembers: true });
      expect(peopleIn(emulator, "Analysts")).toEqual([analyst]);
    }));
});

describe("a preview", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["no name", {}, /^name: is required/],
    ["an empty name", { name: "" }, /^name: must not be empty/],
    ["a long name", { name: "x".repeat(201) }, /^name: must be at most 200 characters/],
    ["a malformed person", { ...plain, members: ["ann@"] }, /^members\[0\]: must be an e-mail address/],
    ["one person instead of a list", { ...plain, members: analyst }, /^members: must be a list of people/],
    ["an unknown mode", { ...withPeople, mode: "strict" }, /^mode: must be additive or exclusive/],
    ["a share above 1", { ...withPeople, removalLimit: 25 }, /^removalLimit: must be a share from 0 to 1/],
    ["a mode without members", { ...plain, mode: "exclusive" }, /^mode: has no effect without members/],
    [
      "someone who is listed and ignored",
      { ...withPeople, ignore: ["ANALYST@acme.test"] },
      /^members\[0\]: is also in ignore/,
    ],
    ["an unknown argument", { ...plain, member: [] }, /^member: .*did you mean members/],
  ];
  test.each(bad)("refuses %s before any request", (_, args, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("Role").refusals(args)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("accepts people who are not known yet, alone or among others", () =>
    withWorld(async ({ resource, messages }) => {
      for (const members of [unknownValue, [analyst, unknownValue]]) {
        expect(await resource("Role").refusals({ ...plain, members, mode: "exclusive" })).toEqual([]);
      }
      expect(messages.join()).toMatch(/members is not known yet: the update shows who leaves/);
    }));

  test("needs an organization admin", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("Role").refusals(plain)).join()).toMatch(/takes the organization level admin/);
      },
      acmeWorld({ caller: analyst as "analyst@acme.test" }),
    ));

  test("refuses a second resource for the same role, whatever its capitals, naming both", () =>
    withWorld(async ({ resource }) => {
      await resource("Role", "one").refusals(plain);
      expect((await resource("Role", "two").refusals({ name: "analysts" })).join()).toMatch(
        /Role "two" and Role "one" manage the same thing/,
      );
    }));
});

describe("errors", () => {
  test("a lost response creates no second role, and is no error", () =>
    withWorld(async ({ emulator, resource }) => {
      emulator.faults.add({ kind: "dropAfter", method: "POST", path: /roles\/$/ });
      emulator.faults.add({ kind: "dropAfter", method: "POST", path: /role_memberships/ });
      await resource("Role").up(withPeople);
      expect(emulator.store.roles.size).toBe(1);
      expect(peopleIn(emulator, "Analysts")).toEqual([analyst, developer]);
    }));

  test("a failure between writes leaves a role that the next run completes", () =>
    withWorld(async (world) => {
      const { emulator, resource, run } = world;
      emulator.faults.add({ kind: "status", status: 400, method: "POST", path: /role_memberships/, skip: 1 });
      const role = resource("Role");
      const error = await role.up(withPeople).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ id: roleNamed(emulator, "Analysts").id, properties: withPeople });
      const { id, properties } = error as { id: string; properties: Record<string, unknown> };
      role.remember(id, properties, withPeople);
      run();
      await role.up(withPeople);
      expect(writesOf(world)).toHaveLength(1);
      expect(peopleIn(emulator, "Analysts")).toEqual([analyst, developer]);
    }));

  test("a person who joined by hand in the meantime is no error", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const role = resource("Role");
      await role.up({ ...plain, members: [analyst] });
      run();
      await role.refusals({ ...plain, members: [analyst, developer] });
      joinByHand(emulator, "Analysts", developer);
      await role.up({ ...plain, members: [analyst, developer] });
      expect(role.state.memberCount).toBe(2);
    }));

  test("a role that was deleted by hand shows as gone, and an update says to refresh", () =>
    withWorld(async ({ emulator, resource, run, messages }) => {
      const role = resource("Role");
      await role.up(plain);
      emulator.store.roles.delete(role.id, SYSTEM);
      run();
      await expect(role.up({ name: "Researchers" })).rejects.toThrow(/no longer exists[\s\S]*pulumi refresh/);
      run();
      expect(await role.refresh()).toBeUndefined();
      expect(messages.join()).toMatch(/was deleted outside this program/);
      await role.destroy();
    }));

  test("a list that cannot be read does not make a role look deleted", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const role = resource("Role");
      await role.up(plain);
      run();
      emulator.faults.add({ kind: "status", status: 403, path: /roles/, times: 1 });
      await expect(role.refresh()).rejects.toThrow(/403/);
    }));
});

test("deleting the default role of new members warns who loses it", () =>
  withWorld(async ({ emulator, resource, run, messages }) => {
    const role = resource("Role");
    await role.up(withPeople);
    emulator.store.organizations.update(emulator.organizationId, { default_role_id: role.id }, SYSTEM);
    run();
    await role.destroy();
    expect(messages.join()).toMatch(
      /analyst@acme.test and developer@acme.test lose it; new members get this role by default/,
    );
    expect(emulator.store.organizations.get(emulator.organizationId)?.default_role_id).toBeNull();
  }));

test("a hundred roles with their people are read with one request", () => {
  const names = Array.from({ length: 100 }, (_, index) => `Role ${index}`);
  const roles = names.map((name) => ({ name, members: [analyst, developer] }));
  return withWorld(
    async (world) => {
      for (const name of names) {
        await world
          .resource("Role", name)
          .up({ name, members: [analyst, developer], mode: "exclusive", adopt: true });
      }
      expect(writesOf(world)).toEqual([]);
      world.run();
      await Promise.all(names.map((name) => world.resource("Role", name).refresh()));
      expect(world.requests()).toEqual(["GET /roles"]);
    },
    acmeWorld({ organization: { roles } }),
  );
});
