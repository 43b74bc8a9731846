import type { Leftover } from "../access/liveOrganization";

interface SamlValues {
  readonly entityId?: string;
  readonly ssoUrl?: string;
  readonly x509Cert?: string;
}

/** What decides whether an identity provider is left over. */
export interface ProviderFacts {
  readonly id: string;
  readonly name: string;
  readonly saml: SamlValues;
  readonly scimEnabled: boolean;
  /** The domains that it serves. */
  readonly domains: readonly string[];
  /** Whether domains link to it and keep a copy of its settings, as on servers of mid 2026. */
  readonly isLinked: boolean;
}

/** What decides whether a domain has leftover settings. */
export interface DomainFacts {
  readonly domain: string;
  /** Whether it has its own SAML or SCIM settings, and no provider. */
  readonly isOrphaned: boolean;
}

/** The leftovers among an organization's providers and domains. */
export function leftoversAmong(
  providers: readonly ProviderFacts[],
  domains: readonly DomainFacts[],
): Leftover[] {
  const found = providers.flatMap((provider): Leftover[] => {
    const { id, name, saml, scimEnabled, isLinked } = provider;
    const holds = [...(isComplete(saml) ? ["SAML"] : []), ...(scimEnabled ? ["SCIM"] : [])].join(" and ");
    if (holds === "") return [];
    if (provider.domains.length === 0) return [{ kind: "unused", provider: name, id, holds }];
    if (!isLinked || !provider.domains.includes(name)) return [];
    const original = providers.find((other) => other.id !== id && isSameSaml(other.saml, saml));
    return original === undefined
      ? [{ kind: "namesake", provider: name, id }]
      : [{ kind: "copy", provider: name, id, original: original.name }];
  });
  const orphaned = domains.filter(({ isOrphaned }) => isOrphaned);
  return [...found, ...orphaned.map(({ domain }): Leftover => ({ kind: "settings", domain }))];
}

const isComplete = ({ entityId, ssoUrl, x509Cert }: SamlValues): boolean =>
  entityId !== undefined && ssoUrl !== undefined && x509Cert !== undefined;

const isSameSaml = (left: SamlValues, right: SamlValues): boolean =>
  isComplete(left) &&
  left.entityId === right.entityId &&
  left.ssoUrl === right.ssoUrl &&
  left.x509Cert === right.x509Cert;

/** The leftover, in one sentence. */
export function leftoverMessage(leftover: Leftover): string {
  switch (leftover.kind) {
    case "unused":
      return `Identity provider "${leftover.provider}" serves no domain, and still has ${leftover.holds}.`;
    case "copy":
      return `Identity provider "${leftover.provider}" is a copy of "${leftover.original}": people of ${leftover.provider} still sign in through it.`;
    case "namesake":
      return `Identity provider "${leftover.provider}" is named after its domain, as PostHog names those that it makes out of a removed one.`;
    case "settings":
      return `${leftover.domain} still holds the settings of an identity provider that was deleted: the next change of the domain brings that back.`;
  }
}

/** How to remove it. */
export function leftoverFix(leftover: Leftover): string {
  if (leftover.kind === "settings") {
    return "Link the domain with an identity provider that has neither SAML nor SCIM, and unlink it again. OrgSsoSettings and OrganizationDomain do this before they change a domain.";
  }
  const steps =
    "clear its SAML values and switch SCIM off first, then unlink its domains, then delete it: in another order PostHog makes a new one out of what its domains hold";
  return leftover.kind === "namesake"
    ? `Keep it if it was set up on purpose, such as by OrgSsoSettings. Otherwise ${steps}.`
    : `If nobody needs it, ${steps}.`;
}
