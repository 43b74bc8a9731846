import type { Json } from "./json";

/** An e-mail domain of an organization. SAML and SCIM columns are used by the "old" generation only. */
export interface OrganizationDomain {
  readonly id: string;
  readonly organization_id: string;
  readonly domain: string;
  readonly verified_at: string | null;
  readonly verification_challenge: string;
  readonly last_verification_retry: string | null;
  readonly jit_provisioning_enabled: boolean;
  readonly sso_enforcement: string;
  readonly saml_entity_id: string | null;
  readonly saml_acs_url: string | null;
  readonly saml_x509_cert: string | null;
  readonly scim_enabled: boolean;
  readonly scim_token_hash: string | null;
  /** The configuration linked from the domain's side; counts in the "mid" generation only. */
  readonly identity_provider_config: string | null;
}

/** An identity provider's configuration ("mid" and "new" generations). */
export interface IdentityProviderConfig {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  readonly domain_scope: string | null;
  readonly config_scope: string | null;
  /** The domains it is for, unless it is for all; counts in the "new" generation only. */
  readonly organization_domain_ids: readonly string[];
  readonly saml_entity_id: string | null;
  readonly saml_acs_url: string | null;
  readonly saml_x509_cert: string | null;
  readonly saml_relay_state: string;
  readonly scim_enabled: boolean;
  readonly scim_slug: string;
  readonly scim_token_hash: string | null;
  readonly id_jag_issuer_url: string | null;
  readonly id_jag_jwks_url: string | null;
  readonly id_jag_allowed_clients: readonly string[];
  readonly oidc_issuer_url: string;
  readonly oidc_client_id: string;
  readonly oidc_client_secret: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** One request of an identity provider to SCIM, as the log keeps it: credentials and people masked. */
export interface ScimRequest {
  readonly id: string;
  readonly organization_domain_id: string | null;
  readonly identity_provider_config_id: string | null;
  readonly request_method: string;
  readonly request_path: string;
  readonly request_headers: Json;
  readonly request_body: Json;
  readonly response_status: number;
  readonly response_body: Json;
  readonly identity_provider: string;
  readonly duration_ms: number;
  readonly created_at: string;
}
