import * as z from "zod";
import { noContent, type Reply } from "../server/routing";
import type { Role } from "../store/entities";
import {
  listReply,
  metaOf,
  Patch,
  type PatchOperation,
  read,
  readFilter,
  recordScim,
  type ScimCall,
  ScimError,
  schemasOf,
  scimReply,
} from "./protocol";

const Members = z.array(z.looseObject({ value: z.union([z.string(), z.number()]).transform(String) }));

const Attributes = z.looseObject({ displayName: z.string().min(1).optional(), members: Members.optional() });

const REFUSED = "Failed to update group";

/** Lists the roles, or finds one by name if there is a filter. */
export function listGroups(call: ScimCall): Reply {
  const name = readFilter(call, "displayName");
  const roles = rolesOf(call).filter((role) => name === null || role.name === name);
  return listReply(call, roles, (role) => groupView(call, role));
}

export function retrieveGroup(call: ScimCall): Reply {
  return scimReply(200, groupView(call, findRole(call)));
}

/** Creates the role of exactly that name, or adopts it. If members are sent, everyone else leaves the role. */
export function createGroup(call: ScimCall): Reply {
  const { displayName, members } = read(Attributes, call.body, "Invalid group data");
  if (displayName === undefined) {
    throw new ScimError(400, "Invalid group data");
  }
  const { store } = call.backend;
  const role =
    rolesOf(call).find(({ name }) => name === displayName) ??
    store.roles.insert(
      {
        id: store.uuid(),
        organization_id: call.organization.id,
        name: displayName,
        created_by_id: null,
        created_at: store.timestamp(),
      },
      call.actor,
    );
  if (members !== undefined) {
    setMembers(call, role, members);
  }
  return written(call, role, "provisioned", 201);
}

/** Sets a role's name and members. Without members in the body, the role becomes empty. */
export function replaceGroup(call: ScimCall): Reply {
  const role = findRole(call);
  const { displayName, members = [] } = read(Attributes, call.body, REFUSED);
  rename(call, role, displayName);
  setMembers(call, role, members);
  return written(call, role, "replaced");
}

/** Renames a role, and adds and removes members. */
export function patchGroup(call: ScimCall): Reply {
  const role = findRole(call);
  for (const operation of read(Patch, call.body, REFUSED).Operations) {
    patchRole(call, role, operation);
  }
  return written(call, role, "updated");
}

export function deleteGroup(call: ScimCall): Reply {
  const role = findRole(call);
  call.backend.store.roles.delete(role.id, call.actor);
  recordScim(call, "Role", "deprovisioned", role);
  return noContent();
}

function patchRole(call: ScimCall, role: Role, { op, path, value }: PatchOperation): void {
  const [, single] = /^members\[value eq "([^"]+)"\]$/i.exec(path ?? "") ?? [];
  if (single !== undefined) {
    removeMembers(call, role, [{ value: single }]);
    return;
  }
  const change = read(Attributes, path === undefined ? value : { [path]: value }, REFUSED);
  if (op === "remove") {
    removeMembers(call, role, change.members);
    return;
  }
  rename(call, role, change.displayName);
  if (change.members !== undefined) {
    (op === "add" ? addMembers : setMembers)(call, role, change.members);
  }
}

type Listed = readonly { readonly value: string }[];

function rename({ backend, actor }: ScimCall, role: Role, name = role.name): void {
  backend.store.roles.update(role.id, { name }, actor);
}

/** The memberships of a group's members. Skips people outside the organization. */
function membershipsOf({ backend, organization }: ScimCall, members: Listed): Set<string> {
  const ids = new Set(members.map(({ value }) => value));
  const rows = backend.store.memberships.where("organization_id", organization.id);
  return new Set(rows.filter(({ user_id }) => ids.has(String(user_id))).map(({ id }) => id));
}

function addMembers(call: ScimCall, role: Role, members: Listed): void {
  const { store } = call.backend;
  const has = new Set(store.roleMemberships.where("role_id", role.id).map((row) => row.membership_id));
  const now = store.timestamp();
  for (const membership_id of membershipsOf(call, members)) {
    if (!has.has(membership_id)) {
      const row = { role_id: role.id, membership_id, joined_at: now, updated_at: now };
      store.roleMemberships.insert({ id: store.uuid(), ...row }, call.actor);
    }
  }
}

/** Removes these people from a role, or everyone. */
function removeMembers(call: ScimCall, role: Role, members?: Listed): void {
  const { store } = call.backend;
  const leaving = members === undefined ? undefined : membershipsOf(call, members);
  for (const { id, membership_id } of store.roleMemberships.where("role_id", role.id)) {
    if (leaving === undefined || leaving.has(membership_id)) {
      store.roleMemberships.delete(id, call.actor);
    }
  }
}

function setMembers(call: ScimCall, role: Role, members: Listed): void {
  const { store } = call.backend;
  const staying = membershipsOf(call, members);
  for (const { id, membership_id } of store.roleMemberships.where("role_id", role.id)) {
    if (!staying.has(membership_id)) {
      store.roleMemberships.delete(id, call.actor);
    }
  }
  addMembers(call, role, members);
}

function rolesOf({ backend, organization }: ScimCall): Role[] {
  return backend.store.roles.where("organization_id", organization.id);
}

function findRole(call: ScimCall): Role {
  const role = rolesOf(call).find(({ id }) => id === call.params.group_id?.toLowerCase());
  if (role === undefined) {
    throw new ScimError(404, "Group not found");
  }
  return role;
}

function written(call: ScimCall, { id }: Role, done: "provisioned" | "replaced" | "updated", status = 200) {
  const role = call.backend.store.roles.get(id);
  if (role === undefined) {
    throw new ScimError(404, "Group not found");
  }
  recordScim(call, "Role", done, role);
  return scimReply(status, groupView(call, role));
}

function groupView(call: ScimCall, { id, name }: Role) {
  const { store } = call.backend;
  const users = store.roleMemberships
    .where("role_id", id)
    .flatMap(({ membership_id }) => store.users.get(store.memberships.get(membership_id)?.user_id) ?? []);
  return {
    schemas: schemasOf("Group"),
    id,
    displayName: name,
    members: users.map((user) => ({
      value: String(user.id),
      $ref: metaOf(call, "User", user.id).location,
      display: user.email,
    })),
    meta: metaOf(call, "Group", id),
  };
}
