import { type Backend, SOCIAL_PROVIDERS } from "../server/backend";
import { hasFeature } from "../server/effectiveAccess";
import { serverError } from "../server/errors";
import { atLeast } from "../server/generations";
import type { IdentityProviderConfig, OrganizationDomain } from "../store/entities";
import { hashKey, urlSafeToken } from "../store/secrets";

/** The protocols of an identity provider's configuration. */
type Protocol = "saml" | "scim" | "xaa" | "oidc";

/** The sign-in method enforced for an e-mail address, if the organization's plan has it. */
export function ssoEnforcement(backend: Backend, email: string): string | null {
  const domain = verifiedDomainOf(backend, email);
  const organization = backend.store.organizations.get(domain?.organization_id);
  const enforcement = domain?.sso_enforcement ?? "";
  if (organization === undefined || enforcement === "" || !hasFeature(organization, "sso_enforcement")) {
    return null;
  }
  const protocols = atLeast(backend, "new") ? ["saml", "oidc"] : ["saml"];
  if (protocols.includes(enforcement)) {
    return hasFeature(organization, enforcement) ? enforcement : null;
  }
  // PostHog stores any text, and only looks it up among its providers when someone signs in.
  if (!SOCIAL_PROVIDERS.includes(enforcement)) {
    throw serverError();
  }
  return backend.cloud ? enforcement : null;
}

/** Whether an e-mail address can sign in with SAML. */
export function samlAvailable(backend: Backend, email: string): boolean {
  const domain = verifiedDomainOf(backend, email);
  const organization = backend.store.organizations.get(domain?.organization_id);
  if (domain === undefined || organization === undefined || !hasFeature(organization, "saml")) {
    return false;
  }
  return atLeast(backend, "mid") ? configsOf(backend, domain, "saml").some(hasSaml) : hasSaml(domain);
}

/** The configurations that count for a domain and a protocol, wherever this server stores the link. */
export function configsOf(
  backend: Backend,
  domain: OrganizationDomain,
  protocol: Protocol,
): IdentityProviderConfig[] {
  return backend.store.identityProviders
    .where("organization_id", domain.organization_id)
    .filter((config) =>
      atLeast(backend, "new")
        ? isFor(config, protocol) && appliesTo(config, domain)
        : domain.identity_provider_config === config.id,
    );
}

/** Whether a configuration is for a protocol. Without a scope it is for all. */
export function isFor({ config_scope }: IdentityProviderConfig, protocol: Protocol): boolean {
  return config_scope === null || config_scope === protocol;
}

/** Whether a configuration of the newest servers counts for a domain of its organization. */
export function appliesTo(config: IdentityProviderConfig, domain: OrganizationDomain): boolean {
  return config.domain_scope === "all" || config.organization_domain_ids.includes(domain.id);
}

export function hasSaml(
  row: Pick<OrganizationDomain, "saml_entity_id" | "saml_acs_url" | "saml_x509_cert">,
): boolean {
  return Boolean(row.saml_entity_id && row.saml_acs_url && row.saml_x509_cert);
}

export function hasScim(row: Pick<OrganizationDomain, "scim_enabled" | "scim_token_hash">): boolean {
  return row.scim_enabled && row.scim_token_hash !== null;
}

function verifiedDomainOf({ store }: Backend, email: string): OrganizationDomain | undefined {
  const name = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return store.domains.where("domain", name).find(({ verified_at }) => verified_at !== null);
}

/** The stored SCIM state: whether SCIM is on, and a hash of its bearer token. */
export interface ScimState {
  readonly scim_enabled: boolean;
  readonly scim_token_hash: string | null;
}

/** New SCIM state with the bearer token in plain text, which is shown only once. */
interface ScimChange {
  readonly state: Partial<ScimState>;
  readonly token: string | null;
}

/** Turns SCIM on with a new token, or off. Changes nothing if it is already as requested. */
export function switchScim(state: ScimState, wanted: boolean | undefined): ScimChange {
  if (wanted === undefined || wanted === state.scim_enabled) {
    return { state: {}, token: null };
  }
  return wanted ? renewScim() : { state: { scim_enabled: false, scim_token_hash: null }, token: null };
}

/** SCIM that is on, with a new token. */
export function renewScim(): { readonly state: ScimState; readonly token: string } {
  const token = urlSafeToken();
  return { state: { scim_enabled: true, scim_token_hash: hashKey(token) }, token };
}

/** The SCIM URL for identity providers: by slug on new servers, by the domain's id on older ones. */
export function scimBaseUrl(siteUrl: string, slugOrId: string): string {
  return `${siteUrl}/scim/v2/${slugOrId}`;
}

/** Whether OpenID Connect has an issuer and a client. */
export function hasOidc({ oidc_issuer_url, oidc_client_id }: IdentityProviderConfig): boolean {
  return oidc_issuer_url !== "" && oidc_client_id !== "";
}
