import { sameText } from "../arguments/fields";
import type { Properties } from "../engine/state";
import type { Connection } from "../posthog/connection";
import { listMembers, memberOf } from "../posthog/members";
import { listRoles, type Role, requireRole, roleOf } from "../posthog/roles";

/**
 * The behavior of an argument that refers to a person: by e-mail address or user UUID, even after a change of address.
 */
export const personReference = {
  replaces: true,
  same: (stored: unknown, declared: unknown, { email, userUuid }: Properties): boolean =>
    [stored, email, userUuid].some((known) => sameText(known, declared)),
};

/**
 * The behavior of an argument that refers to a role: by id or name, and even after a renaming, by the UUID in state.
 */
export const roleReference = {
  replaces: true,
  same: (stored: unknown, declared: unknown, { roleUuid }: Properties): boolean =>
    [stored, roleUuid].some((known) => sameText(known, declared)),
};

/** Whether another spelling still refers to the person in state. */
export async function isSamePerson(
  connection: Connection,
  declared: unknown,
  { userUuid, email }: Properties,
): Promise<boolean> {
  if (typeof declared !== "string") return false;
  const found = memberOf(declared, await listMembers(connection))?.user;
  if (found === undefined) return false;
  return userUuid === undefined ? sameText(found.email, email) : found.uuid === userUuid;
}

/** Whether another spelling still refers to the role in state. */
export async function isSameRole(
  connection: Connection,
  declared: unknown,
  { roleUuid }: Properties,
): Promise<boolean> {
  if (typeof declared !== "string" || roleUuid === undefined) return false;
  return roleOf(declared, await listRoles(connection))?.id === roleUuid;
}

/** The person as the program writes them, as long as that refers to them; otherwise their e-mail address. */
export function personAsDeclared(
  declared: string | undefined,
  { email, uuid }: { readonly email: string; readonly uuid?: string },
  { userUuid }: Properties,
): string {
  const isSame =
    sameText(email, declared) || sameText(uuid, declared) || (uuid !== undefined && userUuid === uuid);
  return declared !== undefined && isSame ? declared : email;
}

/** The role as the program writes it, as long as that refers to it; otherwise its id. */
export function roleAsDeclared(declared: string | undefined, role: Role, { roleUuid }: Properties): string {
  const isSame = declared !== undefined && (roleOf(declared, [role]) !== undefined || roleUuid === role.id);
  return isSame ? declared : role.id;
}

/**
 * The role in a preview; undefined if the program has yet to create it.
 *
 * @param inProgram whether a resource of the program claims an address.
 */
export async function resolvePlannedRole(
  connection: Connection,
  role: string | undefined,
  inProgram: (address: string) => boolean,
): Promise<Role | undefined> {
  if (role === undefined) return undefined;
  const found = roleOf(role, await listRoles(connection));
  return found !== undefined || inProgram(`role/${role.toLowerCase()}`)
    ? found
    : requireRole(connection, role);
}
