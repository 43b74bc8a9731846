import type * as z from "zod";
import type { Authentication, Connection } from "./connection";
import { exclusive, type Subject } from "./exclusive";

interface Identified {
  readonly id: string | number;
}

/** Something to create whose id only PostHog's response contains. */
interface Creation<Listed extends Identified, Made extends Identified> {
  /** The kind of object: `identity provider`. */
  readonly kind: string;
  /** Path of the list that contains them and that accepts the POST. */
  readonly path: string;
  readonly authentication?: Authentication;
  readonly body: unknown;
  readonly schema: z.ZodType<Made>;
  /** The attempt, as a gerund phrase for errors. */
  readonly what: string;
  /** The subject of the natural key, by which the object is found if the response is lost. */
  readonly subject: Subject;
  /** The list as the run knows it; undefined if the server has none. */
  list(): Promise<readonly Listed[] | undefined>;
  /** Makes the next `list` read again. */
  forget(): void;
  /** Whether a listed object has the natural key. */
  isAlike(listed: Listed): boolean;
  /** Takes over what a lost POST has created; undefined if it is unusable and was removed. */
  take(lost: Listed): Promise<Made | undefined>;
  /** Adds the new object to the run's cached lists. */
  remember(made: Made): Promise<unknown>;
}

/**
 * Creates something. If the response is lost, the object with its natural key that was not there before, and that this
 * process did not create for another resource, is the result of the lost POST: nothing else in this process creates one
 * with that key meanwhile.
 */
export function createOnce<Listed extends Identified, Made extends Identified>(
  connection: Connection,
  creation: Creation<Listed, Made>,
): Promise<Made> {
  const { kind, path, body, schema, what, subject } = creation;
  return exclusive(connection, subject, async () => {
    const before = new Set((await creation.list())?.map(({ id }) => id));
    const recover = async (): Promise<Made | undefined> => {
      creation.forget();
      const now = (await creation.list()) ?? [];
      const lost = now.filter(
        (one) => creation.isAlike(one) && !before.has(one.id) && !connection.hasMade(kind, one.id),
      );
      for (const one of lost) {
        const taken = await creation.take(one);
        if (taken !== undefined) return taken;
      }
      return undefined;
    };
    const request = { method: "POST", path, body, schema, what, recover } as const;
    const made = await connection.send(request, creation.authentication);
    connection.markMade(kind, made.id);
    await creation.remember(made);
    return made;
  });
}
