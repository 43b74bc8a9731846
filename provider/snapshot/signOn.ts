import type { Connection } from "../posthog/connection";
import { type Domain, listDomains, requireDomain } from "../posthog/domains";
import { type IdentityProvider, listIdentityProviders } from "../posthog/identityProviders";
import { getInstance } from "../posthog/instance";
import type { IdentityProviderMetadata } from "../sso/metadata";

/**
 * Where a server keeps SAML and SCIM settings: on the domain itself (`inline`, to early 2026), on one provider that
 * domains link (`linked`), or on one provider for each protocol that lists its domains (`scoped`).
 */
export type Generation = "inline" | "linked" | "scoped";

/** What an identity provider can do for a domain. */
export type Protocol = "saml" | "scim";

/** Both protocols, in the order in which they are set up. */
export const protocols: readonly Protocol[] = ["saml", "scim"];

/** The objects behind an identity provider: one for each protocol, or one for both. */
export interface ProviderPair {
  readonly saml?: IdentityProvider;
  readonly scim?: IdentityProvider;
}

/** The sign-on settings of a domain, or of the domains of a provider, wherever the server keeps them. */
export interface SignOn {
  readonly saml: Partial<IdentityProviderMetadata>;
  /** What the identity provider has to send back as RelayState; missing if each domain has its own, or none exists yet. */
  readonly relayState?: string;
  /** The same for each domain. */
  readonly relayStates: Readonly<Record<string, string>>;
  readonly scimEnabled: boolean;
  readonly scimBaseUrl?: string;
  /** The provider objects behind it; none on the oldest servers. */
  readonly providers: ProviderPair;
}

/** A domain's own fields show the generation: every server answers with them. */
export function generationOf(domain: Domain): Generation {
  if ("identity_provider_config" in domain) return "linked";
  return "saml_entity_id" in domain ? "inline" : "scoped";
}

/** The server's generation; undefined while it has neither a domain nor a provider that shows it. */
export async function serverGeneration(connection: Connection): Promise<Generation | undefined> {
  const providers = await listIdentityProviders(connection);
  if (providers === undefined) return "inline";
  const [domain] = await listDomains(connection);
  if (domain !== undefined) return generationOf(domain);
  const [provider] = providers;
  if (provider === undefined) return undefined;
  return "config_scope" in provider ? "scoped" : "linked";
}

/** The SAML values that a domain or provider holds. */
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

/** Whether a provider object is the one for a protocol; one without a feature scope is for all that it has. */
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
 * Whether people of the domain can sign in by a way that it may be held to, as the server says. SAML has values of its own
 * to judge by; of accounts of elsewhere not every server says. A server that does not show OpenID Connect knows none.
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

/** Reads a domain's sign-on settings, as the run knows them by now. */
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

/** The object for each protocol among the providers of a domain; the one that `linked` servers have is for both. */
function pairAmong(providers: readonly IdentityProvider[]): ProviderPair {
  const providerFor = (protocol: Protocol): IdentityProvider | undefined =>
    providers.find((provider) => !("config_scope" in provider)) ??
    providers.find(({ config_scope }) => config_scope === protocol) ??
    providers.find((provider) => isFor(provider, protocol));
  return { saml: providerFor("saml"), scim: providerFor("scim") };
}

/** The sign-on settings that a pair of provider objects holds for these domains. */
export function signOnOf(providers: ProviderPair, domains: readonly Domain[]): SignOn {
  const { saml, scim } = providers;
  const own = saml !== undefined && "config_scope" in saml ? saml.saml_relay_state : undefined;
  const relays = domains.flatMap((domain) => {
    // Only the newest servers have one for the provider, and it takes none of the domains' there.
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
