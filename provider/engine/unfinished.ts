import { messageOf } from "../posthog/errors";
import type { Properties } from "./state";

/** The property that a failed write leaves in the state, until an update has finished it. */
const unfinishedKey = "unfinished";

/** Whether the last write of the resource failed, so that it needs an update whatever its arguments are. */
export function isUnfinished(state: Properties): boolean {
  return state[unfinishedKey] !== undefined;
}

/** What a resource stored to finish a failed write; empty if none failed. */
export function unfinishedIn(state: Properties): Properties {
  const kept = state[unfinishedKey];
  return typeof kept === "object" && kept !== null && !Array.isArray(kept) ? { ...kept } : {};
}

/** What the state has to keep while the write is unfinished. */
export function carried(state: Properties): Properties {
  return isUnfinished(state) ? { [unfinishedKey]: unfinishedIn(state) } : {};
}

/**
 * The property for a write that fails.
 *
 * @param kept what finishing it takes.
 * @param earlier the state so far; empty for a new resource.
 * @param attempted the arguments that the write was for.
 * @param names every argument of the resource.
 */
export function unfinished(
  kept: Properties,
  earlier: Properties,
  attempted: Properties,
  names: readonly string[],
): Properties {
  const declared = names.filter((name) => attempted[name] !== undefined || wasDeclared(earlier, name));
  return { [unfinishedKey]: { ...kept, declared } };
}

/** Whether an earlier run declared an argument, including one that failed: what it set belongs to the resource. */
export function wasDeclared(state: Properties, argument: string): boolean {
  return state[argument] !== undefined || namesIn(state).includes(argument);
}

function namesIn(state: Properties): unknown[] {
  const { declared } = unfinishedIn(state);
  return Array.isArray(declared) ? declared : [];
}

/** A write failed after the object existed. The engine keeps `id` and `properties`, and the next run continues. */
export class PartialResultError extends Error {
  readonly reasons: readonly string[];

  constructor(
    readonly id: string,
    readonly properties: Properties,
    cause: unknown,
  ) {
    super(messageOf(cause));
    this.name = "PartialResultError";
    this.reasons = [this.message];
  }
}
