import { SYSTEM } from "../../../../emulator";
import { renamePerson, writesOf } from "../../../support/access";
import { type Driven, type World, withWorld } from "../../../support/driver";
import { personNamed } from "../../../support/people";
import { acmeWorld } from "../../../support/seeds";

const newcomer = { user: "new@acme.test", level: "admin" };
const owners = (people: string[], caller?: "admin@acme.test") =>
  acmeWorld({
    caller,
    organization: {
      members: [
        ...people.map((email) => ({ email, level: "owner" as const })),
        { email: "admin@acme.test", level: "admin" },
        { email: "analyst@acme.test" },
      ],
    },
  });
const longAgo = { email: "late@acme.test", createdAt: "2026-01-01T00:00:00.000Z" };
const invited = (...invites: { email: string; level?: "member" | "admin" | "owner"; createdAt?: string }[]) =>
  acmeWorld({ organization: { invites } });

const invitesIn = ({ emulator }: World) => emulator.store.invites.all();
const levelOf = ({ emulator }: World, email: string): number => personNamed(emulator, email).membership.level;
const isMember = ({ emulator: { store } }: World, email: string): boolean =>
  store.memberships.all().some(({ user_id }) => store.users.get(user_id)?.email === email);

/** Makes a resource's open invite four days old. */
function expire({ emulator: { store } }: World, member: Driven): void {
  const created_at = new Date(Date.now() - 4 * 86_400_000).toISOString();
  store.invites.update(String(member.state.inviteId), { created_at }, SYSTEM);
}

describe.each(["old", "mid", "new"] as const)("a person in the organization, generation %s", (generation) => {
  test("goes from invited to member, and stays one resource with one id", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up({ ...newcomer, user: "New@Acme.test" });
      expect(world.messages.join()).toMatch(
        /New@Acme.test: is not a member; the update invites them as admin/,
      );
      expect(member.id).toBe("new@acme.test");
      expect(member.state).toMatchObject({
        status: "pending",
        inviteId: invitesIn(world)[0]?.id,
        level: "admin",
      });
      expect(member.state).not.toHaveProperty("userUuid");

      world.run();
      expect((await member.diff(newcomer)).changes).toBe(false);
      await member.up(newcomer);
      expect(writesOf(world)).toEqual([]);

      world.emulator.acceptInvite("new@acme.test");
      world.run();
      expect((await member.refresh())?.inputs).toEqual(newcomer);
      const { user, membership } = personNamed(world.emulator, "new@acme.test");
      expect(member.id).toBe("new@acme.test");
      expect(member.state).toMatchObject({
        status: "active",
        userUuid: user.uuid,
        membershipId: membership.id,
        is2faEnabled: false,
      });
      expect(member.state).not.toHaveProperty("inviteId");
      expect((await member.diff(newcomer)).changes).toBe(false);
      expect(world.emulator.ignoredFields).toEqual([]);
    }, acmeWorld({ generation })));
});

describe("an invite", () => {
  test("has its message, its projects, and whether it is mailed", () =>
    withWorld(async (world) => {
      const invite = {
        message: "Welcome.",
        sendEmail: false,
        projectAccess: [{ projectId: "1", accessLevel: 8 }],
      };
      const member = world.resource("OrganizationMember");
      await member.up({ user: "new@acme.test", invite });
      expect(invitesIn(world)).toMatchObject([
        {
          target_email: "new@acme.test",
          level: 1,
          message: "Welcome.",
          emailing_attempt_made: false,
          private_project_access: [{ id: 1, level: "admin" }],
        },
      ]);
      world.run();
      const same = { ...invite, projectAccess: [{ projectId: 1, accessLevel: "admin" }] };
      expect((await member.diff({ user: "new@acme.test", invite: same })).changes).toBe(false);
      expect((await member.refresh())?.inputs).toMatchObject({ invite });
    }));

  test("is sent again if the level or the projects change, not if the message does", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up(newcomer);
      const [first] = invitesIn(world);
      world.run();
      await member.up({ ...newcomer, invite: { message: "Hurry!" } });
      expect(invitesIn(world)).toEqual([first]);
      world.run();
      await member.up({ ...newcomer, level: "member" });
      expect(world.messages.join()).toMatch(
        /PostHog cannot change an invite; the update sends a new one as member/,
      );
      expect(invitesIn(world)).toMatchObject([{ level: 1 }]);
      world.run();
      await member.up({
        ...newcomer,
        level: "member",
        invite: { projectAccess: [{ projectId: 1, accessLevel: "member" }] },
      });
      expect(invitesIn(world)).toMatchObject([{ private_project_access: [{ id: 1, level: "member" }] }]);
    }));

  test("for a new address replaces the open one, and the preview shows both", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up({ ...newcomer, user: "a@acme.test" });
      world.run();
      const changed = { ...newcomer, user: "b@acme.test" };
      expect(await member.refusals(changed)).toEqual([]);
      expect(world.messages.join("\n")).toMatch(/deletes the open invite of a@acme.test/);
      expect(world.messages.join("\n")).toMatch(/is not a member; the update invites them as admin/);
      expect((await member.diff(changed)).replaces).toEqual(["user"]);
      // The engine creates the new one first, then deletes the old one.
      world.run();
      const successor = world.resource("OrganizationMember", "successor");
      await successor.up(changed);
      await member.leave();
      expect(invitesIn(world).map(({ target_email }) => target_email)).toEqual(["b@acme.test"]);
      world.run();
      await successor.refresh();
      expect((await successor.diff(changed)).changes).toBe(false);
    }));

  test("stays theirs if the program then names the person by UUID", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up(newcomer);
      world.emulator.acceptInvite("new@acme.test");
      world.run();
      const { user } = personNamed(world.emulator, "new@acme.test");
      expect((await member.diff({ ...newcomer, user: user.uuid })).replaces).toEqual([]);
      expect((await member.diff({ ...newcomer, user: "other@acme.test" })).replaces).toEqual(["user"]);
    }));

  describe("of an owner, read with an admin's key", () => {
    const hidden = (generation: "2025-08" | "2026-07" | "current") =>
      acmeWorld({
        generation,
        caller: "admin@acme.test",
        organization: {
          members: [
            { email: "owner@acme.test", level: "owner" },
            { email: "admin@acme.test", level: "admin" },
          ],
          invites: [{ email: "late@acme.test", level: "owner" }],
        },
      });
    const args = { user: "late@acme.test", level: "owner" };
    const stateOf = (world: World) => ({
      ...args,
      email: "late@acme.test",
      status: "pending",
      inviteId: invitesIn(world)[0]?.id,
    });

    test.each(["2026-07", "current"] as const)("never counts as deleted, generation %s", (generation) =>
      withWorld(async (world) => {
        const member = world.resource("OrganizationMember");
        member.remember("late@acme.test", stateOf(world), args);
        await expect(member.refresh()).rejects.toThrow(
          /the key.s owner cannot see the invite of late@acme.test[\s\S]*owner/,
        );
        expect((await member.diff(args)).changes).toBe(false);
        expect(invitesIn(world)).toHaveLength(1);
      }, hidden(generation)),
    );

    test("is seen on servers of August 2025, which show invites to everybody", () =>
      withWorld(async (world) => {
        const member = world.resource("OrganizationMember");
        member.remember("late@acme.test", stateOf(world), args);
        await member.refresh();
        expect((await member.diff(args)).changes).toBe(false);
      }, hidden("2025-08")));
  });

  test("that has expired is sent again in the next run, also after a refresh has shown it", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up(newcomer);
      const first = member.state.inviteId;
      expire(world, member);
      world.run();
      expect((await member.diff(newcomer)).changes).toBe(true);
      expect(world.messages.join()).toMatch(/the invite has expired; the update sends a new one/);
      await member.refresh();
      expect(member.state.status).toBe("expired");
      expect((await member.diff(newcomer)).changes).toBe(true);
      await member.up(newcomer);
      expect(member.state.status).toBe("pending");
      expect(invitesIn(world).map(({ id }) => id)).toEqual([member.state.inviteId]);
      expect(member.state.inviteId).not.toBe(first);
    }));

  test("that was accepted is noticed by the next run without a refresh", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up(newcomer);
      world.emulator.acceptInvite("new@acme.test");
      world.run();
      expect((await member.diff(newcomer)).changes).toBe(true);
      expect(world.messages.join()).toMatch(/has joined the organization/);
      await member.up(newcomer);
      expect(member.state.status).toBe("active");
      expect(writesOf(world)).toEqual([]);
    }));

  test("that was deleted by hand is sent again", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up(newcomer);
      world.emulator.store.invites.delete(String(member.state.inviteId), SYSTEM);
      world.run();
      expect((await member.diff(newcomer)).changes).toBe(true);
      expect(world.messages.join()).toMatch(/the invite was deleted/);
      await member.up(newcomer);
      expect(invitesIn(world)).toHaveLength(1);
      world.emulator.store.invites.delete(String(member.state.inviteId), SYSTEM);
      world.run();
      expect(await member.refresh()).toBeUndefined();
      expect(world.messages.join()).toMatch(/the next update invites them again/);
    }));

  test("is checked again once it must have expired, in previews that may not ask PostHog", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up(newcomer);
      world.run({ preflight: "false" });
      expect((await member.diff(newcomer)).changes).toBe(false);
      member.state = { ...member.state, invitedAt: "2026-01-01T00:00:00.000Z" };
      expect((await member.diff(newcomer)).changes).toBe(true);
      expect(world.requests()).toEqual([]);
    }));

  test("that already exists is adopted if it gives the same, and refused if not", () =>
    withWorld(
      async (world) => {
        const member = world.resource("OrganizationMember");
        expect((await member.refusals({ user: "ann@acme.test", level: "admin" })).join()).toMatch(
          /already exists .*differs in level[\s\S]*adopt: true/,
        );
        await member.up({ user: "ANN@acme.test", level: "member" });
        expect(writesOf(world)).toEqual([]);
        expect(world.messages.join()).toMatch(
          /is already invited since \d{4}-\d\d-\d\d; the update sends no new invite/,
        );
      },
      invited({ email: "ann@acme.test" }),
    ));

  test("that expired long ago does not prevent a new one", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up({ user: "late@acme.test", level: "admin" });
      expect(world.messages.join()).toMatch(/the invite has expired; the update sends a new one as admin/);
      expect(invitesIn(world)).toMatchObject([{ level: 8 }]);
    }, invited(longAgo)));

  test("is deleted when the resource is destroyed, whatever onDestroy says", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up(newcomer);
      const { id, state, inputs } = member;
      world.run();
      await member.destroy();
      expect(invitesIn(world)).toEqual([]);
      member.remember(id, state, inputs);
      world.run();
      await member.destroy();
    }));

  test("is sent once although the response was lost", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({ kind: "dropAfter", method: "POST", path: /invites/ });
      await world.resource("OrganizationMember").up(newcomer);
      expect(invitesIn(world)).toHaveLength(1);
      expect(writesOf(world)).toEqual(["POST /invites"]);
    }));

  test("is not needed for a person who signs in during the run", () =>
    withWorld(
      async (world) => {
        const member = world.resource("OrganizationMember");
        expect(await member.refusals({ user: "sso@acme.test", level: "admin" })).toEqual([]);
        const { store, organizationId } = world.emulator;
        const user = store.users.find(({ email }) => email === "sso@acme.test");
        const now = store.timestamp();
        store.memberships.insert(
          {
            id: store.uuid(),
            organization_id: organizationId,
            user_id: user?.id ?? 0,
            level: 1,
            joined_at: now,
            updated_at: now,
          },
          SYSTEM,
        );
        await member.up({ user: "sso@acme.test", level: "admin" });
        expect(member.state.status).toBe("active");
        expect(levelOf(world, "sso@acme.test")).toBe(8);
      },
      acmeWorld({ people: ["sso@acme.test"] }),
    ));
});

describe("a person who is already a member", () => {
  test("is adopted without an invite or a write, with or without a declared level", () =>
    withWorld(async (world) => {
      for (const [name, level] of [
        ["plain", undefined],
        ["named", "member"],
        ["numbered", 1],
      ] as const) {
        world.run();
        const args = { user: "Analyst@acme.test", ...(level === undefined ? {} : { level }) };
        await world.resource("OrganizationMember", name).up(args);
        expect(writesOf(world)).toEqual([]);
      }
      expect(world.resource("OrganizationMember", "plain").id).toBe("analyst@acme.test");
    }));

  test("needs adopt for a different level, and the preview shows what changes", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      const args = { user: "analyst@acme.test", level: "admin" };
      expect((await member.refusals(args)).join()).toMatch(
        /already exists \(id analyst@acme.test\) and differs in level/,
      );
      world.run();
      await member.up({ ...args, adopt: true });
      expect(world.messages.join()).toMatch(/changes level[\s\S]*changes from member to admin/);
      expect(levelOf(world, "analyst@acme.test")).toBe(8);
    }));

  test("shows a changed level as drift, and restores the declared one", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      const args = { user: "analyst@acme.test", level: 1 };
      await member.up(args);
      const { membership } = personNamed(world.emulator, "analyst@acme.test");
      world.emulator.store.memberships.update(membership.id, { level: 8 }, SYSTEM);
      world.run();
      expect((await member.refresh())?.inputs).toEqual({ ...args, level: "admin" });
      await member.up(args);
      expect(levelOf(world, "analyst@acme.test")).toBe(1);
    }));

  test("is the same person with a new address or by UUID", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      const args = { user: "analyst@acme.test", level: "member" };
      await member.up(args);
      renamePerson(world.emulator, "analyst@acme.test", "ana@acme.test");
      world.run();
      for (const user of ["ana@acme.test", String(member.state.userUuid)]) {
        expect((await member.diff({ ...args, user })).replaces).toEqual([]);
      }
      await member.up({ ...args, level: "admin" });
      expect(levelOf(world, "ana@acme.test")).toBe(8);
      expect(invitesIn(world)).toEqual([]);
      expect((await member.refresh())?.inputs).toEqual({ ...args, level: "admin" });
      expect(member).toMatchObject({ id: "analyst@acme.test", state: { email: "ana@acme.test" } });
      expect((await member.diff({ ...args, user: "developer@acme.test" })).replaces).toEqual(["user"]);
    }));

  test("is read by address or UUID without being managed", () =>
    withWorld(async ({ emulator, resource }) => {
      const { user } = personNamed(emulator, "admin@acme.test");
      for (const id of ["ADMIN@acme.test", user.uuid]) {
        expect(await resource("OrganizationMember").get(id)).toMatchObject({
          outputs: { user: "admin@acme.test", level: "admin", status: "active", userUuid: user.uuid },
        });
      }
      await expect(resource("OrganizationMember").get("nobody@acme.test")).rejects.toThrow(/there is no/);
    }));
});

describe("destroying", () => {
  const two = owners(["owner@acme.test", "second@acme.test"]);
  const destroyed = async (world: World, user: string, onDestroy?: string): Promise<void> => {
    const member = world.resource("OrganizationMember");
    await member.up({ user, ...(onDestroy === undefined ? {} : { onDestroy }) });
    world.run();
    await member.destroy();
  };

  test("leaves the person as they are unless onDestroy says otherwise", () =>
    withWorld(async (world) => {
      await destroyed(world, "admin@acme.test");
      expect(levelOf(world, "admin@acme.test")).toBe(8);
      expect(writesOf(world)).toEqual([]);
    }, two));

  test("demotes the person", () =>
    withWorld(async (world) => {
      await destroyed(world, "second@acme.test", "demote");
      expect(levelOf(world, "second@acme.test")).toBe(1);
    }, two));

  test("removes the person, an owner after demoting", () =>
    withWorld(async (world) => {
      await destroyed(world, "second@acme.test", "remove");
      expect(isMember(world, "second@acme.test")).toBe(false);
      expect(writesOf(world).map((request) => request.split(" ")[0])).toEqual(["PATCH", "DELETE"]);
    }, two));

  test.each(["demote", "remove"])("refuses to %s the key's own owner", (onDestroy) =>
    withWorld(async (world) => {
      await expect(destroyed(world, "owner@acme.test", onDestroy)).rejects.toThrow(/the key's owner/);
      expect(levelOf(world, "owner@acme.test")).toBe(15);
    }, two),
  );

  test("warns in the preview that removing the key's own owner would be refused", () =>
    withWorld(async ({ resource, messages }) => {
      await resource("OrganizationMember").refusals({ user: "owner@acme.test", onDestroy: "remove" });
      expect(messages.join()).toMatch(/onDestroy: remove would be refused: This is the key's owner/);
    }, two));

  test("a person who has left is no error", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      await member.up({ user: "admin@acme.test", onDestroy: "remove" });
      world.emulator.store.memberships.delete(
        personNamed(world.emulator, "admin@acme.test").membership.id,
        SYSTEM,
      );
      world.run();
      await member.destroy();
      expect(writesOf(world)).toEqual([]);
    }, two));
});

test("a list that cannot be read does not make a person look gone, nor get them invited", () =>
  withWorld(async (world) => {
    const member = world.resource("OrganizationMember");
    await member.up({ user: "analyst@acme.test" });
    world.run();
    world.emulator.faults.add({ kind: "status", status: 403, path: /members/, times: 2 });
    await expect(member.refresh()).rejects.toThrow(/403/);
    await expect(member.up({ user: "analyst@acme.test", level: "admin" })).rejects.toThrow(/403/);
    expect(writesOf(world)).toEqual([]);
  }));

test("a hundred people, members and invited, are read with two requests", () => {
  const invites = Array.from({ length: 50 }, (_, index) => ({ email: `invited${index}@acme.test` }));
  const people = Array.from({ length: 50 }, (_, index) => `person${index}@acme.test`);
  const organization = {
    invites,
    members: [{ email: "owner@acme.test", level: "owner" as const }, ...people.map((email) => ({ email }))],
  };
  return withWorld(async (world) => {
    const all = [...people, ...invites.map(({ email }) => email)];
    for (const user of all) await world.resource("OrganizationMember", user).up({ user, level: "member" });
    expect(writesOf(world)).toEqual([]);
    world.run();
    await Promise.all(all.map((user) => world.resource("OrganizationMember", user).refresh()));
    expect(world.requests().sort()).toEqual(["GET /invites", "GET /members"]);
  }, acmeWorld({ people, organization }));
});
