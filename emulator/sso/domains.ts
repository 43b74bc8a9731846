import * as z from "zod";
import type { Backend } from "../server/backend";
import { readBody } from "../server/body";
import { hasFeature } from "../server/effectiveAccess";
import { denied, invalid, notFound } from "../server/errors";
import { boolean, checked, reference, refuse, text } from "../server/fields";
import { atLeast } from "../server/generations";
import { paginate } from "../server/paging";
import {
  created,
  noContent,
  type OrganizationCall,
  ok,
  type Reply,
  type RouteFamily,
} from "../server/routing";
import { newDomain } from "../store/defaults";
import { LEVEL, type OrganizationDomain } from "../store/entities";
import { addDomain, saveDomain } from "./settingsCopy";
import { checkSettingsPlan, settingsFields } from "./settingsFields";
import { configsOf, hasSaml, hasScim, scimBaseUrl, switchScim } from "./signOn";

const DOMAIN_NAME = /^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$/;

const NO_PROVISIONING = "Automatic provisioning is not enabled for this organization.";

/** An organization's e-mail domains, their verification and enforcement (PostHog: organization domains API). */
export const domains: RouteFamily = (routes) => {
  const read = { scope: "organization:read" };
  const write = { scope: "organization:write", level: LEVEL.admin, sensitive: true };
  const { scope: _sessionsOnly, ...sessionWrite } = write;
  routes.organization("GET", "domains", read, list);
  routes.organization("POST", "domains", write, create);
  routes.organization("GET", "domains/:domain_id", read, (call) =>
    ok(domainView(call.backend, findDomain(call))),
  );
  routes.organization("PATCH", "domains/:domain_id", write, update);
  routes.organization("PUT", "domains/:domain_id", write, update);
  routes.organization("DELETE", "domains/:domain_id", write, destroy);
  routes.organization("POST", "domains/:domain_id/verify", sessionWrite, verify);
};

/** The domain in a call's path, if it belongs to the organization. */
export function findDomain({ backend, organization, params }: OrganizationCall): OrganizationDomain {
  const domain = backend.store.domains.get(params.domain_id?.toLowerCase());
  if (domain?.organization_id !== organization.id) {
    throw notFound();
  }
  return domain;
}

function list({ backend, organization, url }: OrganizationCall): Reply {
  const rows = backend.store.domains
    .where("organization_id", organization.id)
    .sort((left, right) => (left.domain < right.domain ? -1 : 1));
  return ok(paginate(rows, url, (row) => domainView(backend, row)));
}

function create(call: OrganizationCall): Reply {
  const { backend, organization, actor } = call;
  const { store } = backend;
  const body = readBody(call, creationFields(call), unknownFields(backend));
  // Read but ignored: a new domain is never verified.
  const { jit_provisioning_enabled: _jit, sso_enforcement: _sso, scim_enabled: _scim, ...columns } = body;
  if (backend.cloud && !hasFeature(organization, "automatic_provisioning")) {
    throw denied(NO_PROVISIONING);
  }
  for (const field of ["jit_provisioning_enabled", "sso_enforcement", "scim_enabled"] as const) {
    if (body[field] !== undefined) {
      backend.ignoredFields.push({ method: call.method, path: call.path, field });
    }
  }
  const blank = newDomain(store, organization.id, columns.domain);
  return created(domainView(backend, addDomain(backend, { ...blank, ...columns }, actor)));
}

function update(call: OrganizationCall): Reply {
  const { backend, organization, actor } = call;
  const domain = findDomain(call);
  // Only the oldest servers can rename a domain.
  const unknown = [...unknownFields(backend), ...(atLeast(backend, "2026-07") ? ["domain"] : [])];
  const { scim_enabled, ...columns } = readBody(call, updateFields(call, domain), unknown);
  checkVerified(domain, { ...columns, scim_enabled });
  if (columns.jit_provisioning_enabled === true && !hasFeature(organization, "automatic_provisioning")) {
    throw invalid(NO_PROVISIONING, { attr: "jit_provisioning_enabled", code: "feature_not_available" });
  }
  checkSettingsPlan(organization, { ...columns, scim_enabled });
  const { state, token } = switchScim(domain, scim_enabled);
  const updated = saveDomain(backend, domain, { ...columns, ...state }, actor);
  return ok(domainView(backend, updated, token));
}

function checkVerified(
  { verified_at }: OrganizationDomain,
  columns: Pick<Partial<OrganizationDomain>, "jit_provisioning_enabled" | "sso_enforcement" | "scim_enabled">,
): void {
  for (const attr of ["jit_provisioning_enabled", "sso_enforcement", "scim_enabled"] as const) {
    if (verified_at === null && columns[attr] !== undefined) {
      const detail = "This attribute cannot be updated until the domain is verified.";
      throw invalid(detail, { attr, code: "verification_required" });
    }
  }
}

function verify(call: OrganizationCall): Reply {
  const { backend, actor } = call;
  const { store, dns } = backend;
  const domain = findDomain(call);
  if (domain.verified_at !== null) {
    throw invalid("This domain has already been verified.", { code: "already_verified" });
  }
  const records = dns.lookUp(`_posthog-challenge.${domain.domain}`);
  const found = records.includes(domain.verification_challenge);
  const outcome = found ? { verified_at: store.timestamp() } : { last_verification_retry: store.timestamp() };
  return ok(domainView(backend, saveDomain(backend, domain, outcome, actor)));
}

function destroy(call: OrganizationCall): Reply {
  const { backend, organization, user, actor } = call;
  const domain = findDomain(call);
  const admitsCaller = domain.verified_at !== null && user.email.toLowerCase().endsWith(`@${domain.domain}`);
  if (atLeast(backend, "new") && organization.enforce_verified_domains && admitsCaller) {
    throw invalid(
      "You can't delete this domain while membership is restricted to verified email domains, because your own email address would no longer be allowed. Turn off that setting first.",
      { code: "would_block_self" },
    );
  }
  backend.store.domains.delete(domain.id, actor);
  return noContent();
}

function updateFields(call: OrganizationCall, current?: OrganizationDomain) {
  const { backend, organization } = call;
  const isOwnConfig = (id: string) =>
    backend.store.identityProviders.get(id)?.organization_id === organization.id;
  return z.object({
    domain: nameField(call, current).optional(),
    jit_provisioning_enabled: boolean().optional(),
    sso_enforcement: text({ max: 28, blank: true }).optional(),
    ...settingsFields(),
    identity_provider_config: reference(isOwnConfig).nullable().optional(),
  });
}

function nameField({ backend: { store } }: OrganizationCall, current?: OrganizationDomain) {
  return checked(text({ max: 128 }), (name) => {
    if (store.domains.where("domain", name).some(({ id }) => id !== current?.id)) {
      refuse("unique", "domain with this domain already exists.");
    }
    if (!DOMAIN_NAME.test(name)) {
      refuse("invalid", "Please enter a valid domain or subdomain name.");
    }
  });
}

function creationFields(call: OrganizationCall) {
  return updateFields(call).extend({ domain: nameField(call) });
}

function unknownFields(backend: Backend): readonly string[] {
  const settings = Object.keys(settingsFields());
  const linked = "identity_provider_config";
  const later = settings.filter((name) => !name.startsWith("saml_"));
  return { "2025-08": [...later, linked], "2026-07": [], current: [...settings, linked] }[backend.generation];
}

/**
 * An e-mail domain as a server of this generation shows it: with its own SAML settings (August 2025), with a linked
 * configuration and a copy of its settings (July 2026), or with neither (PostHog: organization domains API). `token` is
 * a SCIM token that this request created.
 */
function domainView(backend: Backend, domain: OrganizationDomain, token: string | null = null) {
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
    const isTrusted = configsOf(backend, domain, "xaa").some(({ id_jag_issuer_url: issuer }) =>
      Boolean(issuer),
    );
    return { ...common, scim_base_url: newScimBaseUrl(backend, domain), has_id_jag: isTrusted };
  }
  return atLeast(backend, "mid")
    ? { ...common, ...linkedView(backend, domain, token) }
    : { ...common, ...inlineView(domain) };
}

// With several configurations, it is unknown which one the domain's people use.
function newScimBaseUrl(backend: Backend, domain: OrganizationDomain): string | null {
  const [only, ...others] = configsOf(backend, domain, "scim").filter(hasScim);
  return only !== undefined && others.length === 0 ? scimBaseUrl(backend.siteUrl, only.scim_slug) : null;
}

// The configuration decides what is set up; the values come from the domain's own copy.
function linkedView(backend: Backend, domain: OrganizationDomain, token: string | null) {
  const config = backend.store.identityProviders.get(domain.identity_provider_config);
  const provisioned = config !== undefined && hasScim(config);
  return {
    has_saml: config !== undefined && hasSaml(config),
    saml_entity_id: domain.saml_entity_id,
    saml_acs_url: domain.saml_acs_url,
    saml_x509_cert: domain.saml_x509_cert,
    has_scim: provisioned,
    scim_enabled: domain.scim_enabled,
    scim_base_url: provisioned ? scimBaseUrl(backend.siteUrl, domain.id) : null,
    scim_bearer_token: token,
    has_id_jag: Boolean(config?.id_jag_issuer_url),
    id_jag_issuer_url: domain.id_jag_issuer_url,
    id_jag_jwks_url: domain.id_jag_jwks_url,
    id_jag_allowed_clients: domain.id_jag_allowed_clients,
    identity_provider_config: domain.identity_provider_config,
  };
}

function inlineView(domain: OrganizationDomain) {
  return {
    has_saml: hasSaml(domain),
    saml_entity_id: domain.saml_entity_id,
    saml_acs_url: domain.saml_acs_url,
    saml_x509_cert: domain.saml_x509_cert,
  };
}
