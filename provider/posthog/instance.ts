import * as z from "zod";
import { Cached, perRun } from "./cache";
import type { Connection } from "./connection";
import { answered } from "./errors";

const instanceSchema = z.looseObject({
  cloud: z.boolean(),
  region: z.string().nullish(),
  available_social_auth_providers: z.record(z.string(), z.boolean()).nullish().catch(undefined),
});

/** What a PostHog server shows about itself without a login (`posthog/views.py`). */
type Instance = z.infer<typeof instanceSchema>;

/** The kind of server, read once per run; undefined if it does not say. */
export function getInstance(connection: Connection): Promise<Instance | undefined> {
  return kept(connection).get();
}

const kept = perRun(
  (connection: Connection) =>
    new Cached(async (): Promise<Instance | undefined> => {
      try {
        return await connection.send({
          method: "GET",
          path: "/_preflight/",
          schema: instanceSchema,
          what: "asking what kind of server it is",
        });
      } catch (error) {
        if (answered(error, 403) || answered(error, 404)) return undefined;
        throw error;
      }
    }),
);
