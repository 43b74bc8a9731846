import type { PosthogPolicySettings } from "../../provider/policy";
import type { CommandOptions } from "../../tools/stack";
import { changesOf, javascript, withStack } from "./harness";
import { packFlags, violationsIn } from "./policyPack";

const careless = `
const production = new posthog.Project("production", { name: "Production", deletionProtection: false });
new posthog.PersonalApiKey("ci", { label: "CI", scopes: ["*"], allowWildcard: true });
new posthog.OrganizationMember("bob", { user: "bob@partner.test", level: "owner" });
new posthog.OrgSsoSettings("sso", { domain: "acme.test" });
`;

const everyRule = [
  "at-least-two-owners bob",
  "deletion-protected production",
  "keys-rotate ci",
  "no-outside-owners bob",
  "no-wildcard-scope ci",
  "production-closed production",
  "sso-enforced sso",
];

test("advisory rules show what is wrong, why, and the fix, in previews and updates, which continue", () =>
  withStack(careless, async (stack, { store }) => {
    const pack = await packFlags(stack);
    const { text } = await stack.preview(pack);
    expect(violationsIn(text)).toEqual(everyRule.map((violation) => `advisory ${violation}`));
    expect(text).toContain(
      [
        "          API keys are rotated regularly.",
        '          PersonalApiKey "ci": rotateAfterDays is not set, so the key is never rotated',
        "            why: a leaked value works until the key is rotated",
        "            fix: set rotateAfterDays to 90 or less; in an access matrix, next to api_key_scopes",
      ].join("\n"),
    );
    const updated = await stack.up(pack);
    expect(violationsIn(updated.text)).toEqual(everyRule.map((violation) => `advisory ${violation}`));
    expect(store.projects.all().map(({ name }) => name)).toContain("Production");
    const keys = store.personalApiKeys.all().filter(({ label }) => label === "CI");
    expect(keys.length).toBe(1);
    expect(updated.text).not.toMatch(/ph[xs]_\w{10}/);
  }));

test("mandatory rules stop a preview, and an update before it creates a violation", () =>
  withStack(careless, async (stack, { store, requests }) => {
    const mandatory: PosthogPolicySettings = {
      enforcement: "mandatory",
      "no-outside-owners": { domains: ["acme.test"] },
    };
    const pack = await packFlags(stack, mandatory);
    const { text } = await stack.preview({ ...pack, fails: true });
    expect(violationsIn(text)).toEqual(everyRule.map((violation) => `mandatory ${violation}`));

    await stack.up({ ...pack, fails: true });
    expect(store.personalApiKeys.all().filter(({ label }) => label === "CI")).toEqual([]);
    expect(store.projects.all().map(({ name }) => name)).not.toContain("Production");
    expect(requests.filter(({ method, path }) => method === "POST" && /invites|projects/.test(path))).toEqual(
      [],
    );

    const careful = `
const production = new posthog.Project("production", { name: "Production", defaultAccess: "none" });
new posthog.PersonalApiKey("ci", { label: "CI", scopes: ["insight:read"], rotateAfterDays: 90 });
new posthog.OrganizationMember("ann", { user: "owner@acme.test", level: "owner" });
new posthog.OrganizationMember("bob", { user: "bob@acme.test", level: 15 });
new posthog.OrgSsoSettings("sso", { domain: "acme.test", enforcement: "google-oauth2" });
`;
    await stack.setProgram(javascript(careful));
    for (const result of [await stack.preview(pack), await stack.up(pack)]) {
      expect(violationsIn(result.text)).toEqual([]);
      expect(result.text).toContain("✅ acme@v1.2.3");
    }
  }));

test("an owner by UUID is checked against the company's domains once PostHog has returned the address", () =>
  withStack("", async (stack, { store }) => {
    const [user] = store.users.all().filter(({ email }) => email === "analyst@acme.test");
    const owner = (name: string | undefined): string =>
      `new posthog.OrganizationMember("owner", { user: "${name}", level: "owner", adopt: true });`;
    const ask = async (domain: string): Promise<Required<Pick<CommandOptions, "flags">>> =>
      packFlags(stack, {
        enforcement: "disabled",
        "no-outside-owners": { enforcement: "mandatory", domains: [domain] },
      });

    await stack.setProgram(javascript(owner(user?.uuid)));
    const unknown = await stack.preview({ ...(await ask("other.example")), fails: true });
    expect(unknown.text).toContain(`level gives ownership to ${user?.uuid}, whose e-mail address is unknown`);
    await stack.up();
    const known = await stack.preview({ ...(await ask("other.example")), fails: true });
    expect(known.text).toContain("level gives ownership to analyst@acme.test, who is outside other.example");
    expect(violationsIn((await stack.preview(await ask("acme.test"))).text)).toEqual([]);

    await stack.setProgram(javascript(owner("analyst@acme.test")));
    const named = await stack.preview(await ask("acme.test"));
    expect([violationsIn(named.text), changesOf(named)]).toEqual([[], []]);
  }));

test("a custom pack can use the rules, for a matrix's resources too, and skips unknown values", () => {
  const program = (everybody: string): string => `
const production = new posthog.Project("production", { name: "Production" });
const later = (value) => production.uuid.apply(() => value);
const { projectId } = production;
new posthog.AccessMatrix("access", {
  matrix: {
    projects: { prod: { ${everybody} } },
    access_matrix: {
      team: { prod: { role: "member" } },
      flags: { prod: { api_key_scopes: ["feature_flag:read"] } },
      rolled: { prod: { api_key_scopes: ["feature_flag:read"], rotateAfterDays: 30 } },
    },
  },
  projects: { prod: projectId },
});
new posthog.ProjectSecretApiKey("slow", { projectId, label: "slow", scopes: later(["feature_flag:read"]), rotateAfterDays: later(365) });
`;
  const index = `
const { PolicyPack } = require("@pulumi/policy");
const { posthogPolicies } = require("pulumi-posthog/policy");
const own = {
  name: "no-teams",
  description: "No roles.",
  enforcementLevel: "advisory",
  validateResource: ({ type }, report) => {
    if (type.endsWith(":Role")) report("a role");
  },
};
new PolicyPack("acme", {
  policies: [own, ...posthogPolicies({ enforcement: "mandatory", "keys-rotate": { except: ["access-flags/prod"] } })],
});`;
  return withStack(program('defaultAccess: "none"'), async (stack, { store }) => {
    const own = await packFlags(stack, { index });
    const { text } = await stack.preview(own);
    expect(violationsIn(text)).toEqual(["advisory no-teams access-team"]);

    const strict = await packFlags(stack, { "keys-rotate": "mandatory" });
    const refused = await stack.preview({ ...strict, fails: true });
    expect(violationsIn(refused.text)).toEqual(["mandatory keys-rotate access-flags/prod"]);

    // Now known, and too long: the update stops before that key.
    const stopped = await stack.up({ ...(await packFlags(stack, { index })), fails: true });
    expect(violationsIn(stopped.text)).toContain("mandatory keys-rotate slow");
    expect(store.projectSecretApiKeys.all().map(({ label }) => label)).not.toContain("slow");

    const [elsewhere] = store.projects.all();
    const byNumber = `
new posthog.AccessMatrix("numbers", {
  matrix: { projects: { production_project: {} }, access_matrix: { crew: { production_project: { role: "member" } } } },
  projects: { production_project: ${elsewhere?.id} },
});`;
    await stack.setProgram(javascript(program("") + byNumber));
    const open = await stack.preview({
      ...(await packFlags(stack, { "production-closed": "mandatory" })),
      fails: true,
    });
    expect(violationsIn(open.text).filter((violation) => violation.includes("production-closed"))).toEqual([
      "mandatory production-closed numbers-production_project",
      "mandatory production-closed production",
    ]);
  });
});

test("a configuration file overrides the pack's settings, and errors in either have no stack trace", () =>
  withStack(careless, async (stack) => {
    const pack = {
      enforcement: "disabled",
      "keys-rotate": { enforcement: "mandatory", maximumDays: 30 },
    } as const;
    const config = {
      "keys-rotate": { except: ["ci"] },
      "production-closed": { enforcementLevel: "advisory", projects: "live" },
      "deletion-protected": "advisory",
      "no-wildcard-scope": { enforcementLevel: "advisory", except: ["ci"] },
    };
    const { text } = await stack.preview(await packFlags(stack, pack, config));
    expect(violationsIn(text)).toEqual(["advisory deletion-protected production"]);

    const form = await packFlags(stack, pack, { "keys-rotate": { maximumDays: "often" } });
    const { text: badForm } = await stack.preview({ ...form, fails: true });
    expect(badForm).toContain("keys-rotate: maximumDays: Invalid type. Expected: integer, given: string");

    const pattern = await packFlags(stack, pack, {
      "production-closed": { enforcementLevel: "mandatory", projects: "(" },
    });
    const { text: badPattern } = await stack.preview({ ...pattern, fails: true });
    expect(badPattern).toContain(
      "invalid settings of production-closed: production-closed.projects: must be a regular expression",
    );

    const misspelled = await packFlags(stack, JSON.parse('{ "keys-rotat": "mandatory" }'));
    const { text: badPack } = await stack.preview({ ...misspelled, fails: true });
    expect(badPack).toMatch(
      /the settings of the policy pack have a problem\n +keys-rotat: unknown rule; did you mean "keys-rotate"\?/,
    );
    expect(badPack).not.toMatch(/^\s+at .*\.js:\d+/m);
  }));
