import { SYSTEM } from "../../../../emulator";
import type { Organization } from "../../../../emulator/store/entities";
import { settingNames } from "../../../../provider/access/organizationSettings";
import { unknownValue } from "../../../../provider/engine/unknown";
import { writesOf } from "../../../support/access";
import { type World, withWorld } from "../../../support/driver";
import { personNamed, roleNamed } from "../../../support/people";
import { type AcmeOptions, acmeWorld } from "../../../support/seeds";

const organizationIn = ({ emulator: { store, organizationId } }: World): Organization => {
  const organization = store.organizations.get(organizationId);
  if (organization === undefined) throw new Error("there is no organization");
  return organization;
};
const change = ({ emulator: { store, organizationId } }: World, values: Partial<Organization>): unknown =>
  store.organizations.update(organizationId, values, SYSTEM);
const features = (...keys: string[]): AcmeOptions => ({ organization: { features: keys } });

/** A value that differs from PostHog's default for every setting. */
const everything = {
  name: "Acme Inc.",
  enforce2fa: true,
  enforceVerifiedDomains: true,
  membersCanInvite: false,
  membersCanCreateProjects: true,
  membersCanUsePersonalApiKeys: false,
  membersCanSeeOrgMembers: false,
  allowPubliclySharedResources: false,
  isAiDataProcessingApproved: true,
  isAiTrainingOptedIn: false,
  defaultExperimentStatsMethod: "frequentist",
  defaultAnonymizeIps: true,
  defaultRoleId: "everybody",
};
const whole = acmeWorld({
  organization: { roles: [{ name: "Everybody" }], domains: [{ domain: "acme.test", verified: true }] },
});

describe("settings of the organization", () => {
  test("are all set with one write, and restored with one", () =>
    withWorld(async (world) => {
      const before = organizationIn(world);
      const settings = world.resource("OrganizationSettings");
      await settings.up(everything);
      expect(organizationIn(world)).toMatchObject({
        name: "Acme Inc.",
        enforce_2fa: true,
        enforce_verified_domains: true,
        members_can_invite: false,
        members_can_create_projects: true,
        members_can_use_personal_api_keys: false,
        members_can_see_org_members: false,
        allow_publicly_shared_resources: false,
        is_ai_data_processing_approved: true,
        is_ai_training_opted_in: false,
        default_experiment_stats_method: "frequentist",
        default_anonymize_ips: true,
        default_role_id: roleNamed(world.emulator, "Everybody").id,
      });
      expect(settings).toMatchObject({
        id: world.emulator.organizationId,
        state: { organizationId: world.emulator.organizationId, memberCount: 4, defaultRoleId: "everybody" },
      });
      expect(writesOf(world)).toEqual(["PATCH "]);
      expect(world.emulator.ignoredFields).toEqual([]);
      world.run();
      expect((await settings.diff(everything)).changes).toBe(false);
      expect((await settings.refresh())?.inputs).toEqual(everything);
      await settings.up(everything);
      expect(writesOf(world)).toEqual([]);
      world.run();
      await settings.destroy();
      expect({ ...organizationIn(world), updated_at: "" }).toEqual({ ...before, updated_at: "" });
      expect(writesOf(world)).toEqual(["PATCH "]);
    }, whole));

  test("cover every setting but the logo here", () => {
    expect(settingNames.filter((name) => !(name in everything))).toEqual(["logoMediaId"]);
  });

  test("are managed only if declared: others may change, and stay", () =>
    withWorld(async (world) => {
      const settings = world.resource("OrganizationSettings");
      await settings.up({ membersCanInvite: false });
      change(world, { allow_publicly_shared_resources: false });
      world.run();
      expect((await settings.refresh())?.inputs).toEqual({ membersCanInvite: false });
      await settings.destroy();
      expect(organizationIn(world)).toMatchObject({
        members_can_invite: true,
        allow_publicly_shared_resources: false,
      });
    }));

  test("are restored when removed from the program, and their earlier values kept when added", () =>
    withWorld(async (world) => {
      const settings = world.resource("OrganizationSettings");
      await settings.up({ membersCanInvite: false, defaultAnonymizeIps: true });
      world.run();
      expect((await settings.diff({ defaultAnonymizeIps: true })).changes).toBe(true);
      await settings.up({ defaultAnonymizeIps: true, name: "Acme Inc." });
      expect(organizationIn(world)).toMatchObject({ members_can_invite: true, name: "Acme Inc." });
      expect(settings.state.earlier).toEqual({ defaultAnonymizeIps: false, name: "Acme" });
      expect(writesOf(world)).toEqual(["PATCH "]);
    }));

  test("keep the first value, also when a setting changes by hand in between", () =>
    withWorld(async (world) => {
      const settings = world.resource("OrganizationSettings");
      await settings.up({ defaultExperimentStatsMethod: "frequentist" });
      change(world, { default_experiment_stats_method: "bayesian" });
      world.run();
      expect((await settings.refresh())?.inputs).toEqual({ defaultExperimentStatsMethod: "bayesian" });
      await settings.up({ defaultExperimentStatsMethod: "frequentist" });
      expect(settings.state.earlier).toEqual({ defaultExperimentStatsMethod: "bayesian" });
    }));

  test("that are already as declared cost no write, including PostHog's null for false", () =>
    withWorld(async (world) => {
      const settings = world.resource("OrganizationSettings");
      const asItIs = { enforce2fa: false, membersCanInvite: true, membersCanCreateProjects: false };
      await settings.up(asItIs);
      world.run();
      expect((await settings.refresh())?.inputs).toEqual(asItIs);
      await settings.destroy();
      expect(writesOf(world)).toEqual([]);
    }, acmeWorld(features())));

  test("are read by the organization's id or slug without being managed", () =>
    withWorld(async ({ emulator, resource }) => {
      for (const id of [emulator.organizationId, "ACME"]) {
        const got = await resource("OrganizationSettings").get(id);
        expect(got).toMatchObject({ outputs: { name: "Acme", membersCanInvite: true, memberCount: 4 } });
      }
      await expect(resource("OrganizationSettings").get("globex")).rejects.toThrow(
        /"globex" is not the configured organization[\s\S]*The configured one is Acme/,
      );
    }, acmeWorld()));
});

describe("the default role of new members", () => {
  const roles = acmeWorld({ organization: { roles: [{ name: "Everybody" }, { name: "Analysts" }] } });

  test("is declared by name or id, or as null", () =>
    withWorld(async (world) => {
      const settings = world.resource("OrganizationSettings");
      const { id } = roleNamed(world.emulator, "Everybody");
      await settings.up({ defaultRoleId: "Everybody" });
      expect(organizationIn(world).default_role_id).toBe(id);
      world.run();
      await settings.up({ defaultRoleId: id });
      expect(writesOf(world)).toEqual([]);
      expect((await settings.diff({ defaultRoleId: null })).changes).toBe(true);
      await settings.up({ defaultRoleId: null });
      expect(organizationIn(world).default_role_id).toBeNull();
      change(world, { default_role_id: roleNamed(world.emulator, "Analysts").id });
      world.run();
      expect((await settings.refresh())?.inputs).toEqual({
        defaultRoleId: roleNamed(world.emulator, "Analysts").id,
      });
      expect((await settings.diff({ defaultRoleId: null })).changes).toBe(true);
    }, roles));

  test("may be one that the same program creates, and has to exist otherwise", () =>
    withWorld(async ({ resource }) => {
      const settings = { defaultRoleId: "Everbody" };
      expect((await resource("OrganizationSettings").refusals(settings)).join()).toMatch(
        /role "Everbody" does not exist[\s\S]*"Everybody"/,
      );
      expect(await resource("Role").refusals({ name: "Everbody" })).toEqual([]);
      expect(await resource("OrganizationSettings").refusals(settings)).toEqual([]);
      expect(await resource("OrganizationSettings", "b").refusals({ defaultRoleId: unknownValue })).toEqual(
        [],
      );
    }, roles));

  test("is not restored if the earlier one no longer exists", () =>
    withWorld(async (world) => {
      const earlier = roleNamed(world.emulator, "Analysts").id;
      change(world, { default_role_id: earlier });
      const settings = world.resource("OrganizationSettings");
      await settings.up({ defaultRoleId: "Everybody" });
      world.emulator.store.roles.delete(earlier, SYSTEM);
      world.run();
      await settings.destroy();
      expect(organizationIn(world).default_role_id).toBeNull();
    }, roles));
});

describe("a setting that the plan does not include", () => {
  const gated: [string, unknown, string][] = [
    ["enforce2fa", true, "2fa_enforcement"],
    ["membersCanInvite", false, "organization_invite_settings"],
    ["membersCanCreateProjects", true, "organization_invite_settings"],
    ["allowPubliclySharedResources", false, "organization_security_settings"],
    ["membersCanUsePersonalApiKeys", false, "organization_security_settings"],
  ];
  test.each(gated)(
    "is refused for %s: %s with the feature's name, in the preview and in the update",
    (name, value, feature) =>
      withWorld(
        async (world) => {
          const settings = world.resource("OrganizationSettings");
          const refusal = new RegExp(
            `^${name}: changing ${name} takes the plan feature "${feature}", .* Acme does not include`,
          );
          expect((await settings.refusals({ [name]: value })).join()).toMatch(refusal);
          world.run({ preflight: "false" });
          await expect(settings.up({ [name]: value })).rejects.toThrow(
            new RegExp(`refused by PostHog: You must upgrade[\\s\\S]*${feature}`),
          );
        },
        acmeWorld(features("access_control")),
      ),
  );

  test.each(gated)("is refused for %s: %s by servers of July 2026 too", (name, value) =>
    withWorld(
      async ({ resource }) => {
        expect(await resource("OrganizationSettings").refusals({ [name]: value })).toHaveLength(1);
      },
      acmeWorld({ ...features(), generation: "2026-07" }),
    ),
  );

  test("is set on servers of August 2025, which leave every setting to every plan", () =>
    withWorld(
      async (world) => {
        await world.resource("OrganizationSettings").up({ enforce2fa: true });
        expect(world.messages.join()).not.toContain("plan");
        expect(organizationIn(world).enforce_2fa).toBe(true);
      },
      acmeWorld({ ...features(), generation: "2025-08" }),
    ));

  test("has no effect for membersCanSeeOrgMembers, and the preview says so", () =>
    withWorld(async ({ resource, messages }) => {
      expect(await resource("OrganizationSettings").refusals({ membersCanSeeOrgMembers: false })).toEqual([]);
      expect(messages.join()).toMatch(
        /lacks "organization_security_settings": membersCanSeeOrgMembers has no effect/,
      );
    }, acmeWorld(features())));
});

describe("a server that is older than a setting", () => {
  test("gives an error in the preview", () =>
    withWorld(
      async ({ resource }) => {
        expect(
          (await resource("OrganizationSettings").refusals({ enforceVerifiedDomains: true })).join(),
        ).toMatch(/^enforceVerifiedDomains: this PostHog server does not know the setting/);
      },
      acmeWorld({ generation: "mid" }),
    ));

  test("ignores it, which is an error with its name; the others are set, and restored later", () =>
    withWorld(
      async (world) => {
        world.run({ preflight: "false" });
        const settings = world.resource("OrganizationSettings");
        const declared = { isAiTrainingOptedIn: true, enforce2fa: true };
        const error = await settings.up(declared).catch((reason: unknown) => reason);
        expect(String(error)).toMatch(
          /PostHog ignored isAiTrainingOptedIn of Acme; the other settings are in place/,
        );
        const { id, properties } = error as { id: string; properties: Record<string, unknown> };
        settings.remember(id, properties, declared);
        expect(organizationIn(world).enforce_2fa).toBe(true);
        world.run();
        await settings.destroy();
        expect(organizationIn(world).enforce_2fa).toBeNull();
      },
      acmeWorld({ generation: "old" }),
    ));
});

describe("a setting that locks people out", () => {
  const verified = (caller?: "analyst@acme.test" | "admin@acme.test", ...domains: string[]) =>
    acmeWorld({
      caller,
      people: ["eve@partner.test"],
      organization: {
        domains: domains.map((domain) => ({ domain, verified: true })),
        members: [
          { email: "owner@acme.test", level: "owner" },
          { email: "admin@acme.test", level: "admin" },
          { email: "eve@partner.test" },
        ],
      },
    });
  const args = { enforceVerifiedDomains: true };

  test("is refused if it locks out the key's own owner", () =>
    withWorld(async (world) => {
      const settings = world.resource("OrganizationSettings");
      expect((await settings.refusals(args)).join()).toMatch(
        /^enforceVerifiedDomains: It would lock out owner@acme.test, the key's owner: .*no verified e-mail domain/,
      );
      world.run({ preflight: "false" });
      await expect(settings.up(args)).rejects.toThrow(/was refused[\s\S]*lock out owner@acme.test/);
      expect(organizationIn(world).enforce_verified_domains).toBeNull();
    }, verified()));

  test("warns who else it locks out", () =>
    withWorld(
      async (world) => {
        await world.resource("OrganizationSettings").up(args);
        expect(world.messages.join()).toMatch(
          /warning: .*shuts out eve@partner.test, whose e-mail domains are not verified/,
        );
        expect(organizationIn(world).enforce_verified_domains).toBe(true);
      },
      verified(undefined, "acme.test"),
    ));

  test("warns who has no two-factor authentication yet", () =>
    withWorld(async (world) => {
      const admin = personNamed(world.emulator, "admin@acme.test").user;
      world.emulator.store.users.update(admin.id, { totp_secret: "JBSWY3DPEHPK3PXP" }, SYSTEM);
      expect(await world.resource("OrganizationSettings").refusals({ enforce2fa: true })).toEqual([]);
      expect(world.messages.join("\n")).toMatch(
        /the key's own owner, owner@acme.test, has no two-factor authentication/,
      );
      expect(world.messages.join("\n")).toMatch(/1 of 3 members have to set up .*: eve@partner.test/);
    }, verified()));
});

describe("a preview", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["an empty name", { name: "" }, /^name: must not be empty/],
    ["a long name", { name: "x".repeat(65) }, /^name: must be at most 64 characters/],
    ["text for true or false", { enforce2fa: "yes" }, /^enforce2fa: must be true or false/],
    [
      "null where PostHog has none",
      { defaultAnonymizeIps: null },
      /^defaultAnonymizeIps: must be true or false/,
    ],
    [
      "an unknown method",
      { defaultExperimentStatsMethod: "guess" },
      /^defaultExperimentStatsMethod: must be bayesian or frequentist/,
    ],
    ["a setting that only PostHog changes", { isHipaa: true }, /^isHipaa: unknown argument/],
    ["a misspelled setting", { enforce2FA: true }, /^enforce2FA: .*did you mean enforce2fa/],
  ];
  test.each(bad)("refuses %s before any request", (_, args, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("OrganizationSettings").refusals(args)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("shows what changes", () =>
    withWorld(async ({ resource, messages }) => {
      await resource("OrganizationSettings").refusals({
        name: "Acme Inc.",
        defaultAnonymizeIps: true,
        membersCanInvite: true,
      });
      expect(messages.join()).toMatch(
        /name changes from "Acme" to "Acme Inc."; defaultAnonymizeIps changes from false to true; destroying the resource puts/,
      );
    }, acmeWorld()));

  test("refuses two resources for one setting, and accepts them for different ones", () =>
    withWorld(async ({ resource }) => {
      await resource("OrganizationSettings", "one").refusals({ name: "Acme" });
      expect(await resource("OrganizationSettings", "two").refusals({ enforce2fa: false })).toEqual([]);
      expect((await resource("OrganizationSettings", "three").refusals({ name: "Acme" })).join()).toMatch(
        /OrganizationSettings "three" and OrganizationSettings "one" manage the same thing/,
      );
    }));

  test("requires an organization admin and the scope", () =>
    withWorld(
      async ({ resource }) => {
        const refusals = (await resource("OrganizationSettings").refusals({ name: "Acme" })).join("\n");
        expect(refusals).toMatch(/lacks the scope organization:write/);
        expect(refusals).toMatch(/takes the organization level admin/);
      },
      acmeWorld({ caller: "analyst@acme.test", scopes: ["organization:read"] }),
    ));
});

describe("errors", () => {
  test("a lost response repeats the write, and the earlier values stay known", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({ kind: "dropAfter", method: "PATCH" });
      const settings = world.resource("OrganizationSettings");
      await settings.up({ name: "Acme Inc." });
      world.run();
      await settings.destroy();
      expect(organizationIn(world).name).toBe("Acme");
    }, acmeWorld()));

  test("a refusal leaves nothing in state", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({ kind: "status", status: 403, method: "PATCH" });
      const error = await world
        .resource("OrganizationSettings")
        .up({ name: "Acme Inc." })
        .catch((reason: unknown) => reason);
      expect(error).not.toHaveProperty("properties");
      expect(String(error)).toMatch(/setting name of Acme failed: PostHog answered 403/);
    }, acmeWorld()));

  test("a configuration that names another organization is refused", () =>
    withWorld(
      async ({ resource, run, emulator }) => {
        const settings = resource("OrganizationSettings");
        await settings.up({ name: "Acme" });
        run({ organizationId: "acme" });
        expect((await settings.diff({ name: "Acme" })).replaces).toEqual([]);
        const other = emulator.store.organizations.all().find(({ id }) => id !== emulator.organizationId);
        run({ organizationId: other?.id });
        await expect(settings.diff({ name: "Acme" })).rejects.toThrow(/belongs to organization .* now names/);
      },
      {
        emulator: {
          seed: {
            users: [{ email: "o@acme.test", password: "long-enough-password" }],
            organizations: [
              { name: "Acme", slug: "acme", members: [{ email: "o@acme.test", level: "owner" }] },
              { name: "Globex", members: [{ email: "o@acme.test", level: "owner" }] },
            ],
          },
        },
      },
    ));
});
