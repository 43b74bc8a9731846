import { atLeast, type Backend } from "../server/backend";
import type { IdentityProviderConfig } from "../store/entities";
import { scimBaseUrl } from "./scimFields";
import { hasSaml, hasScim } from "./signOn";

/** The fields of a configuration that only the newest servers have. */
export const NEW_CONFIG_FIELDS: readonly string[] = [
  "domain_scope",
  "config_scope",
  "organization_domain_ids",
  "oidc_issuer_url",
  "oidc_client_id",
  "oidc_client_secret",
];

/**
 * An identity provider's configuration (PostHog: identity provider configs API). `token` is a SCIM token
 * made by this very request.
 */
export function identityProviderView(
  backend: Backend,
  config: IdentityProviderConfig,
  token: string | null = null,
) {
  return {
    id: config.id,
    name: config.name,
    created_at: config.created_at,
    updated_at: config.updated_at,
    has_saml: hasSaml(config),
    saml_entity_id: config.saml_entity_id,
    saml_acs_url: config.saml_acs_url,
    saml_x509_cert: config.saml_x509_cert,
    has_scim: hasScim(config),
    scim_enabled: config.scim_enabled,
    scim_bearer_token: token,
    has_id_jag: Boolean(config.id_jag_issuer_url),
    id_jag_issuer_url: config.id_jag_issuer_url,
    id_jag_jwks_url: config.id_jag_jwks_url,
    id_jag_allowed_clients: config.id_jag_allowed_clients,
    ...(atLeast(backend, "new") ? newFields(backend, config) : {}),
  };
}

/** Whether OpenID Connect has an issuer and a client. */
export function hasOidc({ oidc_issuer_url, oidc_client_id }: IdentityProviderConfig): boolean {
  return oidc_issuer_url !== "" && oidc_client_id !== "";
}

function newFields(backend: Backend, config: IdentityProviderConfig) {
  return {
    domain_scope: config.domain_scope,
    config_scope: config.config_scope,
    organization_domain_ids: config.organization_domain_ids,
    saml_relay_state: config.saml_relay_state,
    scim_base_url: scimBaseUrl(backend.siteUrl, config.scim_slug),
    has_oidc: hasOidc(config),
    has_oidc_client_secret: config.oidc_client_secret !== null,
    oidc_issuer_url: config.oidc_issuer_url,
    oidc_client_id: config.oidc_client_id,
  };
}
