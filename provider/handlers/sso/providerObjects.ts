import type { Connection } from "../../posthog/connection";
import { type Domain, listDomains, requireDomain, updateDomain } from "../../posthog/domains";
import {
  createIdentityProvider,
  deleteIdentityProvider,
  type IdentityProvider,
  listIdentityProviders,
  updateIdentityProvider,
} from "../../posthog/identityProviders";
import type { Generation, Protocol } from "../../snapshot/signOn";
import type { IdentityProviderMetadata } from "../../sso/metadata";

type SamlFields = Pick<Domain, "saml_entity_id" | "saml_acs_url" | "saml_x509_cert">;

/** SAML values in PostHog's words; undefined takes them away. */
export const samlToApi = (saml: IdentityProviderMetadata | undefined): SamlFields => ({
  saml_entity_id: saml?.entityId ?? null,
  saml_acs_url: saml?.ssoUrl ?? null,
  saml_x509_cert: saml?.x509Cert ?? null,
});

/** A provider object that is about to be made. */
export interface NewProvider {
  readonly generation: Generation;
  readonly name: string;
  readonly protocol: Protocol;
  readonly domains: readonly Domain[];
}

/** Makes a provider object. On `linked` servers it serves nobody until `serveDomains` has linked it. */
export function createProvider(
  connection: Connection,
  wanted: NewProvider,
  fields: Readonly<Record<string, unknown>>,
): Promise<IdentityProvider> {
  return createIdentityProvider(connection, { name: wanted.name, ...placeOf(wanted), ...fields });
}

/** What a provider is for, and for which domains, in PostHog's words; on `linked` servers the domains say that. */
export function placeOf({ generation, protocol, domains }: NewProvider): Record<string, unknown> {
  if (generation === "linked") return {};
  // A provider without a feature scope cannot be deleted again, so it is always sent where the server knows it.
  return { config_scope: protocol, ...listed(domains.map(({ id }) => id)) };
}

/** Which domains a provider lists, in PostHog's words. */
export const listed = (ids: readonly string[]): Record<string, unknown> => ({
  domain_scope: "selected",
  organization_domain_ids: ids,
});

/** On `linked` servers, links these domains with the provider and no others. */
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
 * Removes a provider object, and with it the links to it. On `linked` servers it is emptied first: each of its domains
 * has a copy of its settings, of which PostHog makes a new provider once the domain has no link.
 */
export async function removeProvider(connection: Connection, provider: IdentityProvider): Promise<void> {
  const isScoped = "config_scope" in provider;
  const unscoped = isScoped && provider.config_scope == null;
  const fields = isScoped ? (unscoped ? { config_scope: "saml" } : {}) : emptying(provider);
  const empty =
    Object.keys(fields).length === 0
      ? provider
      : await updateIdentityProvider(connection, provider.id, fields);
  if (!isScoped) await linkDomains(connection, empty, []);
  await deleteIdentityProvider(connection, provider.id);
}

/**
 * On `linked` servers, clears what a domain without a link still holds of a provider that was deleted, so that PostHog
 * does not make a new one of it when the domain is changed.
 */
export async function clearCopy(connection: Connection, domain: Domain): Promise<Domain> {
  if (!("identity_provider_config" in domain) || domain.identity_provider_config != null) return domain;
  if (Object.keys(emptying(domain)).length === 0) return domain;
  await unlink(connection, domain, [domain]);
  return requireDomain(connection, domain.id);
}

/**
 * Takes domains off a provider. Where that has settings, a provider without any takes its place for a moment, so that
 * the domains keep no copy.
 *
 * @param held the provider, or the domain that has outlived it.
 */
async function unlink(
  connection: Connection,
  held: IdentityProvider | Domain,
  leaving: readonly Domain[],
): Promise<void> {
  // The id in it tells apart the runs that do this at the same time; an earlier run may have ended in between.
  const name = `Without settings, to unlink domains of ${held.id}`;
  const earlier = (await listIdentityProviders(connection))?.find((provider) => provider.name === name);
  const isCopied = leaving.length > 0 && Object.keys(emptying(held)).length > 0;
  const between = earlier ?? (isCopied ? await createIdentityProvider(connection, { name }) : undefined);
  const stuck = (await listDomains(connection)).filter(
    ({ identity_provider_config: link }) => link != null && link === between?.id,
  );
  for (const domain of isCopied && between !== undefined ? leaving : []) {
    await updateDomain(connection, domain, { identity_provider_config: between?.id });
  }
  for (const domain of [...stuck, ...leaving]) {
    await updateDomain(connection, domain, { identity_provider_config: null });
  }
  if (between !== undefined) await deleteIdentityProvider(connection, between.id);
}

const nothing: Readonly<Record<string, unknown>> = {
  saml_entity_id: null,
  saml_acs_url: null,
  saml_x509_cert: null,
  scim_enabled: false,
  id_jag_issuer_url: null,
  id_jag_jwks_url: null,
  id_jag_allowed_clients: [],
};

/** What has to be sent for a provider or a domain to hold no settings any more. */
function emptying(held: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isSet = (value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
  return Object.fromEntries(Object.entries(nothing).filter(([field]) => isSet(held[field])));
}

/** What a server answers when SCIM is switched. */
interface ScimAnswer {
  readonly scim_bearer_token?: string | null;
}

/**
 * Switches SCIM, and answers the token where it is on. PostHog tells the token once: when that answer was lost, SCIM is
 * switched off and on again for another one, which nobody misses, as nobody has the first.
 */
export async function switchScim(
  enabled: boolean,
  send: (enabled: boolean) => Promise<ScimAnswer>,
): Promise<string | undefined> {
  const answer = await send(enabled);
  return enabled ? tokenOf(answer, send) : undefined;
}

/** The token in the answer that switched SCIM on, or another one where it is not in there. */
export async function tokenOf(
  answer: ScimAnswer,
  send: (enabled: boolean) => Promise<ScimAnswer>,
): Promise<string | undefined> {
  if (answer.scim_bearer_token != null) return answer.scim_bearer_token;
  await send(false);
  return (await send(true)).scim_bearer_token ?? undefined;
}
