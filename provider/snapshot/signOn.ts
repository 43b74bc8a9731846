import type { Connection } from "../posthog/connection";
import { type Domain, listDomains, requireDomain } from "../posthog/domains";
import { type IdentityProvider, listIdentityProviders } from "../posthog/identityProviders";
import { getInstance } from "../posthog/instance";
import type { IdentityProviderMetadata } from "../sso/metadata";

/**
 * Where a server stores SAML and SCIM settings: on the domain itself (`inline`, until early 2026), on one provider that
 * domains link to (`linked`), or on one provider per protocol that lists its domains (`scoped`).
 */
export type Generation = "inline" | "linked" | "scoped";

/** What an identity provider does for a domain: SAML signs people in, SCIM provisions them. */
export type Protocol = "saml" | "scim";

/** Both protocols, in the order in which they are set up. */
export const protocols: readonly Protocol[] = ["saml", "scim"];

/** The objects behind an identity provider: one per protocol, or one for both. */
export interface ProviderPair {
  readonly saml?: IdentityProvider;
  readonly scim?: IdentityProvider;
}

/** The sign-on settings of a domain, or of a provider's domains, wherever the server stores them. */
export interface SignOn {
  readonly saml: Partial<IdentityProviderMetadata>;
  /**
   * The RelayState that the identity provider has to send back; missing if each domain has its own, or none exists yet.
   */
  readonly relayState?: string;
  /** The RelayState of each domain. */
  readonly relayStates: Readonly<Record<string, string>>;
  readonly scimEnabled: boolean;
  readonly scimBaseUrl?: string;
  /** The provider objects behind it; none on the oldest servers. */
  readonly providers: ProviderPair;
}

/** Derives the generation from a domain's own fields, which every server returns. */
export function generationOf(domain: Domain): Generation {
  if ("identity_provider_config" in domain) return "linked";
  return "saml_entity_id" in domain ? "inline" : "scoped";
}

/** The server's generation; undefined until it has a domain or a provider that shows it. */
export async function serverGeneration(connection: Connection): Promise<Generation | undefined> {
  const providers = await listIdentityProviders(connection);
  if (providers === undefined) return "inline";
  const [domain] = await listDomains(connection);
  if (domain !== undefined) return generationOf(domain);
  const [provider] = providers;
  if (provider === undefined) return undefined;
  return "config_scope" in provider ? "scoped" : "linked";
}

/** The SAML values of a domain or provider. */
export const samlOf = (
  fields: Pick<Domain, "saml_entity_id" | "saml_acs_url" | "saml_x509_cert"> | undefined,
): Partial<IdentityProviderMetadata> => ({
  entityId: fields?.saml_entity_id || undefined,
  ssoUrl: fields?.saml_acs_url || undefined,
  x509Cert: fields?.saml_x509_cert || undefined,
});

/** Whether every value that SAML needs is set. */
export const isComplete = ({ entityId, ssoUrl, x509Cert }: Partial<IdentityProviderMetadata>): boolean =>
  entityId !== undefined && ssoUrl !== undefined && x509Cert !== undefined;

/** Whether a provider object serves a protocol; one without a feature scope serves both. */
export function isFor(provider: IdentityProvider, protocol: Protocol): boolean {
  if (provider.config_scope != null) return provider.config_scope === protocol;
  return protocol === "saml" ? isComplete(samlOf(provider)) : provider.scim_enabled === true;
}

/** Whether people of the domain sign in through this provider. */
export function serves(provider: IdentityProvider, domain: Domain): boolean {
  return (
    domain.identity_provider_config === provider.id ||
    provider.domain_scope === "all" ||
    (provider.organization_domain_ids ?? []).includes(domain.id)
  );
}

/**
 * Whether the server says that people of the domain can sign in by a way that can be enforced. SAML has its own values
 * to decide by; for external accounts not every server says. A server that does not show OpenID Connect does not
 * support it.
 */
export async function hasWay(
  connection: Connection,
  domain: Domain,
  enforcement: string,
): Promise<boolean | undefined> {
  if (enforcement === "off" || enforcement === "saml") return undefined;
  const ways = (await getInstance(connection))?.available_social_auth_providers;
  if (enforcement !== "oidc" || ways?.oidc === true) return ways?.[enforcement];
  const providers = (await listIdentityProviders(connection)) ?? [];
  return providers.some((provider) => provider.has_oidc === true && serves(provider, domain));
}

/** Reads a domain's sign-on settings, as the run currently knows them. */
export async function readSignOn(connection: Connection, { id }: Domain): Promise<SignOn> {
  const domain = await requireDomain(connection, id);
  if (generationOf(domain) === "inline") {
    return {
      saml: samlOf(domain),
      relayState: domain.id,
      relayStates: { [domain.domain]: domain.id },
      scimEnabled: domain.scim_enabled === true,
      scimBaseUrl: domain.scim_base_url ?? undefined,
      providers: {},
    };
  }
  const here = ((await listIdentityProviders(connection)) ?? []).filter((one) => serves(one, domain));
  return signOnOf(pairAmong(here), [domain]);
}

/** The object for each protocol among the providers of a domain; on `linked` servers one object serves both. */
function pairAmong(providers: readonly IdentityProvider[]): ProviderPair {
  const providerFor = (protocol: Protocol): IdentityProvider | undefined =>
    providers.find((provider) => !("config_scope" in provider)) ??
    providers.find(({ config_scope }) => config_scope === protocol) ??
    providers.find((provider) => isFor(provider, protocol));
  return { saml: providerFor("saml"), scim: providerFor("scim") };
}

/** The sign-on settings that a pair of provider objects has for these domains. */
export function signOnOf(providers: ProviderPair, domains: readonly Domain[]): SignOn {
  const { saml, scim } = providers;
  const own = saml !== undefined && "config_scope" in saml ? saml.saml_relay_state : undefined;
  const relays = domains.flatMap((domain) => {
    // Only the newest servers have a RelayState for the provider, and they do not accept those of the domains.
    const relay = generationOf(domain) === "scoped" ? own : domain.id;
    return relay == null ? [] : [[domain.domain, relay] as const];
  });
  const different = [...new Set(relays.map(([, relay]) => relay))];
  const only = domains.length === 1 ? domains[0] : undefined;
  return {
    saml: samlOf(saml),
    relayState: own ?? (different.length === 1 ? different[0] : undefined),
    relayStates: Object.fromEntries(relays),
    scimEnabled: scim?.scim_enabled === true,
    scimBaseUrl: scim?.scim_base_url ?? only?.scim_base_url ?? undefined,
    providers,
  };
}
