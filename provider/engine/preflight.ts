import { getCallerKey } from "../posthog/caller";
import type { Connection } from "../posthog/connection";
import { ConfigurationError, messageOf } from "../posthog/errors";
import { readableOrganization } from "../posthog/organizations";
import { type Finding, problem } from "./finding";
import type { Host, ReportedCauses } from "./host";
import { type CallerCapabilities, type Needs, unmetNeeds, unmetOfProgram } from "./needs";
import type { Properties } from "./state";

/** Who will apply, found out once a run, however it turned out: a key that is refused is not tried for every resource. */
const standings = new WeakMap<Connection, Promise<CallerCapabilities>>();

/**
 * Says what an apply would be refused for, from one look-up of the key and one of the organization a run (two where it
 * is to be found in the list). The first resource gets the whole explanation of a cause, the others refer to it.
 *
 * The engine stops at the first resource that fails, so that one also says which others of the program are affected.
 */
export async function preflight(
  connection: Connection,
  { explained, planned }: Pick<Host, "explained" | "planned">,
  needs: Needs,
  title: string,
): Promise<Finding[]> {
  const known = standings.get(connection) ?? findOut(connection);
  standings.set(connection, known);
  try {
    const standing = await known;
    const unmet = unmetNeeds(needs, standing);
    const others = explained.size > 0 ? undefined : unmetOfProgram(planned(), standing);
    return unmet.map(({ property, message }, index) => {
      const whole =
        index === 0 && others !== undefined ? `${message}\n  affected in this program: ${others}` : message;
      return problem(property, reportOnce(explained, message, whole, title));
    });
  } catch (error) {
    const message = messageOf(error);
    return [problem(undefined, reportOnce(explained, message, message, title))];
  }
}

async function findOut(connection: Connection): Promise<CallerCapabilities> {
  const key = await getCallerKey(connection);
  const organization = await readableOrganization(connection);
  return { key, organization, hasSession: connection.hasSession };
}

/** The kinds of resource that need the same key as this one: those of another account have another one. */
export function plannedBeside(host: Host, properties: Properties): Host["planned"] {
  return properties.account === undefined ? host.planned : () => [];
}

/** What stopped the preview of a resource. A wrong configuration stops every resource alike. */
export function stoppedBy(error: unknown, explained: ReportedCauses, title: string): Finding {
  const message = messageOf(error);
  const isShared = error instanceof ConfigurationError;
  return problem(undefined, isShared ? reportOnce(explained, message, message, title) : message);
}

/**
 * The whole message for the first resource that it concerns, and one line with a reference for the others. The cause is
 * what stands below the first line, which may name something of the resource itself.
 */
function reportOnce(explained: ReportedCauses, message: string, whole: string, title: string): string {
  const [summary = "", ...explanation] = message.split("\n");
  if (explanation.length === 0) return message;
  const cause = explanation.join("\n");
  const first = explained.get(cause) ?? title;
  explained.set(cause, first);
  return first === title ? whole : `${summary} (as for ${first})`;
}
