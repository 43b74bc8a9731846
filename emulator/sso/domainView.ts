import { atLeast, type Backend } from "../server/backend";
import type { OrganizationDomain } from "../store/entities";
import { scimBaseUrl } from "./scimFields";
import { configsOf, hasSaml, hasScim } from "./signOn";

/**
 * An e-mail domain as this server's generation shows it: with SAML and SCIM inline ("old"), with a linked
 * configuration ("mid"), or bare ("new") (PostHog: organization domains API). `token` is a SCIM token made
 * by this very request.
 */
export function domainView(backend: Backend, domain: OrganizationDomain, token: string | null = null) {
  const common = {
    id: domain.id,
    domain: domain.domain,
    is_verified: domain.verified_at !== null,
    verified_at: domain.verified_at,
    verification_challenge: domain.verification_challenge,
    jit_provisioning_enabled: domain.jit_provisioning_enabled,
    sso_enforcement: domain.sso_enforcement,
  };
  if (atLeast(backend, "new")) {
    return { ...common, scim_base_url: newScimBaseUrl(backend, domain) };
  }
  return atLeast(backend, "mid")
    ? { ...common, ...linkedView(backend, domain) }
    : { ...common, ...inlineView(backend, domain, token) };
}

// With several configurations there is no telling which one the domain's people come by.
function newScimBaseUrl(backend: Backend, domain: OrganizationDomain): string | null {
  const [only, ...others] = configsOf(backend, domain, "scim").filter(hasScim);
  return only !== undefined && others.length === 0 ? scimBaseUrl(backend.siteUrl, only.scim_slug) : null;
}

function linkedView(backend: Backend, domain: OrganizationDomain) {
  const config = backend.store.identityProviders.get(domain.identity_provider_config);
  const provisioned = config !== undefined && hasScim(config);
  return {
    has_saml: config !== undefined && hasSaml(config),
    has_scim: provisioned,
    scim_base_url: provisioned ? scimBaseUrl(backend.siteUrl, domain.id) : null,
    has_id_jag: Boolean(config?.id_jag_issuer_url),
    identity_provider_config: domain.identity_provider_config,
  };
}

function inlineView(backend: Backend, domain: OrganizationDomain, token: string | null) {
  return {
    has_saml: hasSaml(domain),
    saml_entity_id: domain.saml_entity_id,
    saml_acs_url: domain.saml_acs_url,
    saml_x509_cert: domain.saml_x509_cert,
    has_scim: hasScim(domain),
    scim_enabled: domain.scim_enabled,
    scim_base_url: hasScim(domain) ? scimBaseUrl(backend.siteUrl, domain.id) : null,
    scim_bearer_token: token,
  };
}
