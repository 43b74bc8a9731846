import { isDeepStrictEqual } from "node:util";
import { type ActivityScope, type LoggedAs, rowOf } from "./activityLog";
import type { Change } from "./collection";
import type { PersonalApiKey } from "./entities";
import type { Store } from "./store";

/**
 * The rows that a write to a personal API key leaves, one for each project or organization that the key can access. If
 * that changes, the key is `created` where it gains access and `revoked` where it loses access (PostHog: activity of
 * personal API keys).
 */
export function keyRows(store: Store, change: Change<PersonalApiKey>): LoggedAs[] {
  if (change.kind === "updated" && reachChanges(change.before, change.after)) {
    return moved(store, change.before, change.after);
  }
  return reach(store, rowOf(change)).map((place) => ({ ...place, activity: change.kind }));
}

function reachChanges(before: PersonalApiKey, after: PersonalApiKey): boolean {
  const scopes = ({ scoped_teams, scoped_organizations }: PersonalApiKey) => [
    scoped_teams,
    scoped_organizations,
  ];
  return !isDeepStrictEqual(scopes(before), scopes(after));
}

/** The projects that a key can access; if it is not restricted to projects, the organizations. */
function reach(store: Store, key: PersonalApiKey): ActivityScope[] {
  if (key.scoped_teams.length > 0) {
    return key.scoped_teams
      .flatMap((id) => store.projects.get(id) ?? [])
      .map(({ id, organization_id }) => ({ organization_id, team_id: id }));
  }
  const own = store.memberships.where("user_id", key.user_id).map(({ organization_id }) => organization_id);
  const organizations = key.scoped_organizations.length > 0 ? key.scoped_organizations : own;
  return organizations.map((organization_id) => ({ organization_id, team_id: null }));
}

function moved(store: Store, before: PersonalApiKey, after: PersonalApiKey): LoggedAs[] {
  const narrows = before.scoped_teams.length === 0 && before.scoped_organizations.length > 0;
  const had =
    narrows && after.scoped_teams.length > 0
      ? reach(store, before).flatMap(({ organization_id }) => projectsOf(store, organization_id))
      : reach(store, before);
  const has = reach(store, after);
  const gained = without(has, had).filter(
    ({ organization_id, team_id }) => team_id !== null || !isOnlyProject(store, organization_id, had),
  );
  const lost = without(had, has);
  const whole = [...new Set(lost.map(({ organization_id }) => organization_id))].filter((id) =>
    isEveryProject(store, id, lost),
  );
  const revoked = [
    ...lost.filter(({ organization_id, team_id }) => team_id === null || !whole.includes(organization_id)),
    ...whole.map((organization_id) => ({ organization_id, team_id: null })),
  ];
  return [
    ...gained.map((place) => ({ ...place, activity: "created" })),
    ...revoked.map((place) => ({ ...place, activity: "revoked" })),
  ];
}

function without(places: readonly ActivityScope[], others: readonly ActivityScope[]): ActivityScope[] {
  return places.filter((place) => !others.some((other) => isDeepStrictEqual(place, other)));
}

function projectsOf(store: Store, organizationId: string | null): ActivityScope[] {
  return organizationId === null
    ? []
    : store.projects
        .where("organization_id", organizationId)
        .map(({ id, organization_id }) => ({ organization_id, team_id: id }));
}

function isOnlyProject(store: Store, organizationId: string | null, had: readonly ActivityScope[]): boolean {
  const all = projectsOf(store, organizationId);
  return all.length === 1 && without(all, had).length === 0;
}

function isEveryProject(
  store: Store,
  organizationId: string | null,
  lost: readonly ActivityScope[],
): boolean {
  const all = projectsOf(store, organizationId);
  return all.length > 0 && without(all, lost).length === 0;
}
