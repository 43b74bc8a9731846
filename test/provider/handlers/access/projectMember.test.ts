import { SYSTEM } from "../../../../emulator";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const analyst = { projectId: 1, user: "analyst@acme.test", accessLevel: "member" };
const role = { projectId: 1, role: "Analysts", accessLevel: "admin" };
const withRole = { organization: { roles: [{ name: "Analysts", members: ["developer@acme.test"] }] } };

const writesOf = ({ requests }: World): string[] =>
  requests().filter((request) => !request.startsWith("GET"));

/** Sets an access rule as someone would in PostHog's settings. */
async function byHand({ emulator }: World, body: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${emulator.url}/api/projects/1/access_controls/`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${emulator.apiKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBeLessThan(300);
}

describe("what else a level allows", () => {
  test("is shown for an admin by a rule, who manages every object, and not for an organization admin", () =>
    withWorld(async ({ resource, messages }) => {
      await resource("ProjectMember").up({ ...analyst, accessLevel: "admin" });
      expect(messages.join("\n")).toMatch(/may change the access rules of every object in it/);
      messages.length = 0;
      await resource("ProjectMember", "admin").up({
        ...analyst,
        user: "admin@acme.test",
        accessLevel: "admin",
      });
      expect(messages.join("\n")).not.toMatch(/every object/);
    }, acmeWorld()));

  test.each(["admin", "member", undefined] as const)(
    "is omitted only if everyone is an admin by default: %s",
    (level) =>
      withWorld(async (world) => {
        if (level !== undefined) await byHand(world, { access_level: level });
        await world.resource("ProjectMember").up({ ...analyst, accessLevel: "none" });
        const isSaid = /the project itself stays visible/.test(world.messages.join("\n"));
        expect(isSaid).toBe(level === "admin");
      }, acmeWorld()),
  );
});

describe("access of a person to a project", () => {
  test("is set with one write, and setting it again changes nothing", () =>
    withWorld(async (world) => {
      const member = world.resource("ProjectMember");
      await member.up(analyst);
      expect(member.state).toMatchObject({
        email: "analyst@acme.test",
        accessLevel: "member",
        membershipId: expect.any(String),
        joinedAt: expect.any(String),
      });
      expect(member.id).toBe(`1/user/${String(member.state.userUuid)}`);
      world.run();
      await member.up(analyst);
      expect(writesOf(world)).toEqual([]);
    }));

  test("changes level in place, by name or by the old numbers", () =>
    withWorld(async (world) => {
      const member = world.resource("ProjectMember");
      await member.up(analyst);
      expect((await member.diff({ ...analyst, accessLevel: 1 })).changes).toBe(false);
      expect(await member.diff({ ...analyst, accessLevel: 8 })).toMatchObject({
        changes: true,
        replaces: [],
      });
      world.run();
      await member.up({ ...analyst, accessLevel: 8 });
      expect(world.emulator.store.accessRules.all()).toMatchObject([{ access_level: "admin" }]);
    }));

  test("is replaced when project, person or kind changes", () =>
    withWorld(async ({ resource }) => {
      const member = resource("ProjectMember");
      await member.up(analyst);
      expect((await member.diff({ ...analyst, projectId: 2 })).replaces).toEqual(["projectId"]);
      expect((await member.diff({ ...analyst, user: "developer@acme.test" })).replaces).toEqual(["user"]);
    }));

  test("is the same for another spelling of the address, of the project, or the user's UUID", () =>
    withWorld(async ({ resource, run }) => {
      const member = resource("ProjectMember");
      await member.up(analyst);
      run();
      const uuid = String(member.state.userUuid);
      for (const user of ["Analyst@ACME.test", uuid, uuid.toUpperCase()]) {
        expect(await member.diff({ ...analyst, user, projectId: "1" })).toMatchObject({ replaces: [] });
      }
    }));

  test("survives a change of the person's e-mail address without a refresh", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const member = resource("ProjectMember");
      await member.up(analyst);
      const user = emulator.store.users.where("email", "analyst@acme.test")[0];
      emulator.store.users.update(user?.id ?? 0, { email: "ana@acme.test" }, SYSTEM);
      run();
      expect((await member.diff({ ...analyst, user: "ana@acme.test" })).replaces).toEqual([]);
      await member.up({ ...analyst, user: "ana@acme.test" });
      await member.refresh();
      expect(member.state).toMatchObject({ email: "ana@acme.test", user: "ana@acme.test" });
      expect(emulator.store.accessRules.size).toBe(1);
    }));

  test("shows a changed level as drift, and a removed rule as deleted", () =>
    withWorld(async (world) => {
      const member = world.resource("ProjectMember");
      await member.up(analyst);
      await byHand(world, { organization_member: member.state.membershipId, access_level: "admin" });
      world.run();
      expect((await member.refresh())?.inputs).toEqual({ ...analyst, accessLevel: "admin" });
      await byHand(world, { organization_member: member.state.membershipId, access_level: null });
      world.run();
      expect(await member.refresh()).toBeUndefined();
    }));

  test("is removed with the rule, and the person stays; removing it twice is no error", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const member = resource("ProjectMember");
      await member.up(analyst);
      const { id, state, inputs } = member;
      const people = emulator.store.memberships.size;
      await member.destroy();
      expect(emulator.store.accessRules.size).toBe(0);
      expect(emulator.store.memberships.size).toBe(people);
      member.remember(id, state, inputs);
      run();
      await member.destroy();
    }));

  test("is created again when it was removed by hand between two runs", () =>
    withWorld(async (world) => {
      const member = world.resource("ProjectMember");
      await member.up(analyst);
      await byHand(world, { organization_member: member.state.membershipId, access_level: null });
      world.run();
      await member.up({ ...analyst, accessLevel: "admin" });
      expect(world.emulator.store.accessRules.all()).toMatchObject([{ access_level: "admin" }]);
    }));
});

describe("access of a role to a project", () => {
  test("is set by the role's name in any case, or its id", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const member = resource("ProjectMember");
      await member.up({ ...role, role: "analysts" });
      const id = emulator.store.roles.all()[0]?.id;
      expect(member.id).toBe(`1/role/${id}`);
      run();
      expect((await member.diff({ ...role, role: id })).replaces).toEqual([]);
    }, acmeWorld(withRole)));

  test("is refused in the preview if the plan has no role rules", () =>
    withWorld(
      async ({ resource }) => {
        const [refusal] = await resource("ProjectMember").refusals(role);
        expect(refusal).toMatch(/does not include "role_based_access"/);
      },
      acmeWorld({ organization: { ...withRole.organization, features: ["access_control"] } }),
    ));
});

describe("a preview", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    [
      "neither user nor role",
      { projectId: 1, accessLevel: "member" },
      /^user: give exactly one of user and role/,
    ],
    ["both user and role", { ...analyst, role: "Analysts" }, /^role: give exactly one of user and role/],
    ["a malformed address", { ...analyst, user: "ann@" }, /^user: must be an e-mail address/],
    ["a malformed UUID", { ...analyst, user: "018f0000-0000" }, /^user: must be an e-mail address/],
    [
      "an unknown level",
      { ...analyst, accessLevel: "superuser" },
      /^accessLevel: must be none, member or admin/,
    ],
    ["a level number that does not exist", { ...analyst, accessLevel: 15 }, /^accessLevel: /],
    [
      "a project that is no number",
      { ...analyst, projectId: "staging" },
      /^projectId: must be a project's number/,
    ],
    ["a missing project", { user: "analyst@acme.test", accessLevel: "member" }, /^projectId: is required/],
    ["a wrong type", { ...analyst, user: 7 }, /^user: /],
    ["an unknown argument", { ...analyst, acessLevel: "member" }, /^acessLevel: .*accessLevel/],
  ];
  test.each(bad)("refuses %s before any request", (_, args, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("ProjectMember").refusals(args)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("shows that a person is not in the organization, the nearest member, and how to invite them", () =>
    withWorld(async ({ resource }) => {
      const [refusal] = await resource("ProjectMember").refusals({ ...analyst, user: "analist@acme.test" });
      expect(refusal).toMatch(/not a member[\s\S]*nearest address is analyst@acme\.test[\s\S]*Invite/);
    }));

  test("says that the role does not exist, and the nearest one", () =>
    withWorld(async ({ resource }) => {
      const [refusal] = await resource("ProjectMember").refusals({ ...role, role: "Analist" });
      expect(refusal).toMatch(/role "Analist"[\s\S]*nearest name is "Analysts"/);
    }, acmeWorld(withRole)));

  test("says that organization admins already have full access", () =>
    withWorld(async ({ resource, messages }) => {
      await resource("ProjectMember").refusals({ ...analyst, user: "admin@acme.test" });
      expect(messages.join()).toMatch(
        /admin@acme\.test is an organization admin and already has full access/,
      );
    }));

  test("says that a rule is for the key's own owner", () =>
    withWorld(async ({ resource, messages }) => {
      await resource("ProjectMember").refusals({ ...analyst, user: "owner@acme.test", accessLevel: "admin" });
      expect(messages.join()).toMatch(/key's own owner/);
    }));

  test("refuses a second resource for the same person and project, naming both", () =>
    withWorld(async ({ resource }) => {
      await resource("ProjectMember", "one").refusals(analyst);
      const [refusal] = await resource("ProjectMember", "two").refusals({
        ...analyst,
        user: "ANALYST@acme.test",
      });
      expect(refusal).toMatch(/ProjectMember "two" and ProjectMember "one" manage the same thing/);
    }));

  test("names the scope that the key lacks", () =>
    withWorld(
      async ({ resource }) => {
        const [refusal] = await resource("ProjectMember").refusals(analyst);
        expect(refusal).toMatch(/lacks the scope access_control:write/);
      },
      acmeWorld({ scopes: ["organization:read", "organization_member:read", "access_control:read"] }),
    ));

  test("accepts values that are not known yet", () =>
    withWorld(async ({ resource }) => {
      const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
      expect(await resource("ProjectMember").refusals({ ...analyst, projectId: unknown })).toEqual([]);
      expect(
        await resource("ProjectMember").refusals({ projectId: 1, user: unknown, accessLevel: unknown }),
      ).toEqual([]);
    }));
});

describe("a project admin who is not an organization admin", () => {
  const ownWay = acmeWorld({
    caller: "analyst@acme.test",
    organization: {
      accessRules: [{ project: "Default project", member: "analyst@acme.test", level: "admin" }],
    },
  });

  test("may give others access", () =>
    withWorld(async ({ emulator, resource }) => {
      await resource("ProjectMember").up({ ...analyst, user: "developer@acme.test" });
      expect(emulator.store.accessRules.size).toBe(2);
    }, ownWay));

  test("cannot lock themselves out, in the preview and in the update", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const own = resource("ProjectMember");
      expect(await own.refusals({ ...analyst, adopt: true })).toEqual([
        expect.stringMatching(/could no longer manage/),
      ]);
      run({ preflight: "false" });
      await expect(own.up({ ...analyst, adopt: true })).rejects.toThrow(/could no longer manage/);
      await own.up({ ...analyst, accessLevel: "admin" });
      await expect(own.destroy()).rejects.toThrow(/could no longer manage/);
      expect(emulator.store.accessRules.all()).toMatchObject([{ access_level: "admin" }]);
    }, ownWay));
});

describe("a rule that already exists", () => {
  const seeded = acmeWorld({
    organization: {
      accessRules: [{ project: "Default project", member: "analyst@acme.test", level: "admin" }],
    },
  });

  test("is refused if it differs, and adopted with adopt: true", () =>
    withWorld(async ({ resource, run, messages, emulator }) => {
      const member = resource("ProjectMember");
      expect((await member.refusals(analyst)).join()).toMatch(
        /already exists .*differs in accessLevel[\s\S]*adopt: true/,
      );
      run();
      await member.up({ ...analyst, adopt: true });
      expect(messages.join()).toMatch(/adopts project member .*; changes accessLevel/);
      expect(emulator.store.accessRules.all()).toMatchObject([{ access_level: "member" }]);
    }, seeded));

  test("is accepted without a write if it is the same", () =>
    withWorld(async (world) => {
      await world.resource("ProjectMember").up({ ...analyst, accessLevel: "admin" });
      expect(writesOf(world)).toEqual([]);
    }, seeded));
});

describe("many rules of one project", () => {
  const people = Array.from({ length: 40 }, (_, index) => `person${index}@acme.test`);
  const crowd = {
    people,
    organization: {
      members: [{ email: "owner@acme.test", level: "owner" as const }, ...people.map((email) => ({ email }))],
    },
  };

  test("take one write each, and one list of everything", () =>
    withWorld(async (world) => {
      const members = people.map((user) => ({
        driven: world.resource("ProjectMember", user),
        args: { ...analyst, user },
      }));
      for (const { driven, args } of members) await driven.up(args);
      expect(writesOf(world)).toHaveLength(people.length);
      expect(world.requests().length - people.length).toBeLessThanOrEqual(4);
      world.run();
      for (const { driven } of members) await driven.refresh();
      expect(world.requests().length).toBeLessThanOrEqual(2);
    }, acmeWorld(crowd)));
});
