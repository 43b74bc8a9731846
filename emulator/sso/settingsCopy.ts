import type { Backend } from "../server/backend";
import type { Actor } from "../store/collection";
import { newIdentityProvider } from "../store/defaults";
import type { IdentityProviderConfig, OrganizationDomain } from "../store/entities";
import { hasSaml } from "./signOn";

type SavingBackend = Pick<Backend, "store" | "generation">;

type Settings = Pick<
  IdentityProviderConfig,
  | "saml_entity_id"
  | "saml_acs_url"
  | "saml_x509_cert"
  | "scim_enabled"
  | "scim_token_hash"
  | "id_jag_issuer_url"
  | "id_jag_jwks_url"
  | "id_jag_allowed_clients"
>;

/**
 * Whether a domain has its own copy of its linked configuration's settings. Saving either one also writes the other.
 * Newer servers use only the configuration.
 */
function keepsCopies({ generation }: SavingBackend): boolean {
  return generation === "2026-07";
}

/** Gives every domain the copy that it would have if a request had linked its configuration. */
export function copySettings(backend: SavingBackend, actor: Actor): void {
  const { store } = backend;
  for (const domain of keepsCopies(backend) ? store.domains.all() : []) {
    const linked = store.identityProviders.get(domain.identity_provider_config);
    if (linked !== undefined) {
      store.domains.update(domain.id, settingsOf(linked), actor);
    }
  }
}

/** Adds a domain as PostHog saves one. */
export function addDomain(
  backend: SavingBackend,
  domain: OrganizationDomain,
  actor: Actor,
): OrganizationDomain {
  const { store } = backend;
  const linked = store.identityProviders.get(domain.identity_provider_config);
  const adopted = keepsCopies(backend) && linked !== undefined ? settingsOf(linked) : {};
  return copyToConfig(backend, store.domains.insert({ ...domain, ...adopted }, actor), actor);
}

/** Changes a domain as PostHog saves one: a newly linked configuration copies its settings to the domain. */
export function saveDomain(
  backend: SavingBackend,
  { id }: OrganizationDomain,
  patch: Partial<OrganizationDomain>,
  actor: Actor,
): OrganizationDomain {
  const { store } = backend;
  const linked = store.identityProviders.get(patch.identity_provider_config);
  const adopted = keepsCopies(backend) && linked !== undefined ? settingsOf(linked) : {};
  return copyToConfig(backend, store.domains.update(id, { ...adopted, ...patch }, actor), actor);
}

/** Changes a configuration as PostHog saves one. */
export function saveConfig(
  backend: SavingBackend,
  { id }: IdentityProviderConfig,
  patch: Partial<IdentityProviderConfig>,
  actor: Actor,
): IdentityProviderConfig {
  const { store } = backend;
  const saved = store.identityProviders.update(id, patch, actor);
  for (const domain of keepsCopies(backend) ? store.domains.where("identity_provider_config", id) : []) {
    store.domains.update(domain.id, settingsOf(saved), actor);
  }
  return saved;
}

// A domain that has settings but links no configuration gets one with the domain's name. So a configuration comes back
// if it was unlinked or deleted while it had settings.
function copyToConfig(backend: SavingBackend, domain: OrganizationDomain, actor: Actor): OrganizationDomain {
  const { store } = backend;
  if (!keepsCopies(backend)) {
    return domain;
  }
  const settings = settingsOf(domain);
  const linked = store.identityProviders.get(domain.identity_provider_config);
  if (linked !== undefined) {
    saveConfig(backend, linked, settings, actor);
    return domain;
  }
  if (!hasSettings(domain)) {
    return domain;
  }
  const blank = newIdentityProvider(store, domain.organization_id);
  const { id } = store.identityProviders.insert({ ...blank, ...settings, name: domain.domain }, actor);
  return store.domains.update(domain.id, { identity_provider_config: id }, actor);
}

function settingsOf(row: Settings): Settings {
  return {
    saml_entity_id: row.saml_entity_id,
    saml_acs_url: row.saml_acs_url,
    saml_x509_cert: row.saml_x509_cert,
    scim_enabled: row.scim_enabled,
    scim_token_hash: row.scim_token_hash,
    id_jag_issuer_url: row.id_jag_issuer_url,
    id_jag_jwks_url: row.id_jag_jwks_url,
    id_jag_allowed_clients: row.id_jag_allowed_clients,
  };
}

function hasSettings(row: Settings): boolean {
  return (
    hasSaml(row) ||
    row.scim_enabled ||
    row.scim_token_hash !== null ||
    Boolean(row.id_jag_issuer_url || row.id_jag_jwks_url) ||
    row.id_jag_allowed_clients.length > 0
  );
}
