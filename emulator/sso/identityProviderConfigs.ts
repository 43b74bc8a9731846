import * as z from "zod";
import type { Backend } from "../server/backend";
import { readBody } from "../server/body";
import { hasFeature } from "../server/effectiveAccess";
import { invalid, notFound } from "../server/errors";
import { checked, choice, type Field, references, refuse, text } from "../server/fields";
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
import { newIdentityProvider } from "../store/defaults";
import { type IdentityProviderConfig, LEVEL, type Organization } from "../store/entities";
import type { Store } from "../store/store";
import { saveConfig } from "./settingsCopy";
import { checkSettingsPlan, settingsFields } from "./settingsFields";
import { appliesTo, hasOidc, hasSaml, hasScim, isFor, scimBaseUrl, switchScim } from "./signOn";
import { isIssuerUrl } from "./urlRules";

/** Configurations of identity providers; the oldest servers have none (PostHog: identity provider configs API). */
export const identityProviderConfigs: RouteFamily = (routes) => {
  const read = { scope: "organization:read", since: "mid" } as const;
  const write = {
    scope: "organization:write",
    level: LEVEL.admin,
    sensitive: true,
    since: "mid",
  } as const;
  const path = "identity_provider_configs";
  routes.organization("GET", path, read, listAll);
  routes.organization("POST", path, write, create);
  routes.organization("GET", `${path}/:config_id`, read, (call) =>
    ok(identityProviderView(call.backend, findConfig(call))),
  );
  routes.organization("PATCH", `${path}/:config_id`, write, update);
  routes.organization("PUT", `${path}/:config_id`, write, update);
  routes.organization("DELETE", `${path}/:config_id`, write, destroy);
};

/** The configuration in a call's path, if it belongs to the organization. */
export function findConfig({ backend, organization, params }: OrganizationCall): IdentityProviderConfig {
  const config = backend.store.identityProviders.get(params.config_id?.toLowerCase());
  if (config?.organization_id !== organization.id) {
    throw notFound();
  }
  return config;
}

function listAll({ backend, organization, url }: OrganizationCall): Reply {
  const rows = backend.store.identityProviders.where("organization_id", organization.id);
  return ok(paginate(rows, url, (row) => identityProviderView(backend, row)));
}

function create(call: OrganizationCall): Reply {
  const { backend, organization, actor } = call;
  const { config, token } = changed(call, newIdentityProvider(backend.store, organization.id));
  return created(identityProviderView(backend, backend.store.identityProviders.insert(config, actor), token));
}

// A field that is left out keeps its value, in PUT as in PATCH.
function update(call: OrganizationCall): Reply {
  const { backend, actor } = call;
  const before = findConfig(call);
  const { config, token } = changed(call, before);
  const { updated_at: _touchedByTheStore, ...columns } = config;
  const after = saveConfig(backend, before, columns, actor);
  return ok(identityProviderView(backend, after, token));
}

function destroy(call: OrganizationCall): Reply {
  const config = findConfig(call);
  if (atLeast(call.backend, "new") && config.config_scope === null) {
    throw invalid("This identity provider configuration cannot be deleted until it has a feature scope.", {
      code: "unscoped_config",
    });
  }
  call.backend.store.identityProviders.delete(config.id, call.actor);
  return noContent();
}

/** Applies a call's body to a configuration, if the plan and the other configurations allow it. */
function changed(call: OrganizationCall, before: IdentityProviderConfig) {
  const { backend, organization } = call;
  const unknownHere = atLeast(backend, "new") ? [] : NEW_CONFIG_FIELDS;
  const body = readBody(call, bodyOf(call), unknownHere);
  const { scim_enabled, oidc_client_secret, ...columns } = body;
  checkPlan(organization, body);
  const { state, token } = switchScim(before, scim_enabled);
  const secret = oidc_client_secret === undefined ? before.oidc_client_secret : oidc_client_secret || null;
  const config = { ...before, ...columns, ...state, oidc_client_secret: secret };
  if (atLeast(backend, "new")) {
    checkOidcScope(config, body);
    checkOverlap(backend.store, config);
  }
  return { config, token };
}

type ConfigBody = z.output<ReturnType<typeof bodyOf>>;

function bodyOf({ backend, organization }: OrganizationCall) {
  const isOwnDomain = (id: string) => backend.store.domains.get(id)?.organization_id === organization.id;
  return z.object({
    name: text({ max: 255, blank: true }).optional(),
    domain_scope: choice(["all", "selected"]).nullable().optional(),
    config_scope: choice(["saml", "scim", "xaa", "oidc"]).nullable().optional(),
    organization_domain_ids: references(isOwnDomain).optional(),
    ...settingsFields(),
    oidc_issuer_url: issuerUrl().optional(),
    oidc_client_id: text({ max: 512, blank: true }).optional(),
    oidc_client_secret: text({ max: 4096, blank: true }).optional(),
  });
}

function issuerUrl(): Field<string> {
  return checked(text({ max: 512, blank: true }), (url) => {
    if (url !== "" && !isIssuerUrl(url)) {
      refuse("invalid", "Use an HTTPS issuer URL without credentials, a query, or a fragment.");
    }
  });
}

function asksForOidc({ oidc_issuer_url, oidc_client_id, oidc_client_secret }: ConfigBody): boolean {
  return [oidc_issuer_url, oidc_client_id, oidc_client_secret].some((value) => value !== undefined);
}

function checkPlan(organization: Organization, body: ConfigBody): void {
  checkSettingsPlan(organization, body);
  if (asksForOidc(body) && !hasFeature(organization, "oidc")) {
    const detail = "OIDC is not available for this organization.";
    throw invalid(detail, { attr: "oidc_issuer_url", code: "feature_not_available" });
  }
}

function checkOidcScope(config: IdentityProviderConfig, body: ConfigBody): void {
  if (asksForOidc(body) && config.config_scope !== "oidc") {
    throw invalid("Use an OIDC configuration for OIDC settings.", { attr: "config_scope" });
  }
}

// With two complete configurations of one protocol on a verified domain, it would be open which one signs people in.
function checkOverlap(store: Store, config: IdentityProviderConfig): void {
  const verified = store.domains
    .where("organization_id", config.organization_id)
    .filter(({ verified_at }) => verified_at !== null);
  const others = store.identityProviders
    .where("organization_id", config.organization_id)
    .filter(({ id }) => id !== config.id);
  for (const [name, protocol, isComplete] of [
    ["SAML", "saml", hasSaml],
    ["OIDC", "oidc", hasOidc],
  ] as const) {
    const counts = (one: IdentityProviderConfig) => isFor(one, protocol) && isComplete(one);
    const isShared = (other: IdentityProviderConfig) =>
      verified.some((domain) => appliesTo(config, domain) && appliesTo(other, domain));
    if (counts(config) && others.some((other) => counts(other) && isShared(other))) {
      throw invalid(
        `This ${name} configuration overlaps with another ${name} configuration on one or more verified domains. Choose different domains before saving.`,
        { attr: "domain_scope" },
      );
    }
  }
}

/** The fields of a configuration that only the newest servers have. */
const NEW_CONFIG_FIELDS: readonly string[] = [
  "domain_scope",
  "config_scope",
  "organization_domain_ids",
  "oidc_issuer_url",
  "oidc_client_id",
  "oidc_client_secret",
];

/**
 * An identity provider's configuration (PostHog: identity provider configs API). `token` is a SCIM token that this
 * request created.
 */
function identityProviderView(backend: Backend, config: IdentityProviderConfig, token: string | null = null) {
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
