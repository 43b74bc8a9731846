import { indexAccess } from "../../access/effective";
import { rulesOf } from "../../access/grants";
import { organizationAdmin } from "../../access/levels";
import { mayChangeRules } from "../../access/ruleEffect";
import { listRules, projectRules, type StoredRule } from "../../posthog/accessControls";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { grantsIn, personOf, readDirectory, snapshotOf } from "../../snapshot/accessSnapshot";

/** Whether the key's owner still manages the project once its rules are changed in this way. */
export async function callerStillManages(
  connection: Connection,
  projectId: number,
  change: (rules: readonly StoredRule[]) => readonly StoredRule[],
): Promise<boolean> {
  const caller = await getCallerMember(connection);
  if (caller === undefined || caller.level >= organizationAdmin) return true;
  const { access_controls: rules } = await listRules(connection, projectRules(projectId));
  const changed = rulesOf(
    projectId,
    grantsIn(change(rules), () => "project"),
  );
  const snapshot = snapshotOf(await readDirectory(connection), [{ id: projectId, name: "" }], changed);
  return mayChangeRules(indexAccess(snapshot), personOf(caller), projectId);
}
