import { z } from "zod";
import type { Connection } from "./connection";
import { answered } from "./errors";

/**
 * Deletes the object at a path; one that is gone already is fine.
 *
 * @param what the deletion as a gerund phrase for errors: `deleting role "Analysts"`.
 */
export async function deleteIfThere(connection: Connection, path: string, what: string): Promise<void> {
  try {
    await connection.send({ method: "DELETE", path, schema: z.unknown(), what });
  } catch (error) {
    if (!answered(error, 404)) throw error;
  }
}
