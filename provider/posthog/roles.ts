import * as z from "zod";
import { nearest } from "../access/nearest";
import { CachedList, perRun } from "./cache";
import type { Connection } from "./connection";
import { createOnce } from "./create";
import { answered, NotFoundError } from "./errors";
import { type Member, userSchema } from "./members";
import { keptOrganization, organizationPath } from "./organizations";

const roleMembershipSchema = z.looseObject({
  id: z.string(),
  user: userSchema,
  joined_at: z.string().nullish(),
});

/** A person's membership of a role. */
export type RoleMembership = z.infer<typeof roleMembershipSchema>;

const roleSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  is_default: z.boolean().nullish(),
  members: z.array(roleMembershipSchema).nullish(),
});

/** A role with its members, in PostHog's list. */
export type Role = z.infer<typeof roleSchema>;

/** The organization's roles, kept for this run. */
export const keptRoles = perRun(
  (connection: Connection) =>
    new CachedList(
      // Servers of August 2025 read every parameter as a filter on the role's columns, and respond to `limit` with 500.
      async () =>
        connection.listByDefaultPages(
          await rolesPath(connection),
          roleSchema,
          "listing the organization's roles",
        ),
      ({ id }) => id,
    ),
);

/** Every role of the organization with its members, read once per run. */
export function listRoles(connection: Connection): Promise<Role[]> {
  return keptRoles(connection).list();
}

/** The role for an id or a name (in any case); undefined if there is none. */
export function roleOf(role: string, roles: readonly Role[]): Role | undefined {
  const wanted = role.toLowerCase();
  return (
    roles.find(({ id }) => id.toLowerCase() === wanted) ??
    roles.find(({ name }) => name.toLowerCase() === wanted)
  );
}

/** Finds a role, or throws. */
export async function requireRole(connection: Connection, role: string): Promise<Role> {
  const roles = await listRoles(connection);
  const found = roleOf(role, roles);
  if (found !== undefined) return found;
  throw noSuchRole(role, roles);
}

/** The error that a role does not exist, with the nearest match. */
export function noSuchRole(role: string, roles: readonly Role[]): NotFoundError {
  const near = nearest(
    role,
    roles.map(({ name }) => name),
  );
  return new NotFoundError(`role "${role}" does not exist in the organization`, {
    why:
      near === undefined
        ? `The organization has ${roles.length} roles, and none has a similar name.`
        : `The nearest name is "${near}".`,
    fix: "Create the role with a Role resource, or correct the name.",
  });
}

const rolesPath = async (connection: Connection): Promise<string> =>
  `${await organizationPath(connection)}/roles/`;

/** Creates a role. Names are unique in an organization, so the role can be found by name if the response is lost. */
export async function createRole(connection: Connection, name: string): Promise<Role> {
  return createOnce(connection, {
    kind: "role",
    path: await rolesPath(connection),
    body: { name },
    schema: roleSchema,
    what: `creating role "${name}"`,
    subject: { lists: [`roles/${name.toLowerCase()}`] },
    list: () => listRoles(connection),
    forget: () => keptRoles(connection).forget(),
    isAlike: (role) => roleOf(name, [role]) !== undefined,
    take: async (lost) => lost,
    remember: (created) => keptRoles(connection).upsert(created),
  });
}

/** Renames a role; its id, members and access rules stay. */
export async function renameRole(connection: Connection, role: Role, name: string): Promise<Role> {
  const renamed = await connection.send({
    method: "PATCH",
    path: `${await rolesPath(connection)}${role.id}/`,
    body: { name },
    schema: roleSchema,
    what: `renaming role "${role.name}" to "${name}"`,
  });
  // Members may change meanwhile: the response may be from before someone joined.
  await keptRoles(connection).update(role.id, ({ members }) => ({ ...renamed, members }));
  return renamed;
}

/** Deletes a role with its memberships and access rules; succeeds if it is already gone. */
export async function deleteRole(connection: Connection, role: Role): Promise<void> {
  const [path, roles] = [`${await rolesPath(connection)}${role.id}/`, keptRoles(connection)];
  await connection.deleteIfThere(path, `deleting role "${role.name}"`, () => roles.stillHas(role.id));
  await roles.remove(role.id);
  await keptOrganization(connection).change((known) =>
    known.default_role_id === role.id ? { ...known, default_role_id: null } : known,
  );
}

/** Adds a member to a role; succeeds if they are already in it. */
export async function addToRole(connection: Connection, role: Role, member: Member): Promise<RoleMembership> {
  const find = async (): Promise<RoleMembership | undefined> => {
    keptRoles(connection).forget();
    return roleMembershipOf(member, roleOf(role.id, await listRoles(connection)));
  };
  const added = await connection
    .send({
      method: "POST",
      path: `${await rolesPath(connection)}${role.id}/role_memberships/`,
      body: { user_uuid: member.user.uuid },
      schema: roleMembershipSchema,
      what: `adding ${member.user.email} to role "${role.name}"`,
      recover: find,
    })
    .catch(async (error: unknown) => {
      const there = answered(error, 400) ? await find() : undefined;
      if (there === undefined) throw error;
      return there;
    });
  await patchMembers(connection, role, (known) => [...known.filter(({ id }) => id !== added.id), added]);
  return added;
}

/** Removes someone from a role; succeeds if they are no longer in it. */
export async function removeFromRole(
  connection: Connection,
  role: Role,
  membership: RoleMembership,
): Promise<void> {
  await connection.deleteIfThere(
    `${await rolesPath(connection)}${role.id}/role_memberships/${membership.id}/`,
    `removing ${membership.user.email} from role "${role.name}"`,
    async () => {
      keptRoles(connection).forget();
      return roleMembershipOf(membership, roleOf(role.id, await listRoles(connection))) !== undefined;
    },
  );
  await patchMembers(connection, role, (known) => known.filter(({ id }) => id !== membership.id));
}

export function roleMembershipOf(
  { user }: Pick<Member, "user">,
  role: Role | undefined,
): RoleMembership | undefined {
  return role?.members?.find((membership) => membership.user.uuid === user.uuid);
}

function patchMembers(
  connection: Connection,
  role: Role,
  change: (members: readonly RoleMembership[]) => RoleMembership[],
): Promise<void> {
  return keptRoles(connection).update(role.id, (known) => ({
    ...known,
    members: change(known.members ?? []),
  }));
}
