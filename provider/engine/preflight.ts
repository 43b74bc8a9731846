import { getCallerKey } from "../posthog/caller";
import type { Connection } from "../posthog/connection";
import { ConfigurationError, messageOf } from "../posthog/errors";
import { readableOrganization } from "../posthog/organizations";
import { type Finding, problem } from "./finding";
import { type Needs, type Standing, unmetNeeds } from "./needs";

/** Causes that were explained in this run, with the resource that they were explained at. */
export type Explained = Map<string, string>;

/** Who will apply, found out once a run, however it turned out: a key that is refused is not tried for every resource. */
const standings = new WeakMap<Connection, Promise<Standing>>();

/**
 * Says what an apply would be refused for, from one look-up of the key and one of the organisation a run (two where it
 * is to be found in the list). The first resource gets the whole explanation of a cause, the others refer to it.
 */
export async function preflight(
  connection: Connection,
  explained: Explained,
  needs: Needs,
  title: string,
): Promise<Finding[]> {
  const unmet = await unmetBy(connection, needs);
  return unmet.map(({ property, message }) => problem(property, explainOnce(explained, message, title)));
}

async function unmetBy(connection: Connection, needs: Needs): Promise<Finding[]> {
  const known = standings.get(connection) ?? findOut(connection);
  standings.set(connection, known);
  try {
    return unmetNeeds(needs, await known);
  } catch (error) {
    return [problem(undefined, messageOf(error))];
  }
}

async function findOut(connection: Connection): Promise<Standing> {
  const key = await getCallerKey(connection);
  const organization = await readableOrganization(connection);
  return { key, organization, hasSession: connection.hasSession };
}

/** What stopped the preview of a resource. A wrong configuration stops every resource alike. */
export function stoppedBy(error: unknown, explained: Explained, title: string): Finding {
  const message = messageOf(error);
  return problem(
    undefined,
    error instanceof ConfigurationError ? explainOnce(explained, message, title) : message,
  );
}

/**
 * A message in full for the first resource that it concerns, and in one line with a reference for the others. The cause
 * is what stands below the first line, which may name something of the resource itself.
 */
function explainOnce(explained: Explained, message: string, title: string): string {
  const [summary = "", ...explanation] = message.split("\n");
  if (explanation.length === 0) return message;
  const cause = explanation.join("\n");
  const first = explained.get(cause) ?? title;
  explained.set(cause, first);
  return first === title ? message : `${summary} (as for ${first})`;
}
