import type { Properties } from "../../provider/engine/state";
import type { Outcome } from "./find";
import type { StateEntry } from "./mergeState";
import { kindOf, nameOf, titleOf } from "./planned";

/** A resource beside the object that it manages. */
interface Holder {
  readonly urn: string;
  readonly id?: string;
  readonly outputs?: Properties | null;
  /** Whether it is only looked up, so that it is never deleted. */
  readonly external?: boolean;
  /** Whether a replacement has left it to the next update to delete it. */
  readonly delete?: boolean;
}

/**
 * Leaves out whatever another resource has already. With an object in the state twice, the resource that leaves the
 * program would take the live object away from the one that stays.
 *
 * @param entries of the state.
 */
export function leaveTaken(entries: readonly StateEntry[], found: readonly Outcome[]): Outcome[] {
  const inState: Holder[] = entries.filter(({ external }) => external !== true);
  const inRound: Holder[] = [];
  return found.map((outcome) => {
    const { planned, observed } = outcome;
    if (observed === undefined) return outcome;
    const own: Holder = { urn: planned.resource.urn, ...observed };
    const holds = (other: Holder): boolean => isSame(own, other);
    const [there, beside] = [inState.find(holds), inRound.find(holds)];
    if (there !== undefined) return { planned, differs: [], why: whyInState(own.urn, there) };
    if (beside !== undefined) {
      return { planned, differs: [], why: `${titleOf(beside.urn)} is the same object (${observed.id})` };
    }
    inRound.push(own);
    return outcome;
  });
}

/** Ids are told apart by kind and organization; an organization that is not told may be any. */
function isSame(one: Holder, other: Holder): boolean {
  if (one.id !== other.id || kindOf(one.urn) !== kindOf(other.urn)) return false;
  const [here, there] = [one.outputs?.organizationUuid, other.outputs?.organizationUuid];
  return typeof here !== "string" || typeof there !== "string" || here === there;
}

function whyInState(urn: string, there: Holder): string {
  const title = titleOf(there.urn);
  if (there.delete === true) {
    return `the state has it as ${title} (${there.id}), which the next pulumi up deletes: settle that first`;
  }
  const hasSameParents = urn.split("::")[2] === there.urn.split("::")[2];
  const alias = JSON.stringify(there.urn);
  const earlier = hasSameParents ? `{ name: ${JSON.stringify(nameOf(there.urn))} }` : alias;
  return `${title} in the state has it (${there.id}); if this is its new name, say so: { aliases: [${earlier}] }`;
}
