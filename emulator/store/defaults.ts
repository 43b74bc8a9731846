import type { IdentityProviderConfig, OrganizationDomain, User } from "./entities";
import { randomToken, urlSafeToken } from "./secrets";
import type { Store } from "./store";

/** A new account as PostHog makes it. */
export function newUser(store: Store, email: string, id: number = store.nextId("user")): User {
  return {
    id,
    uuid: store.uuid(),
    distinct_id: randomToken(43),
    first_name: "",
    last_name: "",
    email,
    is_email_verified: true,
    hedgehog_config: null,
    role_at_organization: null,
    password_hash: null,
    totp_secret: null,
    has_social_auth: false,
    github_login: null,
    is_active: true,
    is_staff: false,
    current_organization_id: null,
    current_team_id: null,
    last_login: null,
    date_joined: store.timestamp(),
  };
}

/** A new e-mail domain as PostHog makes it: unverified, with its own challenge. */
export function newDomain(store: Store, organizationId: string, domain: string): OrganizationDomain {
  return {
    id: store.uuid(),
    organization_id: organizationId,
    domain,
    verified_at: null,
    verification_challenge: urlSafeToken(),
    last_verification_retry: null,
    jit_provisioning_enabled: false,
    sso_enforcement: "",
    saml_entity_id: null,
    saml_acs_url: null,
    saml_x509_cert: null,
    scim_enabled: false,
    scim_token_hash: null,
    id_jag_issuer_url: null,
    id_jag_jwks_url: null,
    id_jag_allowed_clients: [],
    identity_provider_config: null,
  };
}

/** A new configuration of an identity provider as PostHog makes it: nothing is set up yet. */
export function newIdentityProvider(store: Store, organizationId: string): IdentityProviderConfig {
  const now = store.timestamp();
  return {
    id: store.uuid(),
    organization_id: organizationId,
    name: "",
    domain_scope: null,
    config_scope: null,
    organization_domain_ids: [],
    saml_entity_id: null,
    saml_acs_url: null,
    saml_x509_cert: null,
    saml_relay_state: store.uuid(),
    scim_enabled: false,
    scim_slug: randomToken(12).toLowerCase(),
    scim_token_hash: null,
    id_jag_issuer_url: null,
    id_jag_jwks_url: null,
    id_jag_allowed_clients: [],
    oidc_issuer_url: "",
    oidc_client_id: "",
    oidc_client_secret: null,
    created_at: now,
    updated_at: now,
  };
}
