import { SYSTEM } from "../core/collection";
import { randomToken, urlSafeToken } from "../core/secrets";
import type { Organization } from "../entities";
import type { OrganizationSeed } from "../seed";
import type { Store } from "../store";
import { required } from "./lookups";

/** Adds the domains and identity providers of an organization. */
export function addSignOn(store: Store, organization: Organization, seed: OrganizationSeed): void {
  for (const domain of seed.domains) {
    store.domains.insert(
      {
        id: domain.id ?? store.uuid(),
        organization_id: organization.id,
        domain: domain.domain,
        verified_at: domain.verified ? store.timestamp() : null,
        verification_challenge: domain.challenge ?? urlSafeToken(),
        last_verification_retry: null,
        jit_provisioning_enabled: domain.jitProvisioning,
        sso_enforcement: domain.ssoEnforcement,
        saml_entity_id: domain.samlEntityId ?? null,
        saml_acs_url: domain.samlAcsUrl ?? null,
        saml_x509_cert: domain.samlX509Cert ?? null,
        scim_enabled: false,
        scim_token_hash: null,
        identity_provider_config: null,
      },
      SYSTEM,
    );
  }
  for (const provider of seed.identityProviders) {
    addProvider(store, organization, provider);
  }
}

function addProvider(
  store: Store,
  organization: Organization,
  seed: OrganizationSeed["identityProviders"][number],
): void {
  const domains = store.domains.where("organization_id", organization.id);
  const ids = seed.domains.map(
    (name) =>
      required(
        domains.find(({ domain }) => domain === name),
        `identityProviders: there is no domain ${name}`,
      ).id,
  );
  const now = store.timestamp();
  const provider = store.identityProviders.insert(
    {
      id: seed.id ?? store.uuid(),
      organization_id: organization.id,
      name: seed.name,
      domain_scope: seed.domainScope ?? null,
      config_scope: seed.configScope ?? null,
      organization_domain_ids: ids,
      saml_entity_id: seed.samlEntityId ?? null,
      saml_acs_url: seed.samlAcsUrl ?? null,
      saml_x509_cert: seed.samlX509Cert ?? null,
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
    },
    SYSTEM,
  );
  for (const id of ids) {
    store.domains.update(id, { identity_provider_config: provider.id }, SYSTEM);
  }
}
