import { paginate } from "../server/paging";
import { type OrganizationCall, ok, type Reply, type RouteFamily } from "../server/routing";
import { LEVEL, type Organization, type PersonalApiKey } from "../store/entities";
import type { Store } from "../store/store";

/** An organization's list of its members' keys, for admins' sessions (PostHog: organization personal API keys). */
export const personalApiKeyInventory: RouteFamily = (routes) => {
  const rule = { level: LEVEL.admin, premium: "organization_security_settings", since: "2026-07" } as const;
  routes.organization("GET", "personal_api_keys", rule, list);
};

function list({ backend, organization, url }: OrganizationCall): Reply {
  const { store } = backend;
  const rows = reachingKeys(store, organization).sort(byLastUse);
  return ok(paginate(rows, url, (key) => inventoryView(store, organization, key)));
}

/** The members' keys that can access something in the organization. */
function reachingKeys(store: Store, organization: Organization): PersonalApiKey[] {
  return store.memberships
    .where("organization_id", organization.id)
    .flatMap((membership) => store.personalApiKeys.where("user_id", membership.user_id))
    .filter((key) => {
      const unlimited = key.scoped_organizations.length === 0 && key.scoped_teams.length === 0;
      const named = key.scoped_organizations.includes(organization.id);
      return unlimited || named || projectsOf(store, organization, key).length > 0;
    });
}

function projectsOf(store: Store, organization: Organization, key: PersonalApiKey) {
  return key.scoped_teams.flatMap((id) => {
    const project = store.projects.get(id);
    return project?.organization_id === organization.id ? [{ id, name: project.name }] : [];
  });
}

// Latest use first. Like all of PostHog's descending orders, this starts with the unset values.
function byLastUse(left: PersonalApiKey, right: PersonalApiKey): number {
  const moment = (key: PersonalApiKey) => key.last_used_at ?? "9999";
  return moment(right).localeCompare(moment(left)) || right.created_at.localeCompare(left.created_at);
}

function inventoryView(store: Store, organization: Organization, key: PersonalApiKey) {
  const owner = store.users.get(key.user_id);
  const projects = projectsOf(store, organization, key);
  const unlimited = key.scoped_organizations.length === 0 && key.scoped_teams.length === 0;
  return {
    owner: { first_name: owner?.first_name, last_name: owner?.last_name, email: owner?.email },
    mask_value: key.mask_value,
    scopes: key.scopes,
    access_scope:
      projects.length > 0 ? { type: "projects", projects } : { type: unlimited ? "all" : "organization" },
    last_used_at: key.last_used_at,
    created_at: key.created_at,
  };
}
