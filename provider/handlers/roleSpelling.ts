import { sameText } from "../arguments/fields";
import type { Properties } from "../engine/state";
import type { Connection } from "../posthog/connection";
import { listRoles, type Role, requireRole, roleOf } from "../posthog/roles";

/** How an argument that names a role behaves: by id or name, and with the UUID in state also after a renaming. */
export const roleField = {
  replaces: true,
  same: (stored: unknown, declared: unknown, { roleUuid }: Properties): boolean =>
    [stored, roleUuid].some((known) => sameText(known, declared)),
};

/** The role as the program writes it, as long as that means it; its id otherwise. */
export function spelledRole(declared: string | undefined, role: Role, { roleUuid }: Properties): string {
  const meant = declared !== undefined && (roleOf(declared, [role]) !== undefined || roleUuid === role.id);
  return meant ? declared : role.id;
}

/** Whether another spelling still means the role in state. */
export async function isSameRole(
  connection: Connection,
  declared: unknown,
  { roleUuid }: Properties,
): Promise<boolean> {
  return typeof declared === "string" && roleOf(declared, await listRoles(connection))?.id === roleUuid;
}

/** The role that a preview is about; undefined while the program still has to make it. */
export async function expectedRole(
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
