import type { Connection } from "../../posthog/connection";
import { type Domain, listDomains, requireDomain, updateDomain } from "../../posthog/domains";
import { exclusive } from "../../posthog/exclusive";
import {
  createIdentityProvider,
  deleteIdentityProvider,
  type IdentityProvider,
  listIdentityProviders,
  updateIdentityProvider,
} from "../../posthog/identityProviders";
import type { Generation, Protocol } from "../../snapshot/signOn";
import type { IdentityProviderMetadata } from "../../sso/metadata";

/**
 * Runs a change that depends on how people of some domain can sign in, one at a time: the settings of a provider and
 * the enforcement of a domain decide it together.
 */
export function changeSignOn<T>(connection: Connection, change: () => Promise<T>): Promise<T> {
  return exclusive(connection, { lists: ["domains", "identity-providers"] }, change);
}

type SamlFields = Pick<Domain, "saml_entity_id" | "saml_acs_url" | "saml_x509_cert">;

/** SAML values in PostHog's form; undefined removes them. */
export const samlToApi = (saml: IdentityProviderMetadata | undefined): SamlFields => ({
  saml_entity_id: saml?.entityId ?? null,
  saml_acs_url: saml?.ssoUrl ?? null,
  saml_x509_cert: saml?.x509Cert ?? null,
});

/** A provider object to create. */
export interface NewProvider {
  readonly generation: Generation;
  readonly name: string;
  readonly protocol: Protocol;
  readonly domains: readonly Domain[];
}

/** Creates a provider object. On `linked` servers it has no domains until `linkDomains` has linked them. */
export function createProvider(
  connection: Connection,
  wanted: NewProvider,
  fields: Readonly<Record<string, unknown>>,
): Promise<IdentityProvider> {
  return createIdentityProvider(connection, { name: wanted.name, ...scopeFields(wanted), ...fields });
}

/** The fields for a provider's protocol and domains; on `linked` servers they are on the domains. */
export function scopeFields({ generation, protocol, domains }: NewProvider): Record<string, unknown> {
  if (generation === "linked") return {};
  // PostHog cannot delete a provider without a feature scope, so servers that support the scope always get one.
  return { config_scope: protocol, ...domainFields(domains.map(({ id }) => id)) };
}

/** The fields for the domains that a provider lists. */
export const domainFields = (ids: readonly string[]): Record<string, unknown> => ({
  domain_scope: "selected",
  organization_domain_ids: ids,
});

/** On `linked` servers, links exactly these domains to the provider. */
export async function linkDomains(
  connection: Connection,
  provider: IdentityProvider,
  wanted: readonly Domain[],
): Promise<void> {
  const ids = new Set(wanted.map(({ id }) => id));
  const leaving: Domain[] = [];
  for (const domain of await listDomains(connection)) {
    const linked = domain.identity_provider_config === provider.id;
    if (linked === ids.has(domain.id)) continue;
    if (linked) leaving.push(domain);
    else await updateDomain(connection, domain, { identity_provider_config: provider.id });
  }
  await unlink(connection, provider, leaving);
}

/**
 * Removes a provider object and the links to it. On `linked` servers its settings are cleared first: each of its
 * domains has a copy of them, and PostHog creates a new provider from the copy once the domain has no link.
 */
export async function removeProvider(connection: Connection, provider: IdentityProvider): Promise<void> {
  const isScoped = "config_scope" in provider;
  const isUnscoped = isScoped && provider.config_scope == null;
  const fields = isScoped ? (isUnscoped ? { config_scope: "saml" } : {}) : clearingFields(provider);
  const cleared =
    Object.keys(fields).length === 0
      ? provider
      : await updateIdentityProvider(connection, provider.id, fields);
  if (!isScoped) await linkDomains(connection, cleared, []);
  await deleteIdentityProvider(connection, provider.id);
}

/**
 * On `linked` servers, clears the copy of a deleted provider's settings that a domain without a link still has, so that
 * PostHog does not create a new provider from it when the domain changes.
 */
export async function clearCopy(connection: Connection, domain: Domain): Promise<Domain> {
  if (!("identity_provider_config" in domain) || domain.identity_provider_config != null) return domain;
  if (Object.keys(clearingFields(domain)).length === 0) return domain;
  await unlink(connection, domain, [domain]);
  return requireDomain(connection, domain.id);
}

/**
 * Unlinks domains from a provider. If it has settings, a provider without any replaces it briefly, so that the domains
 * keep no copy.
 *
 * @param held the provider, or the domain that still has a copy of it.
 */
async function unlink(
  connection: Connection,
  existing: IdentityProvider | Domain,
  leaving: readonly Domain[],
): Promise<void> {
  // The id in the name separates runs that do this at the same time; an earlier run may have stopped midway.
  const name = `Without settings, to unlink domains of ${existing.id}`;
  const earlier = (await listIdentityProviders(connection))?.find((provider) => provider.name === name);
  const isCopied = leaving.length > 0 && Object.keys(clearingFields(existing)).length > 0;
  const placeholder = earlier ?? (isCopied ? await createIdentityProvider(connection, { name }) : undefined);
  const stuck = (await listDomains(connection)).filter(
    ({ identity_provider_config: link }) => link != null && link === placeholder?.id,
  );
  for (const domain of isCopied && placeholder !== undefined ? leaving : []) {
    await updateDomain(connection, domain, { identity_provider_config: placeholder?.id });
  }
  for (const domain of [...stuck, ...leaving]) {
    await updateDomain(connection, domain, { identity_provider_config: null });
  }
  if (placeholder !== undefined) await deleteIdentityProvider(connection, placeholder.id);
}

const noSettings: Readonly<Record<string, unknown>> = {
  saml_entity_id: null,
  saml_acs_url: null,
  saml_x509_cert: null,
  scim_enabled: false,
  id_jag_issuer_url: null,
  id_jag_jwks_url: null,
  id_jag_allowed_clients: [],
};

/** The fields that clear the settings of a provider or a domain. */
function clearingFields(existing: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isSet = (value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
  return Object.fromEntries(Object.entries(noSettings).filter(([field]) => isSet(existing[field])));
}

/** The relevant part of a response to switching SCIM on or off. */
interface ScimAnswer {
  readonly scim_bearer_token?: string | null;
}

/**
 * Switches SCIM on or off, and returns the token if it is on. PostHog shows the token once: if that response was lost,
 * SCIM is switched off and on again to get another token, because nobody has the first.
 */
export async function switchScim(
  enabled: boolean,
  send: (enabled: boolean) => Promise<ScimAnswer>,
): Promise<string | undefined> {
  const answer = await send(enabled);
  return enabled ? tokenOf(answer, send) : undefined;
}

/** The token from the response that switched SCIM on, or a new one if the response has none. */
export async function tokenOf(
  answer: ScimAnswer,
  send: (enabled: boolean) => Promise<ScimAnswer>,
): Promise<string | undefined> {
  if (answer.scim_bearer_token != null) return answer.scim_bearer_token;
  await send(false);
  return (await send(true)).scim_bearer_token ?? undefined;
}
