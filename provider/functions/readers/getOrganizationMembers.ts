import { organizationLevelName } from "../../access/levels";
import { listMembers, type Member } from "../../posthog/members";
import type { OrganizationMemberResult } from "../contract";
import { functionArgs, type Reader } from "./reader";

export const getOrganizationMembers: Reader<"getOrganizationMembers"> = {
  schema: functionArgs,
  async read(connection) {
    return { members: (await listMembers(connection)).map(toResult) };
  },
};

function toResult({ id, user, level, ...member }: Member): OrganizationMemberResult {
  return {
    userUuid: user.uuid,
    membershipId: id,
    email: user.email,
    firstName: user.first_name ?? undefined,
    lastName: user.last_name ?? undefined,
    level: organizationLevelName(level),
    joinedAt: member.joined_at ?? undefined,
    updatedAt: member.updated_at ?? undefined,
    lastLogin: member.last_login ?? undefined,
    is2faEnabled: member.is_2fa_enabled ?? undefined,
    hasSocialAuth: member.has_social_auth ?? undefined,
  };
}
