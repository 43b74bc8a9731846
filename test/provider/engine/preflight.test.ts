import { getCallerKey } from "../../../provider/posthog/caller";
import { Connections } from "../../../provider/posthog/connection";
import { type Config, type World, withWorld } from "../../support/driver";
import { type AcmeOptions, acmeWorld } from "../../support/seeds";

/** One resource of many kinds. */
const resources = {
  Project: { name: "Staging" },
  ProjectMember: { projectId: 1, user: "analyst@acme.test", accessLevel: "member" },
  ProjectSecretApiKey: { projectId: 1, label: "Backend", scopes: ["feature_flag:read"] },
  Role: { name: "Analysts" },
  OrganizationDomain: { domain: "acme.com", jitProvisioning: true },
  IdentityProvider: { name: "Okta", domains: ["acme.com"], scim: { enabled: true } },
  PersonalApiKey: { label: "CI", scopes: ["query:read"] },
} as const;
type Kind = keyof typeof resources;

/** A preview's errors for a program with such resources, by kind. They are checked concurrently. */
async function preview({ resource }: World, kinds: readonly Kind[]): Promise<Map<Kind, string>> {
  const refusals = await Promise.all(
    kinds.map(async (kind) => [kind, (await resource(kind).refusals(resources[kind])).join("\n")] as const),
  );
  return new Map(refusals.filter(([, refusal]) => refusal !== ""));
}

/** Previews resources that all fail: each says so, every explanation appears once, three requests are enough. */
async function refused(
  kinds: readonly Kind[],
  options: AcmeOptions,
  body: (refusals: Map<Kind, string>) => void,
  config: Config = {},
): Promise<void> {
  await withWorld(async (world) => {
    world.run(config);
    const refusals = await preview(world, kinds);
    expect([...refusals.keys()]).toEqual(kinds);
    expect(world.emulator.requests.length).toBeLessThanOrEqual(3);
    const fixes = [...refusals.values()].flatMap((refusal) => refusal.match(/ {2}fix: .*/g) ?? []);
    expect(fixes).toEqual([...new Set(fixes)]);
    body(refusals);
  }, acmeWorld(options));
}

describe("a preview reports once per cause, for every affected resource, with at most three requests", () => {
  const byKey: readonly Kind[] = [
    "Project",
    "ProjectMember",
    "ProjectSecretApiKey",
    "Role",
    "OrganizationDomain",
    "IdentityProvider",
  ];

  test("which scopes the key lacks", () =>
    refused(byKey, { scopes: ["organization:read"] }, (refusals) => {
      expect(refusals.get("Project")).toMatch(/lacks the scope project:write\n {2}fix: add it to the key/);
      expect(refusals.get("ProjectMember")).toMatch(
        /lacks the scopes access_control:write, organization_member:read \(as for project "Staging"\)$/,
      );
      expect(refusals.get("IdentityProvider")).toMatch(/lacks the scope organization:write \(as for /);
    }));

  test("which scopes the key lacks, even if it cannot read the organization", () =>
    refused(byKey, { scopes: ["query:read"] }, (refusals) => {
      expect(refusals.get("Role")).toMatch(/lacks the scope organization:write/);
    }));

  test("that the key is restricted to projects", () =>
    refused(["Role", "OrganizationDomain"], { keyProjects: [1] }, (refusals) => {
      expect(refusals.get("Role")).toMatch(/restricted to projects.*\n {2}fix: /);
    }));

  test("that the key is a plain member's", () =>
    refused(
      ["Role", "OrganizationDomain", "IdentityProvider"],
      { caller: "analyst@acme.test" },
      (refusals) => {
        expect(refusals.get("Role")).toMatch(
          /takes the organization level admin, and the key's owner is only member\n {2}fix: use the key of an admin of Acme/,
        );
        expect(refusals.get("IdentityProvider")).toMatch(/only member \(as for role "Analysts"\)$/);
      },
    ));

  test("which features the plan lacks, each by its name", () =>
    refused(["OrganizationDomain", "IdentityProvider"], { organization: { features: [] } }, (refusals) => {
      expect(refusals.get("OrganizationDomain")).toMatch(
        /plan of Acme does not include "automatic_provisioning"\n {2}fix: /,
      );
      expect(refusals.get("IdentityProvider")).toMatch(
        /does not include "scim" \(as for domain acme\.com\)$/,
      );
    }));

  test("that no session is configured", () =>
    refused(
      ["PersonalApiKey"],
      {},
      (refusals) => expect(refusals.get("PersonalApiKey")).toMatch(/no session is configured\n {2}fix: /),
      { email: undefined, password: undefined },
    ));

  test("that PostHog does not know the key", () =>
    refused(
      byKey,
      {},
      (refusals) => {
        expect(refusals.get("Project")).toMatch(/401 authentication_failed[\s\S]*fix: /);
        expect(refusals.get("Role")).toMatch(/401 authentication_failed.*\(as for project "Staging"\)$/);
      },
      { apiKey: "phx_unknown0key" },
    ));

  test("that the configuration names no host", () =>
    refused(
      byKey,
      {},
      (refusals) => {
        expect(refusals.get("Project")).toMatch(/accepts events, not management API calls\n {2}why: /);
        expect(refusals.get("Role")).toMatch(/accepts events.*\(as for project "Staging"\)$/);
      },
      { host: "eu.i.posthog.com" },
    ));

  test("that the organization is not one of the key's", () =>
    refused(
      byKey,
      {},
      (refusals) => {
        expect(refusals.get("Project")).toMatch(/no access to organization "[^"]+"\n {2}why: /);
        expect(refusals.get("Role")).toMatch(
          /no access to organization "[^"]+" \(as for project "Staging"\)$/,
        );
      },
      { organizationId: "018f0000-0000-4000-8000-00000000dead" },
    ));
});

test("each account of a program is read once", () =>
  withWorld(
    async (world) => {
      const accounts = { narrow: { apiKey: "phx_narrow0key", host: world.emulator.url } };
      world.run({ accounts: JSON.stringify(accounts) });
      const role = world.resource("Role", "narrow");
      expect((await role.refusals({ name: "Analysts", account: "narrow" })).join()).toMatch(
        /lacks the scope organization:write/,
      );
      expect(await world.resource("Role", "wide").refusals({ name: "Engineers" })).toEqual([]);
      const looks = world.requests().filter((request) => request.endsWith("@current"));
      expect(looks).toHaveLength(2);
    },
    (() => {
      const { emulator, config } = acmeWorld();
      const narrow = {
        user: "owner@acme.test",
        label: "narrow",
        value: "phx_narrow0key",
        scopes: ["query:read"],
      };
      return {
        emulator: { seed: { ...emulator.seed, keys: [...(emulator.seed.keys ?? []), narrow] } },
        config,
      };
    })(),
  ));

test("resources that do not change cost no request, and neither does a preview without preflight", () =>
  withWorld(async (world) => {
    const role = world.resource("Role");
    await role.up(resources.Role);
    world.run();
    expect(await role.refusals(resources.Role)).toEqual([]);
    world.run({ preflight: "false", apiKey: "phx_unknown0key" });
    expect(await world.resource("Project").refusals(resources.Project)).toEqual([]);
    expect(world.requests()).toEqual([]);
  }));

test("an OAuth token, whose scopes PostHog does not show, is not a problem", async () => {
  const connection = new Connections().for({
    host: "http://127.0.0.1:9",
    apiKey: "pha_token",
    preflight: true,
    requestsPerMinute: false,
  });
  expect(await getCallerKey(connection)).toEqual({});
});
