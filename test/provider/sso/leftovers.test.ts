import {
  type DomainFacts,
  leftoverFix,
  leftoverMessage,
  leftoversAmong,
  type ProviderFacts,
} from "../../../provider/sso/leftovers";

const saml = { entityId: "https://idp.test", ssoUrl: "https://idp.test/sso", x509Cert: "MII" };

function provider(name: string, over: Partial<ProviderFacts> = {}): ProviderFacts {
  return { id: `id of ${name}`, name, saml, scimEnabled: false, domains: [], isLinked: true, ...over };
}

const messagesOf = (providers: ProviderFacts[], domains: DomainFacts[] = []): string[] =>
  leftoversAmong(providers, domains).map(leftoverMessage);

test.each<[string, ProviderFacts[], string[]]>([
  [
    "a provider with SAML and SCIM that serves nobody",
    [provider("Okta", { scimEnabled: true })],
    ['Identity provider "Okta" serves no domain, and still has SAML and SCIM.'],
  ],
  [
    "one with SCIM alone, on any server",
    [provider("Okta", { saml: {}, scimEnabled: true, isLinked: false })],
    ['Identity provider "Okta" serves no domain, and still has SCIM.'],
  ],
  [
    "a copy of another one",
    [provider("Okta", { domains: ["acme.de"] }), provider("acme.com", { domains: ["acme.com"] })],
    ['Identity provider "acme.com" is a copy of "Okta": people of acme.com still sign in through it.'],
  ],
  [
    "one that is named after its domain",
    [
      provider("Okta", { domains: ["acme.de"], saml: { ...saml, entityId: "https://other.test" } }),
      provider("acme.com", { domains: ["acme.com"] }),
    ],
    [
      'Identity provider "acme.com" is named after its domain, as PostHog names those that it makes out of a removed one.',
    ],
  ],
])("%s is left over", (_, providers, messages) => expect(messagesOf(providers)).toEqual(messages));

test.each<[string, ProviderFacts[]]>([
  ["a provider that serves a domain", [provider("Okta", { domains: ["acme.com"] })]],
  ["one without settings", [provider("Okta", { saml: {} })]],
  ["one whose SAML is not complete", [provider("Okta", { saml: { entityId: "https://idp.test" } })]],
  [
    "one named after another domain than its own",
    [provider("acme.com", { domains: ["acme.de"] }), provider("Okta", { domains: ["acme.com"] })],
  ],
  [
    "one named after its domain on a server that makes no copies",
    [provider("acme.com", { domains: ["acme.com"], isLinked: false })],
  ],
])("%s is not", (_, providers) => expect(messagesOf(providers)).toEqual([]));

test("a domain that holds the settings of a deleted provider is left over", () => {
  const domains = [
    { domain: "acme.com", isOrphaned: true },
    { domain: "acme.de", isOrphaned: false },
  ];
  expect(messagesOf([], domains)).toEqual([
    "acme.com still holds the settings of an identity provider that was deleted: the next change of the domain brings that back.",
  ]);
});

test("every kind shows how to remove it, in the right order", () => {
  const kinds = [
    { kind: "unused", provider: "Okta", id: "1", holds: "SAML" },
    { kind: "copy", provider: "acme.com", id: "2", original: "Okta" },
    { kind: "namesake", provider: "acme.com", id: "2" },
  ] as const;
  for (const leftover of kinds) {
    expect(leftoverFix(leftover)).toMatch(/clear its SAML values .* first, then unlink .*, then delete it/);
  }
  expect(leftoverFix({ kind: "settings", domain: "acme.com" })).toMatch(/neither SAML nor SCIM/);
});
