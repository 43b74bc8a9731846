import type { Connection } from "../../posthog/connection";
import { type Domain, listDomains, updateDomain } from "../../posthog/domains";
import {
  createIdentityProvider,
  deleteIdentityProvider,
  type IdentityProvider,
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
  for (const domain of await listDomains(connection)) {
    const linked = domain.identity_provider_config === provider.id;
    if (linked === ids.has(domain.id)) continue;
    await updateDomain(connection, domain, { identity_provider_config: linked ? null : provider.id });
  }
}

/** Removes a provider object, and with it the links to it. */
export async function removeProvider(connection: Connection, provider: IdentityProvider): Promise<void> {
  await linkDomains(connection, provider, []);
  if ("config_scope" in provider && provider.config_scope == null) {
    await updateIdentityProvider(connection, provider.id, { config_scope: "saml" });
  }
  await deleteIdentityProvider(connection, provider.id);
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
