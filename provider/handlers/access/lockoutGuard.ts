import { indexAccess } from "../../access/effective";
import { type Grant, rulesOf } from "../../access/grants";
import { organizationAdmin } from "../../access/levels";
import { mayChangeRules } from "../../access/ruleEffect";
import { isFor, listRules, projectRules, type RulePrincipal } from "../../posthog/accessControls";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { exclusive } from "../../posthog/exclusive";
import type { Member } from "../../posthog/members";
import { type Directory, grantsIn, personOf, readDirectory, snapshotOf } from "../../snapshot/accessSnapshot";

/** Whether the key's owner manages a project with these grants; an unknown owner counts as managing it. */
export function callerManages(
  caller: Member | undefined,
  directory: Directory,
  projectId: number,
  grants: readonly Grant[],
): boolean {
  if (caller === undefined || caller.level >= organizationAdmin) return true;
  const snapshot = snapshotOf(directory, [{ id: projectId, name: "" }], rulesOf(projectId, grants));
  return mayChangeRules(indexAccess(snapshot), personOf(caller), projectId);
}

/**
 * Whether the key's owner still manages the project once a subject has this level on it. The level `admin` takes that
 * from nobody.
 *
 * @param subject undefined for everyone.
 * @param level null for no rule.
 */
export async function keepsProjectAdmin(
  connection: Connection,
  projectId: number,
  subject: RulePrincipal,
  level: string | null,
): Promise<boolean> {
  if (level === "admin") return true;
  const caller = await getCallerMember(connection);
  if (caller === undefined || caller.level >= organizationAdmin) return true;
  const others = (await listRules(connection, projectRules(projectId))).filter(
    (rule) => !isFor(rule, subject),
  );
  const { member: organization_member, role } = subject;
  const changed = { access_level: level, resource: "project", organization_member, role };
  const grants = grantsIn(level === null ? others : [...others, changed], () => "project");
  return callerManages(caller, await readDirectory(connection), projectId, grants);
}

/**
 * Runs a change of a project's access that depends on whether the key's owner still manages the project afterwards, one
 * at a time. An organization admin's changes do not depend on it and run side by side.
 */
export async function judgedChange<T>(
  connection: Connection,
  project: number,
  change: () => Promise<T>,
): Promise<T> {
  const caller = await getCallerMember(connection);
  const isJudged = caller !== undefined && caller.level < organizationAdmin;
  return isJudged ? exclusive(connection, { project }, change) : change();
}
