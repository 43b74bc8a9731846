import { SYSTEM } from "../store/collection";
import { newDomain, newIdentityProvider } from "../store/defaults";
import type { Organization } from "../store/entities";
import type { Store } from "../store/store";
import { required } from "./lookups";
import type { OrganizationSeed } from "./seed";

/** Adds the domains and identity providers of an organization. */
export function addSignOn(store: Store, organization: Organization, seed: OrganizationSeed): void {
  for (const domain of seed.domains) {
    const blank = newDomain(store, organization.id, domain.domain);
    store.domains.insert(
      {
        ...blank,
        id: domain.id ?? blank.id,
        verified_at: domain.verified ? store.timestamp() : null,
        verification_challenge: domain.challenge ?? blank.verification_challenge,
        jit_provisioning_enabled: domain.jitProvisioning,
        sso_enforcement: domain.ssoEnforcement,
        ...samlOf(domain),
      },
      SYSTEM,
    );
  }
  for (const provider of seed.identityProviders) {
    addProvider(store, organization, provider);
  }
}

type ProviderSeed = OrganizationSeed["identityProviders"][number];

function addProvider(store: Store, organization: Organization, seed: ProviderSeed): void {
  const domains = store.domains.where("organization_id", organization.id);
  const idOf = (name: string) =>
    required(
      domains.find(({ domain }) => domain === name),
      `identityProviders: there is no domain ${name}`,
    ).id;
  const blank = newIdentityProvider(store, organization.id);
  const provider = store.identityProviders.insert(
    {
      ...blank,
      id: seed.id ?? blank.id,
      name: seed.name,
      domain_scope: seed.domainScope ?? null,
      config_scope: seed.configScope ?? null,
      organization_domain_ids: seed.domains.map(idOf),
      ...samlOf(seed),
    },
    SYSTEM,
  );
  for (const id of provider.organization_domain_ids) {
    store.domains.update(id, { identity_provider_config: provider.id }, SYSTEM);
  }
}

function samlOf(seed: Pick<ProviderSeed, "samlEntityId" | "samlAcsUrl" | "samlX509Cert">) {
  return {
    saml_entity_id: seed.samlEntityId ?? null,
    saml_acs_url: seed.samlAcsUrl ?? null,
    saml_x509_cert: seed.samlX509Cert ?? null,
  };
}
