import type { Connection } from "./connection";
import { organizationId } from "./organizations";

/** What a task reads, checks and then writes. */
export interface Subject {
  /** Lists of the organization: `members`, `domains`; or a part of one, such as `projects/<name>`. */
  readonly lists?: readonly string[];
  /** A project, or a part of it, such as `42/secret-keys/<label>`. */
  readonly project?: string | number;
  /** What belongs to the signed-in person, in any organization. */
  readonly own?: string;
}

/**
 * Runs "read, decide, write", or "remember, POST, look for the result of a lost response", while no other resource of
 * this process does the same to the same thing. The work reads current data: the writes of this process are in the
 * cached lists before their locks are released.
 *
 * Organizations are distinguished by UUID, so that resources meet however the program spells the organization, and
 * whichever account they use.
 */
export async function exclusive<T>(
  connection: Connection,
  { lists = [], project, own }: Subject,
  work: () => Promise<T>,
): Promise<T> {
  const organization = lists.length === 0 ? "" : await organizationId(connection);
  // This is the order of locks: organizations, what belongs to a person, projects.
  const names = [
    ...lists.map((list) => `organization/${organization}/${list}`),
    ...(own === undefined ? [] : [`own/${connection.configuration.email?.toLowerCase() ?? ""}/${own}`]),
    ...(project === undefined ? [] : [`project/${project}`]),
  ];
  return connection.exclusive(names, work);
}
