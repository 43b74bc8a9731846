import { organizationAdmin } from "../access/levels";
import { type AccessRule, listRules, projectRules } from "../posthog/accessControls";
import { getCallerMember } from "../posthog/caller";
import type { Connection } from "../posthog/connection";
import type { Member } from "../posthog/members";
import { listRoles, type Role } from "../posthog/roles";

/**
 * Whether somebody still manages a project when its default and the given rules change: organisation admins always
 * do, others by an `admin` rule of their own or of a role.
 */
export function stillManages(member: Member, rules: readonly AccessRule[], roles: readonly Role[]): boolean {
  if (member.level >= organizationAdmin) return true;
  const theirs = new Set(
    roles
      .filter((role) => role.members?.some(({ user }) => user.uuid === member.user.uuid))
      .map((role) => role.id),
  );
  return rules.some(
    (rule) =>
      rule.access_level === "admin" &&
      (rule.organization_member === member.id || (rule.role != null && theirs.has(rule.role))),
  );
}

/** Whether the key's owner still manages the project once its rules are changed in this way. */
export async function callerStillManages(
  connection: Connection,
  projectId: number | undefined,
  change: (rules: readonly AccessRule[]) => readonly AccessRule[],
): Promise<boolean> {
  const caller = await getCallerMember(connection);
  if (caller === undefined || caller.level >= organizationAdmin) return true;
  const rules =
    projectId === undefined ? [] : (await listRules(connection, projectRules(projectId))).access_controls;
  return stillManages(caller, change(rules), await listRoles(connection));
}
