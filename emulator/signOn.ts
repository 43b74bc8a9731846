import { hasFeature } from "./access";
import { atLeast, type Backend } from "./core/backend";
import type { IdentityProviderConfig, OrganizationDomain } from "./entities";

/** The verified domain of an e-mail address, if any organization has it. */
function verifiedDomainOf({ store }: Backend, email: string): OrganizationDomain | undefined {
  const name = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return store.domains.where("domain", name).find(({ verified_at }) => verified_at !== null);
}

/** The sign-on that an e-mail address is forced to use, as far as the organization's plan has it. */
export function ssoEnforcement(backend: Backend, email: string): string | null {
  const domain = verifiedDomainOf(backend, email);
  const organization = backend.store.organizations.get(domain?.organization_id);
  if (domain === undefined || organization === undefined || domain.sso_enforcement === "") {
    return null;
  }
  const licensed =
    hasFeature(organization, "sso_enforcement") &&
    (domain.sso_enforcement !== "saml" || hasFeature(organization, "saml"));
  return licensed ? domain.sso_enforcement : null;
}

/** Whether an e-mail address can sign in by SAML. */
export function samlAvailable(backend: Backend, email: string): boolean {
  const domain = verifiedDomainOf(backend, email);
  const organization = backend.store.organizations.get(domain?.organization_id);
  if (domain === undefined || organization === undefined || !hasFeature(organization, "saml")) {
    return false;
  }
  return atLeast(backend, "mid")
    ? backend.store.identityProviders
        .where("organization_id", organization.id)
        .some((config) => appliesTo(config, domain) && hasSaml(config))
    : hasSaml(domain);
}

/** Whether an identity provider's configuration counts for a domain. */
export function appliesTo(config: IdentityProviderConfig, domain: OrganizationDomain): boolean {
  return (
    config.domain_scope === "all" ||
    config.organization_domain_ids.includes(domain.id) ||
    domain.identity_provider_config === config.id
  );
}

/** Whether all three values of SAML are there. */
export function hasSaml(
  row: Pick<OrganizationDomain, "saml_entity_id" | "saml_acs_url" | "saml_x509_cert">,
): boolean {
  return Boolean(row.saml_entity_id && row.saml_acs_url && row.saml_x509_cert);
}
