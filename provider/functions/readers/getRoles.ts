import { listRoles, type Role } from "../../posthog/roles";
import type { GetRolesResult, RoleResult } from "../getRoles";
import type { LookupArgs } from "../lookup";
import { defineReader, lookupArgs } from "./reader";

/** Reads what {@link getRoles} answers. */
export const getRoles = defineReader<LookupArgs, GetRolesResult>(
  "getRoles",
  lookupArgs,
  async (connection) => ({
    roles: (await listRoles(connection)).map(toResult),
  }),
);

function toResult({ id, name, is_default, members }: Role): RoleResult {
  return {
    roleId: id,
    name,
    isDefault: is_default === true,
    members: (members ?? []).map(({ user, joined_at }) => ({
      userUuid: user.uuid,
      email: user.email,
      joinedAt: joined_at ?? undefined,
    })),
  };
}
