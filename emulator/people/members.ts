import { distance } from "fastest-levenshtein";
import * as z from "zod";
import { readBody } from "../server/body";
import { isAdmin, membershipOf } from "../server/effectiveAccess";
import { denied, invalid, notFound, serverError } from "../server/errors";
import { choice, isUuid } from "../server/fields";
import { atLeast } from "../server/generations";
import { paginate } from "../server/paging";
import { noContent, type OrganizationCall, ok, type Reply, type RouteFamily } from "../server/routing";
import { memberView, visibleMembers } from "../server/views";
import { LEVEL, type Membership, type User } from "../store/entities";

const WRITE = { scope: "organization_member:write", sensitive: true };

export const members: RouteFamily = (routes) => {
  routes.organization("GET", "members", { scope: "organization_member:read" }, list);
  routes.organization("PATCH", "members/:user_uuid", WRITE, update);
  routes.organization("PUT", "members/:user_uuid", WRITE, update);
  routes.organization("DELETE", "members/:user_uuid", WRITE, remove);
  routes.organization("GET", "members/:user_uuid/scoped_api_keys", {}, scopedApiKeys);
  const read = { scope: "organization_member:read" };
  routes.organization("GET", "members/:user_uuid/github_login", read, githubLogin);
};

type Match = "exact" | "similar" | null;

function list(call: OrganizationCall): Reply {
  const { backend, organization, membership, url } = call;
  const oldestFirst = url.searchParams.get("order") === "joined_at";
  const people = visibleMembers(backend, organization, membership).filter((row) => isCounted(call, row));
  const sorted = oldestFirst ? people : [...people].reverse();
  const searches = atLeast(backend, "2026-07") && Boolean(url.searchParams.get("search"));
  return ok(
    paginate(filter(call, sorted), url, ({ row, match }) => {
      const view = memberView(backend, row);
      return searches ? { ...view, search_match_type: match } : view;
    }),
  );
}

function isCounted({ backend }: OrganizationCall, row: Membership): boolean {
  const user = backend.store.users.get(row.user_id);
  return user?.is_active === true && !user.email.endsWith("@posthogbot.user");
}

function filter({ backend, url }: OrganizationCall, rows: Membership[]): { row: Membership; match: Match }[] {
  const email = url.searchParams.get("email");
  const search = atLeast(backend, "2026-07") ? url.searchParams.get("search") : null;
  const after = url.searchParams.get("updated_after");
  if (after !== null && Number.isNaN(Date.parse(after))) {
    throw serverError();
  }
  if (search !== null && search.length > 200) {
    throw invalid("Search query must be 200 characters or fewer.", { attr: "search" });
  }
  const kept = rows.filter(
    (row) =>
      (email === null || backend.store.users.get(row.user_id)?.email === email) &&
      (after === null || Date.parse(row.updated_at) > Date.parse(after)),
  );
  if (!search) {
    return kept.map((row) => ({ row, match: null }));
  }
  const matches = kept.map((row) => ({ row, match: matchOf(backend.store.users.get(row.user_id), search) }));
  const of = (match: Match) => matches.filter((one) => one.match === match);
  return [...of("exact"), ...of("similar")];
}

function matchOf(user: User | undefined, search: string): Match {
  const words = [user?.first_name ?? "", user?.last_name ?? "", user?.email ?? ""].map((word) =>
    word.toLowerCase(),
  );
  const wanted = search.toLowerCase();
  if (words.some((word) => word.includes(wanted))) {
    return "exact";
  }
  const near = words.some((word) => distance(word, wanted) <= Math.floor(wanted.length / 3));
  return near ? "similar" : null;
}

function target({ backend, organization, membership, user, params }: OrganizationCall): Membership {
  if (params.user_uuid === "@me") {
    return membership;
  }
  // PostHog passes the value to the database, which fails if it is not an id.
  if (!isUuid(params.user_uuid ?? "")) {
    throw serverError();
  }
  const other = backend.store.users.where("uuid", params.user_uuid?.toLowerCase() ?? "")[0];
  const found = other === undefined ? undefined : membershipOf(backend.store, other, organization.id);
  if (found === undefined || user === undefined) {
    throw notFound();
  }
  return found;
}

function editable(call: OrganizationCall): Membership {
  const { membership } = call;
  const other = target(call);
  if (!isAdmin(membership) && other.id !== membership.id) {
    throw denied("You can only edit others if you are an admin.");
  }
  if (other.level > membership.level) {
    throw denied("You can only edit others with level lower or equal to you.");
  }
  return other;
}

const Body = z.object({ level: choice([LEVEL.member, LEVEL.admin, LEVEL.owner]).optional() });

function update(call: OrganizationCall): Reply {
  const { backend, membership, actor } = call;
  const other = editable(call);
  const { level } = readBody(call, Body);
  if (level === undefined) {
    return ok(memberView(backend, other));
  }
  if (other.id === membership.id) {
    throw denied("You can't change your own access level.");
  }
  if (level === LEVEL.owner && membership.level !== LEVEL.owner) {
    throw denied("You can only make another member owner if you're this organization's owner.");
  }
  if (level > membership.level) {
    throw denied("You can only change access level of others to lower or equal to your current one.");
  }
  return ok(memberView(backend, backend.store.memberships.update(other.id, { level }, actor)));
}

function remove(call: OrganizationCall): Reply {
  const other = editable(call);
  if (other.level === LEVEL.owner) {
    throw invalid("Cannot leave the organization as its owner!");
  }
  call.backend.store.memberships.delete(other.id, call.actor);
  return noContent();
}

const WEEK_MS = 7 * 24 * 3_600_000;

function scopedApiKeys(call: OrganizationCall): Reply {
  const { store } = call.backend;
  const projects = store.projects.where("organization_id", call.organization.id).map(({ id }) => id);
  const keys = store.personalApiKeys
    .where("user_id", target(call).user_id)
    .filter(({ scoped_teams: teams, scoped_organizations: organizations }) =>
      teams.length + organizations.length === 0
        ? true
        : organizations.includes(call.organization.id) || teams.some((id) => projects.includes(id)),
    );
  const isRecent = (moment: string | null) =>
    moment !== null && store.now().getTime() - Date.parse(moment) < WEEK_MS;
  return ok({
    has_keys: keys.length > 0,
    has_keys_active_last_week: keys.some(({ last_used_at }) => isRecent(last_used_at)),
    keys: keys.map(({ label, last_used_at }) => ({ name: label, last_used_at })),
  });
}

function githubLogin(call: OrganizationCall): Reply {
  const user = call.backend.store.users.get(target(call).user_id);
  return ok({ github_login: user?.github_login ?? null });
}
