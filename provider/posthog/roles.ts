import { z } from "zod";
import { nearest } from "../access/nearest";
import type { Connection } from "./connection";
import { LookupError } from "./errors";
import { userSchema } from "./members";
import { organizationPath } from "./organizations";

/** A person's membership of a role. */
export const roleMembershipSchema = z.looseObject({
  id: z.string(),
  user: userSchema,
  joined_at: z.string().nullish(),
});

/** A person's membership of a role. */
export type RoleMembership = z.infer<typeof roleMembershipSchema>;

/** A role with everybody in it, as PostHog lists it. */
export const roleSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  is_default: z.boolean().nullish(),
  members: z.array(roleMembershipSchema).nullish(),
});

/** A role with everybody in it. */
export type Role = z.infer<typeof roleSchema>;

/** The name under which this run keeps the roles. */
export const rolesCollection = "roles";

/** Every role of the organisation with its members, read once a run. */
export function listRoles(connection: Connection): Promise<Role[]> {
  return connection.collections.get(rolesCollection, async () =>
    connection.list(
      `${await organizationPath(connection)}/roles/`,
      roleSchema,
      "listing the organisation's roles",
    ),
  );
}

/** The role that an id or a name (any case) means, or undefined. */
export function roleOf(role: string, roles: readonly Role[]): Role | undefined {
  const wanted = role.toLowerCase();
  return (
    roles.find(({ id }) => id.toLowerCase() === wanted) ??
    roles.find(({ name }) => name.toLowerCase() === wanted)
  );
}

/** A role that has to exist. */
export async function requireRole(connection: Connection, role: string): Promise<Role> {
  const roles = await listRoles(connection);
  const found = roleOf(role, roles);
  if (found !== undefined) return found;
  throw noSuchRole(role, roles);
}

/** Says that there is no such role, and which one may have been meant. */
export function noSuchRole(role: string, roles: readonly Role[]): LookupError {
  const near = nearest(
    role,
    roles.map(({ name }) => name),
  );
  return new LookupError(`there is no role "${role}" in the organisation`, {
    why:
      near === undefined
        ? `It has ${roles.length} roles, none of a name like that.`
        : `The nearest name is "${near}".`,
    fix: "Create it with a Role resource, or correct the name.",
  });
}
