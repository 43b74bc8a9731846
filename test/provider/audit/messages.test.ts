import type { ActivityChange, ActivityEntry } from "../../../provider/audit/entry";
import { actorOf, clientOf, describeActivity, isOwn, nounOf } from "../../../provider/audit/messages";
import { concernsOrganization, knownScopes, presets } from "../../../provider/audit/presets";

const entry = (over: Partial<ActivityEntry> = {}): ActivityEntry => ({
  id: "1",
  created_at: "2026-06-01T10:00:00.000000Z",
  activity: "updated",
  scope: "Role",
  item_id: "r-1",
  user: { email: "ada@acme.test", uuid: "u-1" },
  detail: { name: "Viewers", changes: [] },
  ...over,
});

const changed = (field: string, before: unknown, after: unknown): ActivityChange => ({
  field,
  action: "changed",
  before,
  after,
});

const withChanges = (...changes: ActivityChange[]): string =>
  describeActivity(entry({ detail: { name: "Viewers", changes } }));

describe("who did it", () => {
  const cases: [string, Partial<ActivityEntry>, string][] = [
    ["a person", {}, "ada@acme.test"],
    ["a person of whom only the UUID is known", { user: { uuid: "u-1" } }, "u-1"],
    ["PostHog's staff", { was_impersonated: true }, "PostHog staff as ada@acme.test"],
    ["PostHog's staff as nobody", { was_impersonated: true, user: null }, "PostHog staff as someone"],
    ["PostHog, of a project", { user: null, is_system: true, scope: "Project" }, "PostHog itself"],
    ["PostHog, of a project's settings", { user: null, is_system: true, scope: "Team" }, "PostHog itself"],
    [
      "an API key or PostHog, elsewhere",
      { user: null, is_system: true },
      "an API key or PostHog itself (not recorded)",
    ],
    [
      "an API key of a program",
      { user: null, is_system: true, client: "terraform" },
      "an API key, through terraform",
    ],
    [
      "an API key of this package",
      { user: null, is_system: true, client: "pulumi-posthog" },
      "an API key, through pulumi-posthog (this package)",
    ],
    ["a directory", { user: null, is_system: true, activity: "scim_provisioned" }, "the directory (SCIM)"],
    ["someone who is gone", { user: null, is_system: false }, "a deleted account"],
    ["a name that moves the cursor", { user: { email: "a\u001b[2Jb" } }, "a\\u001b[2Jb"],
  ];
  test.each(cases)("is described as %s", (_, over, expected) => expect(actorOf(entry(over))).toBe(expected));
});

test("the client is shown if the log has it, and this package is marked", () => {
  expect(clientOf({ client: "pulumi-posthog" })).toBe("pulumi-posthog (this package)");
  expect(clientOf({ client: "mcp" })).toBe("mcp");
  expect([null, undefined, ""].map((client) => clientOf({ client }))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([isOwn({ client: "pulumi-posthog" }), isOwn({ client: "other" })]).toEqual([true, false]);
});

describe("what was done", () => {
  const member = (level: string | null = "administrator") => ({
    name: "Ann Other (ann@acme.test) joined Acme",
    context: { user_email: "ann@acme.test", level },
  });
  const rule = (over: object) => ({
    name: "project 1",
    context: { resource: "project", resource_id: "1", access_level: "member", ...over },
  });
  const cases: [string, Partial<ActivityEntry>, string][] = [
    ["a change of nothing that is named", {}, 'changed role "Viewers"'],
    ["a creation", { activity: "created" }, 'created role "Viewers"'],
    ["a deletion", { activity: "deleted" }, 'deleted role "Viewers"'],
    ["an activity that is new", { activity: "access_requested" }, 'access requested role "Viewers"'],
    ["an object without a name", { detail: { name: "" } }, "changed role r-1"],
    ["an object without anything", { detail: null, item_id: null }, "changed role"],
    ["a kind that is new", { scope: "LLMTraceView" }, 'changed LLM trace view "Viewers"'],
    ["a sign-in", { scope: "User", activity: "logged_in" }, "signed in"],
    [
      "someone added",
      { scope: "OrganizationMembership", activity: "created", detail: member() },
      "added ann@acme.test to the organization as admin",
    ],
    [
      "someone who came by themselves",
      {
        scope: "OrganizationMembership",
        activity: "created",
        detail: member("member"),
        user: { email: "Ann@acme.test" },
      },
      "joined the organization as member",
    ],
    [
      "someone removed",
      { scope: "OrganizationMembership", activity: "deleted", detail: member() },
      "removed ann@acme.test from the organization",
    ],
    [
      "someone who left",
      {
        scope: "OrganizationMembership",
        activity: "deleted",
        detail: member(null),
        user: { email: "ann@acme.test" },
      },
      "left the organization",
    ],
    [
      "another level",
      {
        scope: "OrganizationMembership",
        detail: { ...member(), changes: [changed("level", 1, 15)] },
      },
      "changed the membership of ann@acme.test: level member → owner",
    ],
    [
      "a membership of which the log shows less",
      { scope: "OrganizationMembership", detail: { name: "Ann" } },
      'changed membership "Ann"',
    ],
    [
      "an invite",
      {
        scope: "OrganizationInvite",
        activity: "created",
        detail: { name: "User Ada (ada@acme.test) invited user bob@acme.test into organization Acme" },
      },
      "invited bob@acme.test",
    ],
    [
      "an invite by nobody",
      {
        scope: "OrganizationInvite",
        activity: "created",
        detail: { name: "User bob@acme.test was invited to organization Acme" },
      },
      "invited bob@acme.test",
    ],
    [
      "an invite withdrawn",
      {
        scope: "OrganizationInvite",
        activity: "deleted",
        detail: { name: "Invite for bob@acme.test to organization Acme was canceled" },
      },
      "withdrew the invite of bob@acme.test",
    ],
    [
      "an invite withdrawn, in the words of July 2026",
      {
        scope: "OrganizationInvite",
        activity: "deleted",
        detail: {
          name: "Invite for bob@acme.test to organization Acme was cancelled",
          context: { target_email: "bob@acme.test" },
        },
      },
      "withdrew the invite of bob@acme.test",
    ],
    [
      "a membership in a sentence only",
      {
        scope: "OrganizationMembership",
        activity: "deleted",
        detail: { name: "Bob (bob@acme.test) left Acme" },
      },
      "removed bob@acme.test from the organization",
    ],
    [
      "a domain in a sentence",
      {
        scope: "OrganizationDomain",
        activity: "created",
        detail: { name: "Domain acme.test added to Acme", context: { domain: "acme.test" } },
      },
      'created domain "acme.test"',
    ],
    [
      "a domain in a sentence only",
      {
        scope: "OrganizationDomain",
        activity: "deleted",
        detail: { name: "Domain acme.test removed from Acme" },
      },
      'deleted domain "acme.test"',
    ],
    [
      "a change of a domain, in words",
      {
        scope: "OrganizationDomain",
        detail: {
          name: "Domain acme.test updated in Acme",
          changes: [changed("SSO enforcement", null, "saml")],
        },
      },
      'changed domain "acme.test": SSO enforcement nothing → "saml"',
    ],
    [
      "a domain by its name",
      { scope: "OrganizationDomain", activity: "created", detail: { name: "acme.test" } },
      'created domain "acme.test"',
    ],
    [
      "a key of someone else",
      {
        scope: "PersonalAPIKey",
        activity: "revoked",
        detail: { name: "phx_...Ab12", context: { user_email: "bob@acme.test" } },
      },
      'revoked personal API key "phx_...Ab12" of bob@acme.test',
    ],
    [
      "one's own key",
      {
        scope: "PersonalAPIKey",
        activity: "created",
        detail: { name: "phx_...Ab12", context: { user_email: "Ada@acme.test" } },
      },
      'created personal API key "phx_...Ab12"',
    ],
    ["what a directory did to a role", { activity: "scim_provisioned" }, 'provisioned role "Viewers"'],
    [
      "an invite in other words",
      { scope: "OrganizationInvite", activity: "created", detail: { name: "Bob was asked" } },
      'created invite "Bob was asked"',
    ],
    [
      "a rule for everybody",
      { scope: "AccessControl", activity: "created", detail: rule({}) },
      'set everybody to "member" on Production',
    ],
    [
      "a rule for a role",
      { scope: "AccessControl", detail: rule({ role: "r-1", resource_id: 2 }) },
      "changed the rule of Viewers on project 2",
    ],
    [
      "a rule for a role that is gone",
      { scope: "AccessControl", activity: "deleted", detail: rule({ role: "r-9" }) },
      "deleted the rule of role r-9 on Production",
    ],
    [
      "a rule for a person on a whole type",
      {
        scope: "AccessControl",
        activity: "created",
        detail: rule({
          organization_member: "m-1",
          resource: "feature_flag",
          resource_id: null,
          access_level: "editor",
        }),
      },
      'set ann@acme.test to "editor" on every feature flag',
    ],
    [
      "a rule of which the log shows less",
      { scope: "AccessControl", detail: { name: "project 1" } },
      'changed access rule "project 1"',
    ],
  ];
  const names: Readonly<Record<string, string>> = {
    "role r-1": "Viewers",
    "member m-1": "ann@acme.test",
    "project 1": "Production",
  };
  test.each(cases)("is described for %s", (_, over, expected) => {
    expect(describeActivity(entry(over), (kind, id) => names[`${kind} ${id}`])).toBe(expected);
  });

  test("omits the blanks that PostHog leaves for people without a name", () => {
    const name = " (dup@acme.test) in Analysts";
    const left = entry({ scope: "RoleMembership", activity: "deleted", detail: { name, changes: [] } });
    expect(describeActivity(left)).toBe('deleted role membership "(dup@acme.test) in Analysts"');
    expect(describeActivity({ ...left, detail: { name: " " } })).toBe("deleted role membership r-1");
  });

  test("is one line, whatever the names contain", () => {
    const name = "a\nb\u001b[31m\u202ec";
    const text = describeActivity(entry({ detail: { name, changes: [changed("na\rme", "x\u009b", "y")] } }));
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain("\\u202e");
  });
});

describe("what changed", () => {
  const flag = (percentage: number) => ({
    groups: [{ properties: [], rollout_percentage: percentage }],
    payloads: {},
  });
  const cases: [string, ActivityChange[], string][] = [
    ["a text", [changed("name", "A", "B")], 'name "A" → "B"'],
    [
      "a number and a truth value",
      [changed("n", 1, 2), changed("on", true, false)],
      "n 1 → 2, on true → false",
    ],
    ["a first value", [changed("domain", null, "acme.test")], 'domain nothing → "acme.test"'],
    ["a value taken away", [{ field: "domain", before: "acme.test" }], 'domain "acme.test" → nothing'],
    ["a change of nothing in particular", [{ before: 1, after: 2 }], "value 1 → 2"],
    ["a long text", [changed("t", "x".repeat(99), "y")], `t "${"x".repeat(39)}…" → "y"`],
    ["a list", [changed("scopes", ["*"], ["a:read", "b:read"])], 'scopes +"a:read" +"b:read" -"*"'],
    ["a list in another order", [changed("l", ["a", "b"], ["b", "a"])], 'l[0] "a" → "b", l[1] "b" → "a"'],
    [
      "one place deep in a flag",
      [changed("filters", flag(10), flag(50))],
      "filters.groups[0].rollout_percentage 10 → 50",
    ],
    ["many places", [changed("filters", { a: 1, b: 2 }, { c: 1, d: 2 })], "filters in 4 places"],
    ["another shape", [changed("f", { a: 1 }, [1])], 'f {"a":1} → [1]'],
    [
      "more than fits",
      ["a", "b", "c", "d", "e", "f"].map((field) => changed(field, 1, 2)),
      "a 1 → 2, b 1 → 2, c 1 → 2, d 1 → 2, 2 more",
    ],
    ["a masked value", [changed("config", "masked", "masked")], "config (hidden) → (hidden)"],
    ["whether something is secret", [changed("is_private", false, true)], "is_private false → true"],
    ["a secret that is new", [changed("saml_x509_cert", null, "MIIC")], "saml_x509_cert nothing → (hidden)"],
    [
      "a key in a text",
      [changed("url", "https://x/?k=phx_0123456789", "")],
      'url "https://x/?k=phx_..." → ""',
    ],
    [
      "a secret inside",
      [changed("config", { password: "hunter2", port: 1 }, { password: "hunter3", port: 2 })],
      "config.port 1 → 2",
    ],
  ];
  test.each(cases)("is described for %s", (_, changes, expected) => {
    expect(withChanges(...changes)).toBe(`changed role "Viewers": ${expected}`);
  });
});

test("kinds of object have their common names", () => {
  expect(["PersonalAPIKey", "FeatureFlag", "ErrorTrackingIssue", "x"].map(nounOf)).toEqual([
    "personal API key",
    "feature flag",
    "error tracking issue",
    "x",
  ]);
});

test("presets ask for existing kinds, and differ from a project's own", () => {
  for (const scopes of Object.values(presets)) {
    expect(knownScopes).toEqual(expect.arrayContaining([...scopes]));
    expect(new Set(scopes).size).toBe(scopes.length);
  }
  expect(concernsOrganization(undefined)).toBe(true);
  expect(concernsOrganization(presets.access)).toBe(true);
  expect(concernsOrganization(presets.flags)).toBe(false);
});
