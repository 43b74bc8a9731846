import type { Backend } from "../server/backend";
import { atLeast } from "../server/generations";
import { appliesTo, hasOidc, hasSaml, hasScim } from "../sso/signOn";
import type { IdentityProviderConfig, Organization, OrganizationDomain } from "../store/entities";
import { badge, count, type Extent, html, list, type Markup, row, section, table } from "./parts";

/** E-mail domains, their verification and enforcement, and their identity providers. */
export function signOnSection(backend: Backend, organization: Organization, extent: Extent): Markup {
  const domains = backend.store.domains
    .where("organization_id", organization.id)
    .sort((left, right) => left.domain.localeCompare(right.domain));
  const configs = backend.store.identityProviders.where("organization_id", organization.id);
  const domainTable = table(
    {
      heads: ["Domain", "Verification", "Sign-on"],
      items: domains,
      row: (domain) => domainRow(backend, domain),
      empty: "No domains.",
    },
    extent,
  );
  const providers = {
    heads: ["Identity provider", "Set up", "For"],
    items: configs,
    row: (config: IdentityProviderConfig) => configRow(backend, config, domains),
    empty: "",
  };
  const configTable = configs.length === 0 ? null : table(providers, extent);
  return section(
    "Single sign-on",
    count(domains.length, "domain", "domains"),
    [domainTable, configTable],
    true,
  );
}

function domainRow(backend: Backend, domain: OrganizationDomain): Markup {
  const verification =
    domain.verified_at === null
      ? html`${badge("not verified", "bad")} <span class="why">TXT <code>_posthog-challenge.${
          domain.domain
        }</code> = <code>${domain.verification_challenge}</code></span>`
      : badge("verified", "good");
  const enforced = domain.sso_enforcement !== "";
  const isOld = !atLeast(backend, "2026-07");
  return row(`domain-${domain.id}`, [
    html`<b>${domain.domain}</b>`,
    verification,
    list(
      [
        enforced
          ? badge(`${domain.sso_enforcement} required`, domain.verified_at === null ? "plain" : "strong")
          : badge("passwords allowed", "weak"),
        domain.jit_provisioning_enabled ? badge("new people join on sign-in", "good") : null,
        isOld && hasSaml(domain) ? badge("SAML", "good") : null,
      ].filter((mark) => mark !== null),
      "",
    ),
  ]);
}

function configRow(
  backend: Backend,
  config: IdentityProviderConfig,
  domains: readonly OrganizationDomain[],
): Markup {
  const parts = [
    hasSaml(config) ? badge("SAML", "good") : null,
    hasScim(config) ? badge("SCIM", "good") : null,
    hasOidc(config) ? badge("OIDC", "good") : null,
    config.id_jag_issuer_url === null ? null : badge("XAA", "good"),
  ].filter((part) => part !== null);
  const names = domains
    .filter((domain) =>
      atLeast(backend, "current") ? appliesTo(config, domain) : domain.identity_provider_config === config.id,
    )
    .map(({ domain }) => domain);
  const scope = config.config_scope === null ? null : badge(config.config_scope);
  return row(`provider-${config.id}`, [
    html`<b>${config.name || "No name"}</b> ${scope}<br><span class="dim">${config.saml_entity_id ?? ""}</span>`,
    list(parts, "not set up yet"),
    list(names, "no domain"),
  ]);
}
