import { AsyncLocalStorage } from "node:async_hooks";
import { mayHaveArrived } from "./errors";

const watches = new AsyncLocalStorage<{ arrived: boolean }>();

/**
 * Runs an operation that consists of several requests.
 *
 * @param operation receives a function that says whether one of its writes has, or may have, been carried out so far.
 */
export function watchingWrites<T>(operation: (hasArrived: () => boolean) => Promise<T>): Promise<T> {
  const watch = { arrived: false };
  return watches.run(watch, () => operation(() => watch.arrived));
}

/** Sends a write, and notifies the operation that it belongs to if it has arrived, or may have. */
export async function noticingArrival<T>(send: () => Promise<T>): Promise<T> {
  const note = (arrived: boolean): void => {
    const watch = watches.getStore();
    if (watch !== undefined) watch.arrived ||= arrived;
  };
  try {
    const answer = await send();
    note(true);
    return answer;
  } catch (error) {
    note(mayHaveArrived(error));
    throw error;
  }
}
