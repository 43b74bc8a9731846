import { unknownValue } from "../../../../provider/engine/unknown";
import { writesOf } from "../../../support/access";
import { type World, withWorld } from "../../../support/driver";
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

const levelOf = ({ emulator }: World, email: string): number => personNamed(emulator, email).membership.level;

describe("levels that PostHog would refuse:", () => {
  const two = owners(["owner@acme.test", "second@acme.test"]);

  test("the key's own owner keeps the declared level without a write, and changing it is refused with the reason", () =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      const args = { user: "owner@acme.test", level: "admin", adopt: true };
      expect((await member.refusals(args)).join()).toMatch(
        /^level: owner@acme.test is owner and cannot become admin[\s\S]*own level/,
      );
      world.run({ preflight: "false" });
      await expect(member.up(args)).rejects.toThrow(
        /making owner@acme.test admin .*was refused[\s\S]*own level/,
      );
      world.run();
      await member.up({ ...args, level: "owner" });
      expect(writesOf(world)).toEqual([]);
    }, two));

  test("an admin cannot appoint, demote or invite an owner", () =>
    withWorld(
      async ({ resource }) => {
        const refusal = async (name: string, args: Record<string, unknown>): Promise<string> =>
          (await resource("OrganizationMember", name).refusals({ ...args, adopt: true })).join();
        expect(await refusal("up", { user: "analyst@acme.test", level: "owner" })).toMatch(
          /^level: analyst@acme.test is member and cannot become owner[\s\S]*requires an organization owner/,
        );
        expect(await refusal("down", { user: "owner@acme.test", level: "member" })).toMatch(
          /requires an organization owner/,
        );
        expect(await refusal("invite", { user: "new@acme.test", level: "owner" })).toMatch(
          /^level: cannot be invited[\s\S]*requires an organization owner/,
        );
      },
      owners(["owner@acme.test", "second@acme.test"], "admin@acme.test"),
    ));

  test("an owner appoints another owner, and demotes one", () =>
    withWorld(async (world) => {
      await world
        .resource("OrganizationMember", "up")
        .up({ user: "analyst@acme.test", level: "owner", adopt: true });
      await world
        .resource("OrganizationMember", "down")
        .up({ user: "second@acme.test", level: "member", adopt: true });
      expect([levelOf(world, "analyst@acme.test"), levelOf(world, "second@acme.test")]).toEqual([15, 1]);
    }, two));

  test("a plain member may invite members, and cannot change anyone's level", () =>
    withWorld(
      async ({ resource }) => {
        expect(
          await resource("OrganizationMember", "invite").refusals({ user: "new@acme.test", level: "member" }),
        ).toEqual([]);
        const change = { user: "admin@acme.test", level: "member", adopt: true };
        expect((await resource("OrganizationMember", "change").refusals(change)).join()).toMatch(
          /requires an organization admin/,
        );
      },
      acmeWorld({ caller: "analyst@acme.test" }),
    ));

  test("a plain member cannot invite if the organization allows only admins to", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("OrganizationMember").refusals({ user: "new@acme.test" })).join()).toMatch(
          /only admins of Acme may invite people[\s\S]*membersCanInvite/,
        );
      },
      acmeWorld({ caller: "analyst@acme.test", organization: { settings: { members_can_invite: false } } }),
    ));
});

describe("a preview", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["nobody", { level: "admin" }, /^user: is required/],
    ["a malformed address", { user: "new@" }, /^user: must be an e-mail address/],
    [
      "an unknown level",
      { user: "new@acme.test", level: "superuser" },
      /^level: must be member, admin or owner/,
    ],
    ["a level number that does not exist", { user: "new@acme.test", level: 2 }, /^level: /],
    ["an unknown end", { ...newcomer, onDestroy: "delete" }, /^onDestroy: must be retain, demote or remove/],
    [
      "a malformed project",
      { ...newcomer, invite: { projectAccess: [{ projectId: "x", accessLevel: "member" }] } },
      /^invite.projectAccess\[0\].projectId: /,
    ],
    [
      "a project without a level",
      { ...newcomer, invite: { projectAccess: [{ projectId: 1 }] } },
      /^invite.projectAccess\[0\].accessLevel: is required/,
    ],
    [
      "an unknown part of an invite",
      { ...newcomer, invite: { text: "Hi" } },
      /^invite.text: unknown argument/,
    ],
  ];
  test.each(bad)("refuses %s before any request", (_, args, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("OrganizationMember").refusals(args)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("refuses a UUID that no member has: PostHog invites by address", () =>
    withWorld(async ({ resource, run }) => {
      const unknown = { user: "0190a000-0000-4000-8000-0000000000ff" };
      expect((await resource("OrganizationMember").refusals(unknown)).join()).toMatch(
        /^user: cannot be invited[\s\S]*e-mail address/,
      );
      run({ preflight: "false" });
      await expect(resource("OrganizationMember").up(unknown)).rejects.toThrow(/cannot be invited/);
    }));

  test("refuses projects that do not exist, and lists those that do", () =>
    withWorld(async ({ resource }) => {
      const invite = { projectAccess: [{ projectId: 99, accessLevel: "member" }] };
      expect(await resource("OrganizationMember").refusals({ ...newcomer, invite })).toEqual([
        "invite.projectAccess[0].projectId: project 99 does not exist in the organization; it has 1 (Default project)",
      ]);
    }));

  test("names the member with the nearest address", () =>
    withWorld(async ({ resource, messages }) => {
      await resource("OrganizationMember").refusals({ user: "analist@acme.test" });
      expect(messages.join()).toMatch(
        /the update invites them as member \(the nearest member is analyst@acme.test\)/,
      );
    }));

  test("warns of an address that the organization does not admit", () =>
    withWorld(
      async ({ resource, messages }) => {
        await resource("OrganizationMember").refusals({ user: "new@partner.test" });
        expect(messages.join()).toMatch(
          /admits only verified e-mail domains, and partner.test is not verified/,
        );
      },
      acmeWorld({
        organization: {
          settings: { enforce_verified_domains: true },
          domains: [{ domain: "acme.test", verified: true }],
        },
      }),
    ));

  test("refuses a second resource for the same person, naming both", () =>
    withWorld(async ({ resource }) => {
      await resource("OrganizationMember", "one").refusals({ user: "analyst@acme.test" });
      expect(
        (await resource("OrganizationMember", "two").refusals({ user: "ANALYST@acme.test" })).join(),
      ).toMatch(/OrganizationMember "two" and OrganizationMember "one" manage the same thing/);
    }));

  test("accepts values that are not known yet", () =>
    withWorld(async ({ resource }) => {
      expect(
        await resource("OrganizationMember", "a").refusals({ user: unknownValue, level: "admin" }),
      ).toEqual([]);
      expect(
        await resource("OrganizationMember", "b").refusals({ user: "new@acme.test", level: unknownValue }),
      ).toEqual([]);
      const invite = { projectAccess: [{ projectId: unknownValue, accessLevel: "member" }] };
      expect(await resource("OrganizationMember", "c").refusals({ user: "newer@acme.test", invite })).toEqual(
        [],
      );
    }));

  test.each([
    "Welcome!\n\tSee acme.test.",
    "See https://acme.test",
    "mailto:me",
    "<b>Hi</b>",
    "H\u200bi",
    "H\ri",
  ])("refuses the message %j of an invite where PostHog does, and at no other time", (message) =>
    withWorld(async (world) => {
      const member = world.resource("OrganizationMember");
      const args = { user: "new@acme.test", invite: { message } };
      const refusals = await member.refusals(args);
      world.run({ preflight: "false" });
      const sent = await member.up(args).catch((error: unknown) => String(error));
      if (refusals.length === 0) return expect(world.emulator.store.invites.size).toBe(1);
      expect(refusals).toEqual([expect.stringMatching(/^invite\.message: must not hold /)]);
      expect(sent).toMatch(/are not allowed in this field/);
      world.run();
      expect(await member.refusals({ user: "analyst@acme.test", invite: { message } })).toEqual([]);
    }),
  );

  test("names the scope that the key lacks", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("OrganizationMember").refusals(newcomer)).join()).toMatch(
          /lacks the scope organization_member:write/,
        );
      },
      acmeWorld({ scopes: ["organization_member:read", "organization:read"] }),
    ));

  test("needs only the scope that it writes with", () =>
    withWorld(
      async (world) => {
        await world.resource("OrganizationMember").up(newcomer);
        expect(world.emulator.store.invites.size).toBe(1);
      },
      acmeWorld({ scopes: ["organization_member:write"] }),
    ));
});
