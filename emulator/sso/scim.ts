import { hasFeature } from "../server/effectiveAccess";
import { denied } from "../server/errors";
import { paginateByNumber } from "../server/paging";
import { type OrganizationCall, ok, type Reply, type RouteFamily } from "../server/routing";
import { LEVEL, type ScimRequest } from "../store/entities";
import { findDomain } from "./domains";
import { findConfig } from "./identityProviderConfigs";
import { saveConfig, saveDomain } from "./settingsCopy";
import { renewScim, type ScimState, scimBaseUrl } from "./signOn";

/** SCIM tokens and logs, for sessions only (PostHog: organization domains, identity provider configs API). */
export const scim: RouteFamily = (routes) => {
  const renew = { level: LEVEL.admin, sensitive: true };
  const domain = "domains/:domain_id/scim";
  const config = "identity_provider_configs/:config_id/scim";
  routes.organization(
    "POST",
    `${domain}/token`,
    { ...renew, since: "2026-07", until: "2026-07" },
    renewOfDomain,
  );
  routes.organization("POST", `${config}/token`, { ...renew, since: "mid" }, renewOfConfig);
  routes.organization("GET", `${domain}/logs`, { since: "mid" }, (call) => {
    const { id } = findDomain(call);
    return listLogs(call, call.backend.store.scimRequests.where("organization_domain_id", id));
  });
  routes.organization("GET", `${config}/logs`, { since: "new" }, (call) => {
    const { id } = findConfig(call);
    return listLogs(call, call.backend.store.scimRequests.where("identity_provider_config_id", id));
  });
};

function renewOfDomain(call: OrganizationCall): Reply {
  const { backend, actor } = call;
  const domain = findDomain(call);
  return renew(call, domain, "domain", (state) => {
    saveDomain(backend, domain, state, actor);
    return { scim_base_url: scimBaseUrl(backend.siteUrl, domain.id) };
  });
}

function renewOfConfig(call: OrganizationCall): Reply {
  const config = findConfig(call);
  return renew(call, config, "config", (state) => {
    saveConfig(call.backend, config, state, call.actor);
    return {};
  });
}

function renew(
  { organization }: OrganizationCall,
  { scim_enabled }: ScimState,
  kind: "domain" | "config",
  save: (state: ScimState) => object,
): Reply {
  if (!hasFeature(organization, "scim")) {
    throw denied("SCIM is not available for this organization");
  }
  if (!scim_enabled) {
    return { status: 400, body: { detail: `SCIM is not enabled for this ${kind}` } };
  }
  const { state, token } = renewScim();
  return ok({ scim_enabled: true, ...save(state), scim_bearer_token: token });
}

function listLogs({ membership, url }: OrganizationCall, requests: ScimRequest[]): Reply {
  if (membership.level < LEVEL.admin) {
    throw denied("Only organization admins can view SCIM logs.");
  }
  const rows = requests.filter(filterOf(url.searchParams)).sort(newestFirst);
  return ok(paginateByNumber(rows, url, { usual: 20, most: 100 }, logView));
}

function filterOf(query: URLSearchParams): (row: ScimRequest) => boolean {
  const number = (name: string, other: number) => {
    const value = Number.parseFloat(query.get(name) ?? "");
    return Number.isNaN(value) ? other : value;
  };
  const moment = (name: string, other: number) => {
    const value = Date.parse(query.get(name) ?? "");
    return Number.isNaN(value) ? other : value;
  };
  const search = query.get("search")?.toLowerCase() ?? "";
  return ({ response_status: status, created_at, request_path, request_body }) =>
    status >= number("status_min", 0) &&
    status <= number("status_max", Infinity) &&
    Date.parse(created_at) >= moment("after", 0) &&
    Date.parse(created_at) <= moment("before", Infinity) &&
    `${request_path} ${JSON.stringify(request_body)}`.toLowerCase().includes(search);
}

function newestFirst(left: ScimRequest, right: ScimRequest): number {
  return right.created_at.localeCompare(left.created_at);
}

function logView({
  organization_domain_id: _domain,
  identity_provider_config_id: _config,
  ...columns
}: ScimRequest) {
  return columns;
}
