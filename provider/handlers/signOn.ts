import type { Connection } from "../posthog/connection";
import { type Domain, listDomains, updateDomain } from "../posthog/domains";
import { RefusedError } from "../posthog/errors";
import {
  createIdentityProvider,
  deleteIdentityProvider,
  type IdentityProvider,
  listIdentityProviders,
  updateIdentityProvider,
} from "../posthog/identityProviders";
import type { IdentityProviderMetadata } from "../sso/metadata";

/**
 * Where a server keeps a domain's SAML and SCIM settings: on the domain itself (`inline`, to early 2026), on one
 * provider that the domain links (`linked`), or on one provider for each protocol that lists its domains (`scoped`).
 */
export type Generation = "inline" | "linked" | "scoped";

/** Tells the generation by the domain's own fields, which every server answers. */
export function generationOf(domain: Domain): Generation {
  if ("identity_provider_config" in domain) return "linked";
  return "saml_entity_id" in domain ? "inline" : "scoped";
}

/** A domain's sign-on settings, wherever the server keeps them. */
export interface SignOn {
  readonly saml: Partial<IdentityProviderMetadata>;
  /** What the identity provider has to send back as RelayState. */
  readonly relayState: string;
  readonly scimEnabled: boolean;
  readonly scimBaseUrl?: string;
  /** The provider objects behind it; none on the oldest servers. */
  readonly samlProvider?: IdentityProvider;
  readonly scimProvider?: IdentityProvider;
}

type SamlFields = Pick<Domain, "saml_entity_id" | "saml_acs_url" | "saml_x509_cert">;

const samlOf = (fields: SamlFields | undefined): Partial<IdentityProviderMetadata> => ({
  entityId: fields?.saml_entity_id || undefined,
  ssoUrl: fields?.saml_acs_url || undefined,
  x509Cert: fields?.saml_x509_cert || undefined,
});

const samlToApi = (saml: IdentityProviderMetadata | undefined): SamlFields => ({
  saml_entity_id: saml?.entityId ?? null,
  saml_acs_url: saml?.ssoUrl ?? null,
  saml_x509_cert: saml?.x509Cert ?? null,
});

/** Whether all that SAML takes is there. */
export const isComplete = ({ entityId, ssoUrl, x509Cert }: Partial<IdentityProviderMetadata>): boolean =>
  entityId !== undefined && ssoUrl !== undefined && x509Cert !== undefined;

const appliesTo = (provider: IdentityProvider, domain: Domain): boolean =>
  provider.domain_scope === "all" || (provider.organization_domain_ids ?? []).includes(domain.id);

/** Reads a domain's sign-on settings. */
export async function readSignOn(connection: Connection, domain: Domain): Promise<SignOn> {
  const { saml, scim } = await providersOf(connection, domain);
  const inline = generationOf(domain) === "inline";
  return {
    saml: samlOf(inline ? domain : saml),
    relayState: saml?.saml_relay_state ?? domain.id,
    scimEnabled: (inline ? domain.scim_enabled : scim?.scim_enabled) === true,
    scimBaseUrl: (inline ? undefined : scim?.scim_base_url) ?? domain.scim_base_url ?? undefined,
    samlProvider: saml,
    scimProvider: scim,
  };
}

async function providersOf(
  connection: Connection,
  domain: Domain,
): Promise<{ saml?: IdentityProvider; scim?: IdentityProvider }> {
  const generation = generationOf(domain);
  if (generation === "inline") return {};
  const all = (await listIdentityProviders(connection)) ?? [];
  if (generation === "linked") {
    const linked = all.find(({ id }) => id === domain.identity_provider_config);
    return { saml: linked, scim: linked };
  }
  const here = all.filter((provider) => appliesTo(provider, domain));
  return {
    saml:
      here.find(({ config_scope }) => config_scope === "saml") ??
      here.find((provider) => isComplete(samlOf(provider))),
    scim:
      here.find(({ config_scope }) => config_scope === "scim") ??
      here.find(({ scim_enabled }) => scim_enabled === true),
  };
}

/** Sets a domain's SAML values, or with undefined takes them away. */
export async function writeSaml(
  connection: Connection,
  domain: Domain,
  saml: IdentityProviderMetadata | undefined,
): Promise<void> {
  if (generationOf(domain) === "inline") {
    await updateDomain(connection, domain, samlToApi(saml));
    return;
  }
  const { samlProvider, scimProvider } = await readSignOn(connection, domain);
  if (samlProvider !== undefined) await refuseShared(connection, samlProvider, domain);
  if (saml === undefined) {
    if (samlProvider === undefined) return;
    if (samlProvider.scim_enabled === true && samlProvider.id === scimProvider?.id) {
      await updateIdentityProvider(connection, samlProvider.id, samlToApi(undefined));
    } else {
      await removeProvider(connection, domain, samlProvider);
    }
  } else if (samlProvider === undefined) {
    await addProvider(connection, domain, "saml", samlToApi(saml));
  } else {
    await updateIdentityProvider(connection, samlProvider.id, samlToApi(saml));
  }
}

/** Switches SCIM on or off for a domain; answers the token where the server made one. */
export async function writeScim(
  connection: Connection,
  domain: Domain,
  enabled: boolean,
): Promise<string | undefined> {
  if (generationOf(domain) === "inline") {
    return (await updateDomain(connection, domain, { scim_enabled: enabled })).scim_bearer_token ?? undefined;
  }
  const { scimProvider } = await readSignOn(connection, domain);
  if (scimProvider === undefined) {
    if (!enabled) return undefined;
    return (
      (await addProvider(connection, domain, "scim", { scim_enabled: true })).scim_bearer_token ?? undefined
    );
  }
  await refuseShared(connection, scimProvider, domain);
  if (!enabled && !isComplete(samlOf(scimProvider))) {
    await removeProvider(connection, domain, scimProvider);
    return undefined;
  }
  const written = await updateIdentityProvider(connection, scimProvider.id, { scim_enabled: enabled });
  return written.scim_bearer_token ?? undefined;
}

async function addProvider(
  connection: Connection,
  domain: Domain,
  protocol: "saml" | "scim",
  fields: Readonly<Record<string, unknown>>,
): Promise<IdentityProvider> {
  const linked = generationOf(domain) === "linked";
  // A provider without a feature scope cannot be deleted again, so it is always sent where the server knows it.
  const place = linked
    ? {}
    : { config_scope: protocol, domain_scope: "selected", organization_domain_ids: [domain.id] };
  const name = linked ? domain.domain : `${domain.domain} ${protocol.toUpperCase()}`;
  const provider = await createIdentityProvider(connection, { name, ...place, ...fields });
  if (linked) await updateDomain(connection, domain, { identity_provider_config: provider.id });
  return provider;
}

async function removeProvider(
  connection: Connection,
  domain: Domain,
  provider: IdentityProvider,
): Promise<void> {
  if (generationOf(domain) === "linked") {
    await updateDomain(connection, domain, { identity_provider_config: null });
  } else if (provider.config_scope == null) {
    await updateIdentityProvider(connection, provider.id, { config_scope: "saml" });
  }
  await deleteIdentityProvider(connection, provider.id);
}

/** Changing a provider that others use too would change their sign-in with it. */
async function refuseShared(
  connection: Connection,
  provider: IdentityProvider,
  domain: Domain,
): Promise<void> {
  const others = (await listDomains(connection)).filter(
    (other) =>
      other.id !== domain.id &&
      (other.identity_provider_config === provider.id || appliesTo(provider, other)),
  );
  if (others.length === 0 && provider.domain_scope !== "all") return;
  const whom = others.length === 0 ? "every domain" : others.map((other) => other.domain).join(", ");
  throw new RefusedError(
    `the identity provider "${provider.name ?? provider.id}" serves ${whom} besides ${domain.domain}`,
    {
      why: "Changing it here would change how the others sign in.",
      fix: "Manage it with an IdentityProvider resource and the domains with OrganizationDomain, or separate it in PostHog first.",
    },
  );
}
