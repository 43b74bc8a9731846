import type { ReviewOptions } from "../../../provider/review/model";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { reviewRules } from "../../../provider/review/rules";
import { liveDomain, liveKey, liveMember, liveOrganization, liveRule } from "../../support/live";

type Over = Parameters<typeof liveOrganization>[0];
type Case = [what: string, over: Over, found: string[], options?: ReviewOptions];

/** The findings of one rule as lines: severity and message. */
function found(rule: string, over: Over, options?: ReviewOptions): string[] {
  return reviewOrganization(liveOrganization(over), options)
    .findings.filter((finding) => finding.rule === rule)
    .map(({ severity, message }) => `${severity}: ${message}`);
}

const usual = [liveMember("olga", { level: 15 }), liveMember("otto", { level: 15 })];
const weak = { has2fa: false, hasSocialAuth: false };
const open = liveDomain({ enforcement: "off", bypass: "nothing is enforced" });
const owner = (name: string) => liveMember(name, { level: 15 });

test("an organization in order has no findings", () => {
  expect(reviewOrganization(liveOrganization()).findings).toEqual([]);
});

test("unread parts have no findings", () => {
  const unknown = {
    domains: undefined,
    invites: undefined,
    keys: undefined,
    members: [...usual, liveMember("guest@elsewhere.org")],
  };
  expect(reviewOrganization(liveOrganization(unknown)).findings).toEqual([]);
});

const cases: Record<string, Case[]> = {
  "sso-not-enforced": [
    [
      "a domain without enforcement",
      { domains: [open] },
      ["high: People of acme.com can sign in without single sign-on."],
    ],
    ["no domain at all", { domains: [] }, ["high: Nobody has to use single sign-on."]],
    ["a domain that enforces", {}, []],
  ],
  "sso-bypass": [
    [
      "enforcement that the plan ignores",
      { domains: [liveDomain({ bypass: 'the plan lacks "sso_enforcement"' })] },
      ["high: People of acme.com can bypass the enforced single sign-on."],
    ],
    [
      "an unverified domain, of which another rule speaks",
      { domains: [liveDomain({ isVerified: false, bypass: "not verified" })] },
      [],
    ],
    ["no enforcement, of which another rule speaks", { domains: [open] }, []],
  ],
  "domain-unverified": [
    [
      "a domain to come",
      { domains: [liveDomain({ isVerified: false, enforcement: "off" })] },
      ["medium: acme.com is not verified."],
    ],
    [
      "a domain that enforces on paper",
      { domains: [liveDomain({ isVerified: false })] },
      ["high: acme.com is not verified, so the single sign-on that it enforces has no effect."],
    ],
    ["a verified domain", {}, []],
  ],
  "identity-provider-leftover": [
    [
      "a provider that serves nobody",
      { leftovers: [{ kind: "unused", provider: "Okta", id: "1", holds: "SAML and SCIM" }] },
      ['medium: Identity provider "Okta" serves no domain, and still has SAML and SCIM.'],
    ],
    ["providers that serve someone", {}, []],
  ],
  "saml-certificate-expiring": [
    [
      "a certificate of the next days",
      { domains: [liveDomain({ certificateExpiresAt: "2026-11-30T13:00:00.000Z" })] },
      ["medium: The SAML certificate of acme.com expires in 10 days."],
    ],
    [
      "a certificate of the next hours",
      { domains: [liveDomain({ certificateExpiresAt: "2026-11-20T23:00:00.000Z" })] },
      ["medium: The SAML certificate of acme.com expires within a day."],
    ],
    [
      "one that has ended",
      { domains: [liveDomain({ certificateExpiresAt: "2026-11-20T12:00:00.000Z" })] },
      ["high: The SAML certificate of acme.com ended on 2026-11-20; PostHog still accepts it."],
    ],
    [
      "one that is further off than asked",
      { domains: [liveDomain({ certificateExpiresAt: "2026-11-30T13:00:00.000Z" })] },
      [],
      { thresholds: { certificateDays: 5 } },
    ],
    ["one that cannot be read", { domains: [liveDomain({ certificateExpiresAt: undefined })] }, []],
    [
      "a domain without SAML",
      { domains: [liveDomain({ samlConfigured: false, certificateExpiresAt: "2020-01-01T00:00:00.000Z" })] },
      [],
    ],
  ],
  "member-outside-domains": [
    [
      "a guest, and an admin of elsewhere",
      { members: [...usual, liveMember("guest@partner.org"), liveMember("root@partner.org", { level: 8 })] },
      [
        "high: root@partner.org is outside the company's domains.",
        "medium: guest@partner.org is outside the company's domains.",
      ],
    ],
    [
      "domains that are given",
      { members: [...usual, liveMember("guest@Partner.org")] },
      [],
      { companyDomains: ["acme.com", "PARTNER.org"] },
    ],
    [
      "no verified domain",
      { domains: [liveDomain({ isVerified: false })], members: [...usual, liveMember("guest@partner.org")] },
      [],
    ],
  ],
  "member-without-second-factor": [
    [
      "a password alone",
      {
        domains: [open],
        members: [
          owner("olga"),
          owner("otto"),
          liveMember("ann", weak),
          liveMember("root", { ...weak, level: 8 }),
        ],
      },
      [
        "high: root@acme.com signs in with a password alone.",
        "medium: ann@acme.com signs in with a password alone.",
      ],
    ],
    ["single sign-on that is enforced", { members: [...usual, liveMember("ann", weak)] }, []],
    [
      "a linked account",
      { domains: [open], members: [...usual, liveMember("ann", { ...weak, hasSocialAuth: true })] },
      [],
    ],
    [
      "two factors",
      { domains: [open], members: [...usual, liveMember("ann", { ...weak, has2fa: true })] },
      [],
    ],
    [
      "a server that does not tell",
      { domains: [open], members: [...usual, liveMember("ann", { has2fa: false })] },
      [],
    ],
    [
      "an organization that asks two of everybody",
      { domains: [open], enforces2fa: true, members: [...usual, liveMember("ann", weak)] },
      [],
    ],
  ],
  "owners-too-few": [
    [
      "one owner",
      { members: [owner("olga"), liveMember("ann")] },
      ["medium: The organization has only one owner."],
    ],
    [
      "no owner that is shown",
      { members: [liveMember("ann")] },
      ["medium: The organization has no visible owner."],
    ],
    ["two owners", {}, []],
  ],
  "owners-too-many": [
    [
      "more than asked for",
      {},
      ["medium: The organization has 2 owners; the recommended maximum is 1."],
      { thresholds: { mostOwners: 1 } },
    ],
    ["five", { members: ["a", "b", "c", "d", "e"].map(owner) }, []],
    [
      "six",
      { members: ["a", "b", "c", "d", "e", "f"].map(owner) },
      ["medium: The organization has 6 owners; the recommended maximum is 5."],
    ],
  ],
  "project-open-to-everybody": [
    [
      "production without a rule",
      { access: { rules: [] } },
      ["high: Everybody in the organization is an admin of Production."],
    ],
    [
      "another project without a rule",
      { access: { rules: [], projects: [{ id: 1, name: "Products" }] } },
      ["medium: Everybody in the organization is an admin of Products."],
    ],
    [
      "projects of one name",
      {
        access: {
          rules: [],
          projects: [
            { id: 1, name: "Lab" },
            { id: 2, name: "Lab" },
          ],
        },
      },
      [
        "medium: Everybody in the organization is an admin of Lab (1).",
        "medium: Everybody in the organization is an admin of Lab (2).",
      ],
    ],
    [
      "another project with members",
      { access: { rules: [liveRule("member")], projects: [{ id: 1, name: "Lab" }] } },
      ["low: Everybody in the organization is a member of Lab."],
    ],
    [
      "a plan that closes nothing",
      { access: { enforcesRules: false } },
      ["high: Everybody in the organization is a member of Production."],
    ],
    ["a closed project", {}, []],
  ],
  "direct-grant-beside-role": [
    [
      "a grant that the person's role gives too",
      {
        access: {
          rules: [
            liveRule("none"),
            liveRule("member", { member: "ann" }),
            liveRule("member", { role: "Analysts" }),
          ],
        },
      },
      ["low: ann@acme.com has member on Production directly, and role Analysts already grants it."],
    ],
    [
      "a denial",
      { access: { rules: [liveRule("none", { member: "bob" }), liveRule("none", { role: "Analysts" })] } },
      [],
    ],
    [
      "more than the role gives",
      {
        access: {
          rules: [
            liveRule("none"),
            liveRule("admin", { member: "ann" }),
            liveRule("member", { role: "Analysts" }),
          ],
        },
      },
      [],
    ],
    [
      "less than the role gives, where the own rule counts",
      {
        access: {
          mostSpecific: true,
          rules: [
            liveRule("none"),
            liveRule("member", { member: "ann" }),
            liveRule("admin", { role: "Analysts" }),
          ],
        },
      },
      [],
    ],
    [
      "rules on roles that the plan ignores",
      {
        access: {
          enforcesRoleRules: false,
          rules: [
            liveRule("none"),
            liveRule("member", { member: "ann" }),
            liveRule("member", { role: "Analysts" }),
          ],
        },
      },
      [],
    ],
  ],
  "rule-without-effect": [
    [
      "a rule for an owner",
      { access: { rules: [liveRule("none"), liveRule("member", { member: "olga" })] } },
      ["low: The rule that gives olga@acme.com member on Production has no effect."],
    ],
    [
      "a rule for someone who is gone",
      {
        access: {
          rules: [liveRule("none"), liveRule("editor", { member: "eve", resource: "warehouse_table" })],
        },
      },
      [
        "low: The rule that gives someone who is not in the organization editor of warehouse_table in Production has no effect.",
      ],
    ],
    [
      "a plan without enforcement, said once",
      { access: { enforcesRules: false, rules: [liveRule("none"), liveRule("member", { member: "ann" })] } },
      ["high: 2 access rules have no effect."],
    ],
    [
      "a plan without rules on roles, said once",
      {
        access: {
          enforcesRoleRules: false,
          rules: [liveRule("none"), liveRule("member", { role: "Analysts" })],
        },
      },
      ["medium: 1 access rule on roles has no effect."],
    ],
    [
      "a rule that decides",
      { access: { rules: [liveRule("none"), liveRule("member", { member: "ann" })] } },
      [],
    ],
  ],
  "role-without-members": [
    [
      "an empty role",
      {
        access: {
          roles: [{ id: "role-Ghosts", name: "Ghosts", userUuids: [] }],
          rules: [liveRule("none"), liveRule("member", { role: "Ghosts" })],
        },
      },
      ["low: Role Ghosts has no members."],
    ],
    ["a role with people", {}, []],
  ],
  "key-stale": [
    [
      "a key that rests",
      { keys: [liveKey({ lastUsedAt: "2026-05-01T00:00:00Z" })] },
      ["medium: API key CI of ann@acme.com was not used for 203 days."],
    ],
    [
      "a key that was never used",
      { keys: [liveKey({ kind: "project", owner: undefined, lastUsedAt: undefined })] },
      ["medium: Project key CI was never used."],
    ],
    [
      "a key of yesterday",
      { keys: [liveKey({ createdAt: "2026-11-19T00:00:00Z", lastUsedAt: undefined })] },
      [],
    ],
    [
      "a limit of its own",
      { keys: [liveKey({ lastUsedAt: "2026-05-01T00:00:00Z" })] },
      [],
      { thresholds: { unusedKeyDays: 365 } },
    ],
    [
      "a key of which no moment is told",
      { keys: [liveKey({ createdAt: undefined, lastUsedAt: undefined })] },
      [],
    ],
  ],
  "key-over-scoped": [
    [
      "a key for everything",
      { keys: [liveKey({ label: undefined, scopes: ["*"] })] },
      ["high: API key phx_...abcd of ann@acme.com can do everything that its owner can."],
    ],
    [
      "a key that writes much",
      { keys: [liveKey({ scopes: ["action:write", "cohort:write", "insight:read"] })] },
      ["medium: API key CI of ann@acme.com can write 2 types of objects."],
      { thresholds: { mostWriteScopes: 1 } },
    ],
    [
      "a key that reads much",
      { keys: [liveKey({ scopes: Array.from({ length: 40 }, (_, at) => `thing_${at}:read`) })] },
      [],
    ],
  ],
  "key-of-leaver": [
    [
      "a key of someone who left",
      { keys: [liveKey({ owner: "eve@acme.com" })] },
      ["high: API key CI of eve@acme.com belongs to someone outside the organization."],
    ],
    ["a key of someone with other capitals", { keys: [liveKey({ owner: "Ann@Acme.com" })] }, []],
    ["a key of nobody knows whom", { keys: [liveKey({ owner: undefined })] }, []],
    ["a project's key", { keys: [liveKey({ kind: "project", owner: undefined })] }, []],
  ],
  "invite-expired": [
    [
      "an invite of long ago",
      {
        invites: [
          { id: "1", email: "new@acme.com", level: 1, isExpired: true, createdAt: "2026-10-01T00:00:00Z" },
        ],
      },
      ["low: The invite of new@acme.com has expired."],
    ],
    [
      "an invite that is open",
      { invites: [{ id: "1", email: "new@acme.com", level: 1, isExpired: false }] },
      [],
    ],
  ],
  "grant-ending": [
    [
      "a denial, with an end that the team takes over",
      {},
      ["low: The denial for Analysts in production ends in 1 day."],
      {
        endings: [
          {
            project: "production",
            projectId: 1,
            team: "Analysts",
            role: "Analysts",
            until: "2026-11-21",
            days: 1,
            isDenial: true,
            inheritedFrom: "defaults.production.until (line 4)",
          },
        ],
      },
    ],
    [
      "a project and a place in a team",
      {},
      [
        "low: Access of Analysts to production ends in 1 day.",
        "low: bob@acme.com's membership of Analysts ends today.",
      ],
      {
        endings: [
          {
            project: "production",
            projectId: 1,
            team: "Analysts",
            role: "Analysts",
            until: "2026-11-21",
            days: 1,
          },
          { team: "Analysts", user: "bob@acme.com", until: "2026-11-20", days: 0, reason: "migration" },
        ],
      },
    ],
    ["a review without a matrix", {}, []],
  ],
};

describe.each(Object.entries(cases))("the rule %s", (rule, table) => {
  test.each(table)("checks %s", (...[, over, expected, options]) => {
    expect(found(rule, over, options)).toEqual(expected);
  });

  test("has cases with and without a finding", () => {
    expect(table.some(([, , expected]) => expected.length > 0)).toBe(true);
    expect(table.some(([, , expected]) => expected.length === 0)).toBe(true);
  });
});

test("every rule is tested, has a unique name, and explains why it matters", () => {
  const ids = reviewRules.map(({ id }) => id);
  expect([...ids].sort()).toEqual(Object.keys(cases).sort());
  for (const { id, title, help } of reviewRules) {
    expect(id).toMatch(/^[a-z][a-z0-9-]+$/);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
  }
});
