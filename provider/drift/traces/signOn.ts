import { type ResourceTraces, type Seen, type Trace, type Tracer, textOf, texts } from "./trace";

const samlFields = ["saml_entity_id", "saml_acs_url", "saml_x509_cert"];
const scimFields = ["scim_enabled", "scim_bearer_token"];

const domainId = ({ id, state }: Seen): string[] => texts(textOf(state, "domainId") ?? id);

/** The words for a domain's fields in the log of newer servers (PostHog: activity log). */
const words: ReadonlyMap<string, string> = new Map([
  ["jit_provisioning_enabled", "just-in-time provisioning"],
  ["sso_enforcement", "SSO enforcement"],
  ["saml_entity_id", "SAML entity ID"],
  ["saml_acs_url", "SAML ACS URL"],
  ["saml_x509_cert", "SAML X.509 certificate"],
  ["scim_enabled", "SCIM provisioning"],
]);

const ofDomain = (seen: Seen, fields: readonly string[], after?: readonly unknown[]): Trace => ({
  scope: "OrganizationDomain",
  activities: ["updated"],
  itemIds: domainId(seen),
  fields: fields.flatMap((field) => [field, ...texts(words.get(field))]),
  ...(after === undefined ? {} : { after }),
});

/** Older servers store SAML and SCIM with the domain, newer ones in separate objects. */
const ofProvider = (itemIds: readonly string[], fields: readonly string[]): Trace[] =>
  itemIds.length === 0
    ? []
    : [
        { scope: "IdentityProviderConfig", activities: ["updated"], itemIds, fields },
        { scope: "IdentityProviderConfig", activities: ["created", "deleted"], itemIds, isIndirect: true },
      ];

const providerIds = ({ id, state }: Seen, name: string): string[] =>
  texts(textOf(state, name), textOf(state, "domainId") === undefined ? id : undefined);

const enforcement: Tracer = (seen) => {
  const off = seen.actual === "off" || seen.actual === undefined;
  return [ofDomain(seen, ["sso_enforcement"], off ? [null, ""] : [seen.actual])];
};

const domain = {
  domain: (seen) => [ofDomain(seen, ["domain"], [seen.actual])],
  enforcement,
  jitProvisioning: (seen) => [ofDomain(seen, ["jit_provisioning_enabled"], [seen.actual])],
  waitForVerification: "local",
} as const satisfies Record<string, Tracer | "local">;

const domainGone: Tracer = (seen) => [
  { scope: "OrganizationDomain", activities: ["deleted"], itemIds: domainId(seen) },
];

// If there is a provider object, it is the usual place.
const saml: Tracer = (seen) => [
  ...ofProvider(providerIds(seen, "samlProviderId"), samlFields),
  ofDomain(seen, samlFields),
];
const scim: Tracer = (seen) => [
  ...ofProvider(providerIds(seen, "scimProviderId"), scimFields),
  ofDomain(seen, scimFields),
];

export const orgSsoSettings: ResourceTraces = {
  gone: domainGone,
  properties: { ...domain, saml, scim },
};

export const organizationDomain: ResourceTraces = {
  gone: domainGone,
  properties: { ...domain, signInOnly: "local" },
};

const bothProviders = (seen: Seen): string[] => [
  ...new Set([seen.id, ...providerIds(seen, "samlProviderId"), ...providerIds(seen, "scimProviderId")]),
];

export const identityProvider: ResourceTraces = {
  gone: (seen) => [
    { scope: "IdentityProviderConfig", activities: ["deleted"], itemIds: bothProviders(seen) },
  ],
  properties: {
    name: (seen) => [
      {
        scope: "IdentityProviderConfig",
        activities: ["updated"],
        itemIds: bothProviders(seen),
        fields: ["name"],
        after: [seen.actual],
      },
    ],
    domains: (seen) =>
      ofProvider(bothProviders(seen), ["domains", "organization_domain_ids", "domain_scope"]),
    saml: (seen) => ofProvider(bothProviders(seen), samlFields),
    scim: (seen) => ofProvider(bothProviders(seen), scimFields),
  },
};
