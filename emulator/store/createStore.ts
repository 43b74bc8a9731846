import { writeActivity } from "./activityRows";
import type { Actor, Collection, Row } from "./collection";
import type { ProjectObject } from "./entities";
import { type Age, type Clock, Store } from "./store";

/** A new, empty store with its activity log and cascades, so that neither a route nor a test can leave them out. */
export function createStore(clock: Clock, generation?: Age): Store {
  const store = new Store(clock, generation);
  writeActivity(store);
  cascadeDeletions(store);
  return store;
}

/** Deletes what belongs to a deleted row, as PostHog's foreign keys do. */
function cascadeDeletions(store: Store): void {
  leaveCurrent(store);
  cascade(store.memberships, store.roleMemberships, "membership_id");
  cascade(store.memberships, store.accessRules, "organization_member");
  cascade(store.roles, store.roleMemberships, "role_id");
  cascade(store.roles, store.accessRules, "role");
  cascade(store.projects, store.accessRules, "team_id");
  cascade(store.projects, store.objects, "team_id");
  cascade(store.projects, store.projectSecretApiKeys, "team_id");
  cascade(store.organizations, store.projects, "organization_id");
  cascade(store.organizations, store.invites, "organization_id");
  cascade(store.organizations, store.domains, "organization_id");
  cascade(store.organizations, store.identityProviders, "organization_id");
  cascade(store.organizations, store.roles, "organization_id");
  cascade(store.organizations, store.memberships, "organization_id");
  cascade(store.users, store.memberships, "user_id");
  cascade(store.users, store.personalApiKeys, "user_id");
  cascade(store.domains, store.scimRequests, "organization_domain_id");
  cascade(store.identityProviders, store.scimUsers, "identity_provider_config_id");
  cascade(store.users, store.scimUsers, "user_id");
  cascade(store.identityProviders, store.scimRequests, "identity_provider_config_id");
  unlinkSignOn(store);
  clearDefaultRole(store);
  if (store.generation === "current") {
    dropObjectRules(store);
  }
}

function cascade<P extends Row, C extends Row, K extends keyof C>(
  parents: Collection<P>,
  children: Collection<C>,
  column: K & (P["id"] extends NonNullable<C[K]> ? K : never),
): void {
  parents.onDelete((parent, actor) => {
    for (const child of children.all()) {
      if (child[column] === parent.id) {
        children.delete(child.id, actor);
      }
    }
  });
}

function unlinkSignOn(store: Store): void {
  store.domains.onDelete(({ id }, actor) => {
    for (const config of store.identityProviders.all()) {
      const organization_domain_ids = config.organization_domain_ids.filter((domain) => domain !== id);
      store.identityProviders.update(config.id, { organization_domain_ids }, actor);
    }
  });
  store.identityProviders.onDelete(({ id }, actor) => {
    for (const domain of store.domains.where("identity_provider_config", id)) {
      store.domains.update(domain.id, { identity_provider_config: null }, actor);
    }
  });
}

// Deleted objects stay as rows, but newer servers delete their rules.
function dropObjectRules(store: Store): void {
  const dropRules = ({ resource, pk, team_id }: ProjectObject, actor: Actor) => {
    for (const rule of store.accessRules.where("team_id", team_id)) {
      if (rule.resource === resource && rule.resource_id === String(pk)) {
        store.accessRules.delete(rule.id, actor);
      }
    }
  };
  store.objects.onDelete(dropRules);
  store.objects.onChange(({ kind, after }, actor) => {
    if (kind === "updated" && after.deleted) {
      dropRules(after, actor);
    }
  });
}

function clearDefaultRole(store: Store): void {
  store.roles.onDelete((role, actor) => {
    const organization = store.organizations.get(role.organization_id);
    if (organization?.default_role_id === role.id) {
      store.organizations.update(organization.id, { default_role_id: null }, actor);
    }
  });
}

// A person's current organization and project must be accessible. A person who leaves an organization gets another one;
// deleting an organization only clears the choice.
function leaveCurrent(store: Store): void {
  store.organizations.onDelete(({ id }, actor) => {
    for (const user of store.users.where("current_organization_id", id)) {
      store.users.update(user.id, { current_organization_id: null, current_team_id: null }, actor);
    }
  });
  store.memberships.onChange((change, actor) => {
    const user = store.users.get(change.before?.user_id);
    if (change.kind !== "deleted" || user?.current_organization_id !== change.before.organization_id) {
      return;
    }
    const next = store.memberships.where("user_id", user.id)[0]?.organization_id ?? null;
    const project = next === null ? undefined : store.projects.where("organization_id", next)[0];
    store.users.update(
      user.id,
      { current_organization_id: next, current_team_id: project?.id ?? null },
      actor,
    );
  });
  store.projects.onChange((change, actor) => {
    if (change.kind !== "deleted") {
      return;
    }
    const next = store.projects.where("organization_id", change.before.organization_id)[0]?.id ?? null;
    for (const user of store.users.where("current_team_id", change.before.id)) {
      store.users.update(user.id, { current_team_id: next }, actor);
    }
  });
}
