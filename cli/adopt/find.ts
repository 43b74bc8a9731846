import { isNativeType } from "../../provider/access/typeTokens";
import type { Observed } from "../../provider/engine/handler";
import type { Host } from "../../provider/engine/host";
import type { Properties } from "../../provider/engine/state";
import { handlers } from "../../provider/handlers";
import { GoneError, NotFoundError, RefusedError } from "../../provider/posthog/errors";
import { shellWord } from "../common/shell";
import type { StateEntry } from "./mergeState";
import { kindOf, nameOf, type PlannedResource, titleOf } from "./planned";

/** The result of looking for a resource's object in PostHog. */
export interface Outcome {
  readonly planned: PlannedResource;
  /** The live object; missing if the resource is not adopted. */
  readonly observed?: Observed;
  /** The arguments that differ in PostHog. */
  readonly differs: readonly string[];
  /** Why it is not adopted. */
  readonly why?: string;
}

/**
 * Looks for the objects that resources declare, without writing anything. Each list is read once.
 *
 * @param ids PostHog's ids by kind and name (`Project:production`), for objects that arguments do not identify.
 * @throws PosthogError if PostHog cannot be reached.
 */
export function findObjects(
  host: Host,
  planned: readonly PlannedResource[],
  ids: ReadonlyMap<string, string>,
): Promise<Outcome[]> {
  return Promise.all(planned.map((resource) => findObject(host, resource, ids.get(addressOf(resource)))));
}

/** The form of a resource in `--id`: `Project:production`. */
export function addressOf({ kind, name }: Pick<PlannedResource, "kind" | "name">): string {
  return `${kind}:${name}`;
}

/** Why such a resource cannot be adopted, whatever PostHog has; undefined if it can. */
export function whyUnreadable({ kind, name, resource: { type } }: PlannedResource): string | undefined {
  if (isNativeType(type)) {
    const command = `pulumi import ${type} ${shellWord(name)} <id>`;
    return `the plugin serves it, whose resources Pulumi itself takes over; if it exists in PostHog, run ${command}`;
  }
  const unreadable = handlers.get(kind)?.definition.unreadable;
  return unreadable && `${unreadable.reason}; ${unreadable.whenAdopted}`;
}

async function findObject(host: Host, planned: PlannedResource, id: string | undefined): Promise<Outcome> {
  const left = (why: string): Outcome => ({ planned, differs: [], why });
  const handler = handlers.get(planned.kind);
  if (handler === undefined)
    return left("this version of pulumi-posthog does not have that kind of resource");
  const unreadable = whyUnreadable(planned);
  if (unreadable !== undefined) return left(unreadable);
  try {
    const existing = await handler.findExisting(host, planned.args, id);
    if (existing === undefined) return left(whyMissing(id));
    const { differs, ...observed } = existing;
    return { planned, observed, differs };
  } catch (error) {
    const isAboutIt =
      error instanceof NotFoundError || error instanceof RefusedError || error instanceof GoneError;
    if (!isAboutIt) throw error;
    return left(`${error.summary}. ${error.remedy.why}`);
  }
}

function whyMissing(id: string | undefined): string {
  return id === undefined
    ? "does not exist: the next pulumi up creates it"
    : `no object has the id ${id}: check --id`;
}

interface Holder {
  readonly urn: string;
  readonly id?: string;
  readonly outputs?: Properties | null;
  /** Whether it is only read, and never deleted. */
  readonly external?: boolean;
  /** Whether the next update deletes it, after a replacement. */
  readonly delete?: boolean;
}

/**
 * Leaves out objects that another resource manages. If an object was in the state twice, removing one resource from the
 * program would delete the other's live object.
 *
 * @param entries the entries of the state.
 */
export function leaveTaken(entries: readonly StateEntry[], found: readonly Outcome[]): Outcome[] {
  const inState: Holder[] = entries.filter(({ external }) => external !== true);
  const inRound: Holder[] = [];
  return found.map((outcome) => {
    const { planned, observed } = outcome;
    if (observed === undefined) return outcome;
    const own: Holder = { urn: planned.resource.urn, ...observed };
    const holds = (other: Holder): boolean => isSame(own, other);
    const [inStateHolder, inRoundHolder] = [inState.find(holds), inRound.find(holds)];
    if (inStateHolder !== undefined) {
      return { planned, differs: [], why: whyInState(own.urn, inStateHolder) };
    }
    if (inRoundHolder !== undefined) {
      return {
        planned,
        differs: [],
        why: `${titleOf(inRoundHolder.urn)} already has the same object (${observed.id})`,
      };
    }
    inRound.push(own);
    return outcome;
  });
}

/** Ids are unique within a kind and an organization; an unknown organization may be any. */
function isSame(one: Holder, other: Holder): boolean {
  if (one.id !== other.id || kindOf(one.urn) !== kindOf(other.urn)) return false;
  const [here, there] = [one.outputs?.organizationUuid, other.outputs?.organizationUuid];
  return typeof here !== "string" || typeof there !== "string" || here === there;
}

function whyInState(urn: string, there: Holder): string {
  const title = titleOf(there.urn);
  if (there.delete === true) {
    return `the state has it as ${title} (${there.id}), which the next pulumi up deletes: run that first`;
  }
  const hasSameParents = urn.split("::")[2] === there.urn.split("::")[2];
  const alias = JSON.stringify(there.urn);
  const earlier = hasSameParents ? `{ name: ${JSON.stringify(nameOf(there.urn))} }` : alias;
  return `${title} in the state already has it (${there.id}); if it was renamed, add { aliases: [${earlier}] }`;
}
