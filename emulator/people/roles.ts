import * as z from "zod";
import { readBody } from "../server/body";
import { membershipOf } from "../server/effectiveAccess";
import { invalid, notFound, serverError } from "../server/errors";
import { isUuid, text, uuid } from "../server/fields";
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
import { roleMembershipView, roleView, visibleMembers } from "../server/views";
import { LEVEL, type Role, type RoleMembership } from "../store/entities";

const READ = { scope: "organization:read" };

const WRITE = {
  scope: "organization:write",
  level: LEVEL.admin,
  oldRefusal: "You need to have admin level or higher.",
  sensitive: true,
};

const MEMBERSHIPS = "roles/:role_id/role_memberships";

/** Roles and their members (PostHog: roles API). */
export const roles: RouteFamily = (routes) => {
  routes.organization("GET", "roles", READ, list);
  routes.organization("POST", "roles", WRITE, create);
  routes.organization("GET", "roles/:role_id", READ, (call) => ok(view(call, find(call))));
  routes.organization("PATCH", "roles/:role_id", WRITE, (call) => update(call, Body.partial()));
  routes.organization("PUT", "roles/:role_id", WRITE, (call) => update(call, Body));
  routes.organization("DELETE", "roles/:role_id", WRITE, remove);
  routes.organization("GET", MEMBERSHIPS, READ, listMemberships);
  routes.organization("POST", MEMBERSHIPS, WRITE, addMembership);
  const one = `${MEMBERSHIPS}/:membership_id`;
  routes.organization("GET", one, { ...READ, since: "2026-07" }, retrieveMembership);
  routes.organization("DELETE", one, WRITE, removeMembership);
};

const Body = z.object({ name: text({ max: 200 }) });

const MembershipBody = z.object({ user_uuid: uuid() });

function view(call: OrganizationCall, role: Role) {
  return roleView(call.backend, role, visibility(call));
}

function visibility({ backend, organization, membership }: OrganizationCall) {
  const visible = new Set(visibleMembers(backend, organization, membership).map(({ id }) => id));
  return (membershipId: string) => visible.has(membershipId);
}

function list(call: OrganizationCall): Reply {
  const isVisible = visibility(call);
  return ok(paginate(askedRoles(call), call.url, (role) => roleView(call.backend, role, isVisible)));
}

/** The roles that the request asks for. Servers of August 2025 read every parameter as a column of roles. */
function askedRoles({ backend, organization, url }: OrganizationCall): Role[] {
  const roles = backend.store.roles.where("organization_id", organization.id);
  const asked = atLeast(backend, "2026-07") ? [] : [...url.searchParams];
  if (!asked.every(([column]) => column === "id" || column === "name")) {
    throw serverError();
  }
  return roles.filter((role) => asked.every(([column, value]) => Reflect.get(role, column) === value));
}

function find(call: OrganizationCall): Role {
  const role = askedRoles(call).find(({ id }) => id === call.params.role_id?.toLowerCase());
  if (role === undefined) {
    throw notFound();
  }
  return role;
}

function create(call: OrganizationCall): Reply {
  const { backend, organization, actor } = call;
  const { name } = readBody(call, Body);
  checkName(call, name);
  const role = backend.store.roles.insert(
    {
      id: backend.store.uuid(),
      organization_id: organization.id,
      name,
      created_by_id: null,
      created_at: backend.store.timestamp(),
    },
    actor,
  );
  return created(view(call, role));
}

function update<S extends typeof Body | ReturnType<typeof Body.partial>>(
  call: OrganizationCall,
  schema: S,
): Reply {
  const role = find(call);
  const { name } = readBody(call, schema);
  if (name === undefined) {
    return ok(view(call, role));
  }
  // On old servers a role's own name counts as taken.
  checkName(call, name, atLeast(call.backend, "2026-07") ? role : undefined);
  return ok(view(call, call.backend.store.roles.update(role.id, { name }, call.actor)));
}

function checkName({ backend, organization }: OrganizationCall, name: string, except?: Role): void {
  const taken = backend.store.roles
    .where("organization_id", organization.id)
    .some((role) => role.id !== except?.id && role.name.toLowerCase() === name.toLowerCase());
  if (taken) {
    throw invalid("There is already a role with this name.", { attr: "name", code: "unique" });
  }
}

function remove(call: OrganizationCall): Reply {
  call.backend.store.roles.delete(find(call).id, call.actor);
  return noContent();
}

function memberships(call: OrganizationCall): RoleMembership[] {
  const { backend, organization, params } = call;
  if (!isUuid(params.role_id ?? "")) {
    throw serverError();
  }
  const isVisible = visibility(call);
  const role = backend.store.roles.get(params.role_id?.toLowerCase());
  return role?.organization_id === organization.id
    ? backend.store.roleMemberships
        .where("role_id", role.id)
        .filter(({ membership_id }) => isVisible(membership_id))
    : [];
}

function listMemberships(call: OrganizationCall): Reply {
  return ok(paginate(memberships(call), call.url, (row) => roleMembershipView(call.backend, row)));
}

function findMembership(call: OrganizationCall): RoleMembership {
  const row = memberships(call).find(({ id }) => id === call.params.membership_id?.toLowerCase());
  if (row === undefined) {
    throw notFound();
  }
  return row;
}

function retrieveMembership(call: OrganizationCall): Reply {
  return ok(roleMembershipView(call.backend, findMembership(call)));
}

function addMembership(call: OrganizationCall): Reply {
  const { backend, organization, params, actor } = call;
  const { store } = backend;
  const { user_uuid } = readBody(call, MembershipBody);
  const role = store.roles.get(params.role_id?.toLowerCase());
  if (role?.organization_id !== organization.id) {
    // Old servers give the same reason for every database error.
    const isOld = !atLeast(backend, "2026-07");
    throw invalid(isOld ? "User is already part of the role." : "Role does not exist.");
  }
  const user = store.users.where("uuid", user_uuid)[0];
  const membership = user?.is_active ? membershipOf(store, user, organization.id) : undefined;
  if (membership === undefined) {
    throw invalid("User does not exist.");
  }
  const existing = store.roleMemberships.where("role_id", role.id);
  if (existing.some(({ membership_id }) => membership_id === membership.id)) {
    throw invalid("User is already part of the role.");
  }
  const now = store.timestamp();
  const row = store.roleMemberships.insert(
    {
      id: store.uuid(),
      role_id: role.id,
      membership_id: membership.id,
      joined_at: now,
      updated_at: now,
    },
    actor,
  );
  return created(roleMembershipView(backend, row));
}

function removeMembership(call: OrganizationCall): Reply {
  call.backend.store.roleMemberships.delete(findMembership(call).id, call.actor);
  return noContent();
}
