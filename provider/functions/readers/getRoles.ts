import { listRoles, type Role } from "../../posthog/roles";
import type { RoleResult } from "../contract";
import { functionArgs, type Reader } from "./reader";

export const getRoles: Reader<"getRoles"> = {
  schema: functionArgs,
  async read(connection) {
    return {
      roles: (await listRoles(connection)).map(toResult),
    };
  },
};

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
