import * as z from "zod";
import { Cached, perRun } from "./cache";
import type { Connection } from "./connection";
import { listMembers, type Member } from "./members";

const callerKeySchema = z.looseObject({
  id: z.string().optional(),
  label: z.string().nullish(),
  user_id: z.number().optional(),
  scopes: z.array(z.string()).nullish(),
  scoped_teams: z.array(z.number()).nullish(),
  scoped_organizations: z.array(z.string()).nullish(),
});

/** The key that a request uses (`GET /api/personal_api_keys/@current/`): PostHog requires no scope for it. */
export type CallerKey = z.infer<typeof callerKeySchema>;

/** The configured key itself, read once per run. PostHog shows nothing about an OAuth token. */
export function getCallerKey(connection: Connection): Promise<CallerKey> {
  return keptKey(connection).get();
}

const keptKey = perRun(
  (connection: Connection) =>
    new Cached(async (): Promise<CallerKey> => {
      if (connection.configuration.apiKey?.startsWith("pha_")) return {};
      return connection.send({
        method: "GET",
        path: "/api/personal_api_keys/@current/",
        schema: callerKeySchema,
        what: "looking up the configured key",
      });
    }),
);

/** The membership of the key's owner; undefined if the owner is not in the organization. */
export async function getCallerMember(connection: Connection): Promise<Member | undefined> {
  const [key, members] = await Promise.all([getCallerKey(connection), listMembers(connection)]);
  return members.find((member) => member.user.id === key.user_id);
}

const personSchema = z.looseObject({ id: z.number().nullish() });

/** The number of the signed-in person's account, read once per run; undefined on servers that do not show it. */
export function getSignedInUser(connection: Connection): Promise<number | undefined> {
  return keptUser(connection).get();
}

const keptUser = perRun(
  (connection: Connection) =>
    new Cached(async () => {
      const person = await connection.send(
        {
          method: "GET",
          path: "/api/users/@me/",
          schema: personSchema,
          what: "looking up the signed-in person",
        },
        "session",
      );
      return person.id ?? undefined;
    }),
);
