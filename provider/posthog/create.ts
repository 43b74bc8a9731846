import type * as z from "zod";
import type { Authentication, Connection } from "./connection";
import { exclusive, type Subject } from "./exclusive";

interface Identified {
  readonly id: string | number;
}

/** Something to make whose id is known only from PostHog's answer. */
interface Creation<Listed extends Identified, Made extends Identified> {
  /** What such things are called: `identity provider`. */
  readonly kind: string;
  /** Address of the list that has them, and that takes the POST. */
  readonly path: string;
  readonly authentication?: Authentication;
  readonly body: unknown;
  readonly schema: z.ZodType<Made>;
  /** What is tried, as a gerund phrase for errors. */
  readonly what: string;
  /** What the natural key is of, by which it is found if the answer is lost. */
  readonly subject: Subject;
  /** The list as the run knows it; undefined where the server has none. */
  list(): Promise<readonly Listed[] | undefined>;
  /** Makes the next `list` read again. */
  forget(): void;
  /** Whether one of the list has the natural key. */
  isAlike(listed: Listed): boolean;
  /** Takes over what a lost POST has made; undefined if it is of no use and was removed. */
  take(lost: Listed): Promise<Made | undefined>;
  /** Enters what was made in the lists that the run keeps. */
  remember(made: Made): Promise<unknown>;
}

/**
 * Makes something. When the answer is lost, what has its natural key now, was not there before, and was not made by this
 * process for another resource, is what the lost POST has made: nobody else of this process is making one with that key
 * meanwhile.
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
