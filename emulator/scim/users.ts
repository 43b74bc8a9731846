import * as z from "zod";
import { join } from "../people/joining";
import { membershipOf } from "../server/effectiveAccess";
import { noContent, type Reply } from "../server/routing";
import { newUser } from "../store/defaults";
import { LEVEL, type Membership, type ScimUser, type User } from "../store/entities";
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

const Switch = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(true|false)$/i)
    .transform((text) => text.toLowerCase() === "true"),
]);

const Name = z.looseObject({ givenName: z.string().optional(), familyName: z.string().optional() });

const Attributes = z.looseObject({
  userName: z.string().min(1).optional(),
  name: Name.optional(),
  emails: z.array(z.looseObject({ value: z.string(), primary: z.boolean().optional() })).optional(),
  active: Switch.optional(),
});

type Attributes = z.output<typeof Attributes>;

/** Lists the organization's people; with a filter, only those this identity provider has provisioned by that name. */
export function listUsers(call: ScimCall): Reply {
  const { store } = call.backend;
  const name = readFilter(call, "userName");
  const members = store.memberships.where("organization_id", call.organization.id);
  const ids =
    name === null
      ? members.map(({ user_id }) => user_id)
      : provisioned(call)
          .filter(({ username }) => username.toLowerCase() === name?.toLowerCase())
          .map(({ user_id }) => user_id);
  const users = ids.flatMap((id) => store.users.get(id) ?? []);
  return listReply(call, users, (user) => userView(call, user));
}

export function retrieveUser(call: ScimCall): Reply {
  return scimReply(200, userView(call, findUser(call)));
}

/** Provisions a person: creates an account, or takes over an existing one. */
export function createUser(call: ScimCall): Reply {
  const attributes = read(Attributes, call.body, "Invalid user data");
  const address = addressOf(attributes);
  if (attributes.userName === undefined || address === undefined) {
    throw new ScimError(400, "Invalid user data");
  }
  const { store } = call.backend;
  const known = store.users.find(({ email }) => email.toLowerCase() === address.toLowerCase());
  if (known !== undefined && rowOf(call, known) !== undefined) {
    throw new ScimError(409, "User already exists");
  }
  if (known === undefined || memberOf(call, known) === undefined) {
    requireVerifiedDomain(call, address, "Invalid user data");
  }
  const user = known ?? store.users.insert(newUser(store, address), call.actor);
  const config = { identity_provider_config_id: call.config.id, username: attributes.userName };
  store.scimUsers.insert({ id: store.uuid(), ...config, user_id: user.id }, call.actor);
  apply(call, user, { active: true, ...attributes });
  return written(call, user, "provisioned", 201);
}

/** Replaces a person's attributes. */
export function replaceUser(call: ScimCall): Reply {
  const user = findUser(call);
  apply(call, user, { active: true, ...read(Attributes, call.body, "Failed to update user") });
  return written(call, user, "replaced");
}

/** Changes a person. `active: false` ends the membership and removes the roles. */
export function patchUser(call: ScimCall): Reply {
  const user = findUser(call);
  for (const operation of read(Patch, call.body, "Failed to update user").Operations) {
    apply(call, user, read(Attributes, changeOf(operation), "Failed to update user"));
  }
  return written(call, user, "updated");
}

export function deleteUser(call: ScimCall): Reply {
  const user = findUser(call);
  leave(call, user);
  recordUser(call, user, "deprovisioned");
  return noContent();
}

/** The attributes that one patch operation sets. Identity providers send a path, or an object without one. */
function changeOf({ op, path, value }: PatchOperation): unknown {
  if (op === "remove") {
    return {};
  }
  if (path === undefined) {
    return value;
  }
  const [attribute = "", part] = path.split(".");
  return part === undefined ? { [attribute]: value } : { [attribute]: { [part]: value } };
}

function addressOf({ emails = [], userName }: Attributes): string | undefined {
  return (emails.find(({ primary }) => primary === true) ?? emails[0])?.value ?? userName;
}

function apply(call: ScimCall, user: User, { userName, name, active }: Attributes): void {
  const { store } = call.backend;
  if (active === false) {
    leave(call, user);
  }
  const row = rowOf(call, user);
  if (row !== undefined && userName !== undefined) {
    store.scimUsers.update(row.id, { username: userName }, call.actor);
  }
  const first_name = name?.givenName ?? user.first_name;
  const last_name = name?.familyName ?? user.last_name;
  store.users.update(user.id, { first_name, last_name }, call.actor);
  if (active === true && memberOf(call, user) === undefined) {
    requireVerifiedDomain(call, user.email, "Failed to update user");
    join(store, call.organization, user, LEVEL.member, call.actor);
  }
}

function leave(call: ScimCall, user: User): void {
  const membership = memberOf(call, user);
  if (membership?.level === LEVEL.owner) {
    throw new ScimError(400, "Failed to update user");
  }
  if (membership !== undefined) {
    call.backend.store.memberships.delete(membership.id, call.actor);
  }
}

function requireVerifiedDomain({ backend, organization }: ScimCall, address: string, refusal: string): void {
  const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  const verified = backend.store.domains
    .where("domain", domain)
    .some((row) => row.organization_id === organization.id && row.verified_at !== null);
  if (!verified) {
    throw new ScimError(400, refusal);
  }
}

function provisioned({ backend, config }: ScimCall): ScimUser[] {
  return backend.store.scimUsers.where("identity_provider_config_id", config.id);
}

function rowOf(call: ScimCall, { id }: User): ScimUser | undefined {
  return provisioned(call).find(({ user_id }) => user_id === id);
}

function memberOf({ backend, organization }: ScimCall, user: User): Membership | undefined {
  return membershipOf(backend.store, user, organization.id);
}

/** A member, or a person that this identity provider has provisioned and deactivated. */
function findUser(call: ScimCall): User {
  const { user_id } = call.params;
  const user = /^\d+$/.test(user_id ?? "") ? call.backend.store.users.get(Number(user_id)) : undefined;
  if (user === undefined || (memberOf(call, user) === undefined && rowOf(call, user) === undefined)) {
    throw new ScimError(404, "User not found");
  }
  return user;
}

function written(call: ScimCall, { id }: User, done: "provisioned" | "replaced" | "updated", status = 200) {
  const user = call.backend.store.users.get(id);
  if (user === undefined) {
    throw new ScimError(404, "User not found");
  }
  recordUser(call, user, done);
  return scimReply(status, userView(call, user));
}

function recordUser(call: ScimCall, user: User, done: Parameters<typeof recordScim>[2]): void {
  const username = rowOf(call, user)?.username ?? user.email;
  recordScim(call, "User", done, { id: user.id, name: user.email, username });
}

function userView(call: ScimCall, user: User) {
  const { store } = call.backend;
  const membership = memberOf(call, user);
  const roles = membership === undefined ? [] : store.roleMemberships.where("membership_id", membership.id);
  return {
    schemas: schemasOf("User"),
    id: String(user.id),
    userName: rowOf(call, user)?.username ?? user.email,
    name: { givenName: user.first_name, familyName: user.last_name },
    emails: [{ value: user.email, primary: true }],
    active: membership !== undefined,
    displayName: `${user.first_name} ${user.last_name}`.trim() || user.email,
    groups: roles.map(({ role_id: id }) => ({
      value: id,
      $ref: metaOf(call, "Group", id).location,
      display: store.roles.get(id)?.name ?? "",
    })),
    meta: metaOf(call, "User", user.id),
  };
}
