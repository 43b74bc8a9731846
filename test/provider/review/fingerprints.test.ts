import type { LiveOrganization } from "../../../provider/access/liveOrganization";
import type { ReviewOptions } from "../../../provider/review/model";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { liveDomain, liveKey, liveMember, liveOrganization, liveRule } from "../../support/live";

/** Findings that rarely occur together. */
const situations: readonly { name: string; live: LiveOrganization; options?: ReviewOptions }[] = [
  {
    name: "keys",
    live: liveOrganization({
      keys: [
        liveKey({
          kind: "project",
          label: "Flags",
          owner: undefined,
          creatorLeft: true,
          creator: "eve@acme.com",
        }),
        liveKey({
          kind: "project",
          label: undefined,
          maskValue: "phs_...wxyz",
          owner: undefined,
          creatorLeft: true,
        }),
        liveKey({ owner: "gone@acme.com", label: "left" }),
        liveKey({ label: "unused", lastUsedAt: undefined }),
        liveKey({ label: undefined, lastUsedAt: "2026-02-01T00:00:00Z" }),
        liveKey({ label: "whole", scopes: ["*"] }),
        liveKey({ label: "wide", scopes: Array.from({ length: 12 }, (_, index) => `thing${index}:write`) }),
      ],
    }),
  },
  {
    name: "rules",
    live: liveOrganization({
      access: {
        projects: [
          { id: 1, name: "Production" },
          { id: 2, name: "Production" },
        ],
        rules: [
          liveRule("none"),
          liveRule("member", { member: "olga" }),
          liveRule("member", { member: "nobody" }),
          liveRule("viewer", { member: "otto", resource: "survey", projectId: 2 }),
          liveRule("member", { role: "Analysts" }),
          liveRule("member", { member: "ann" }),
          liveRule("member", { member: "bob" }),
          liveRule("member", { role: "Nobodies" }),
          liveRule("viewer", { role: "Analysts", resource: "annotation" }),
          liveRule("viewer", { member: "nobody", resource: "annotation" }),
          liveRule("viewer", { resource: "annotation" }),
        ],
        roles: [
          { id: "role-Analysts", name: "Analysts", userUuids: ["user-ann"] },
          { id: "role-Nobodies", name: "Nobodies", userUuids: [] },
        ],
      },
    }),
  },
  {
    name: "a plan without rules on roles",
    live: liveOrganization({
      access: {
        rules: [liveRule("none"), liveRule("member", { role: "Analysts" })],
        enforcesRoleRules: false,
      },
    }),
  },
  {
    name: "people",
    live: liveOrganization({
      members: [
        liveMember("ann", { has2fa: false, hasSocialAuth: false }),
        liveMember("eve@partner.example", { level: 8 }),
      ],
      domains: [liveDomain({ enforcement: "off" })],
      invites: [
        {
          id: "i1",
          email: "late@acme.com",
          level: 1,
          isExpired: true,
          createdAt: "2026-10-01T00:00:00Z",
        },
      ],
    }),
  },
  {
    name: "domains",
    live: liveOrganization({
      domains: [
        liveDomain({ domain: "one.com", isVerified: false }),
        liveDomain({ domain: "two.com", isVerified: false, enforcement: "off" }),
        liveDomain({ domain: "three.com", bypass: "the plan lacks sso_enforcement" }),
        liveDomain({ domain: "four.com", certificateExpiresAt: "2026-11-01T00:00:00Z" }),
        liveDomain({ domain: "five.com", certificateExpiresAt: "2026-11-20T20:00:00Z" }),
        liveDomain({ domain: "six.com", certificateExpiresAt: "2026-11-30T00:00:00Z" }),
      ],
    }),
  },
  {
    name: "grants of a matrix that end",
    live: liveOrganization({ domains: [] }),
    options: {
      endings: [
        { project: "production", projectId: 1, team: "data", role: "Analysts", until: "2026-11-25", days: 5 },
        { project: "production", projectId: 1, user: "bob@acme.com", until: "2026-11-21", days: 1 },
        { project: "production", until: "2026-11-20", days: 0, isDenial: true },
        { team: "data", role: "Analysts", user: "bob@acme.com", until: "2026-11-20", days: 0 },
      ],
    },
  },
];

/** The SARIF fingerprints of version 0.1.0, finding by finding. */
const recorded: Readonly<Record<string, readonly string[]>> = {
  keys: [
    "key-of-leaver 6227174d43b783a42ba0f2061e53bd15",
    "key-of-leaver 8db6fa5f96cf1fc4690452f348f81536",
    "key-of-leaver a5612378eab9558ad422c42dfe456445",
    "key-over-scoped bfe922043b656102199d2d2fc1b7d2c7",
    "key-over-scoped 4b7095f76a9c2b39a598323e6e9a27d8",
    "key-stale 8550d549905df9e342ba7ac729f587dc",
    "key-stale 2cd8f7a5a66b558f82839c9cce160b1d",
  ],
  rules: [
    "project-open-to-everybody e9a945b6ec65711946fd06e124fc9755",
    "rule-without-effect e6442d411456e694daff1ef27bb6f17b",
    "rule-without-effect 985d65a079d1a4a9d26763f5c48fb4e1",
    "rule-without-effect 1e29e2fec7d2ecf10b356db689fadbf4",
    "rule-without-effect baf6e84bcefdc90acaa2119a12247ab3",
    "rule-without-effect 89992d4ef79fe40306aedef2ab0373e9",
    "direct-grant-beside-role 6382af622521193b25659e5e2a4f9784",
    "direct-grant-beside-role dad4f0b862bff4879c8ce1bad4e9efe4",
    "role-without-members a1482754bae8391f301af484cfc66d34",
  ],
  "a plan without rules on roles": ["rule-without-effect 2396ca3a6a6e1127b857577f4efc4013"],
  people: [
    "sso-not-enforced 8491efb731b8ba26d9f6978a1a92c4f2",
    "member-outside-domains 85562766f65ed23d964a86b0de26df4a",
    "owners-too-few b752d9afe4a320829d9a9a387d1686d3",
    "invite-expired 6a1836a42b769c98959395f0448e8e8c",
  ],
  domains: [
    "sso-not-enforced 36fd610542ea407b9370eef76fde0e73",
    "sso-bypass 1257022a279ab8fd5ae469e71a388408",
    "domain-unverified 17dea4ad363ca5ae5fd762f0ae4d8e22",
    "saml-certificate-expiring fc8aa4d3d1fb7a76f7f2ab3333b52539",
    "member-outside-domains 1cdbc5860fb5533e7e4c81401698f3b9",
    "member-outside-domains ecd9ed2e508553257a8775bcb760cc46",
    "domain-unverified 27c59bcef9a1aa95e19e7a97ca9e0a0d",
    "saml-certificate-expiring fbb36fd9c0843c4eb4bfbfb0ff3598b4",
    "saml-certificate-expiring 3628cd403c9e2f82cfe6f3b15060f119",
    "member-outside-domains 81aad8145e495e859d9c8cb50ba52f1e",
    "member-outside-domains 420949552be487fce09c7028c553adca",
  ],
  "grants of a matrix that end": [
    "sso-not-enforced 4680ddd535b0d5a79b40320882cead19",
    "grant-ending ddc89c8a4fc4b6542a495ecb60708f6b",
    "grant-ending a3a8bb801cd186dcbeab49b69aec4a0c",
    "grant-ending 912f15093a56891d2e26af7d1d9f8be5",
    "grant-ending a22cd763c041bc4fe1bbbdb0697d9818",
  ],
};

test.each(situations)(
  "code scanning recognizes findings of version 0.1.0: $name",
  ({ name, live, options }) => {
    const found = reviewOrganization(live, options).findings;
    expect(found.map(({ rule, fingerprint }) => `${rule} ${fingerprint}`)).toEqual(recorded[name]);
  },
);
