import { z } from "zod";
import { ApiKeyClient, type KeyFields, keySchema } from "./apiKeyClient";
import type { Connection } from "./connection";

/** A personal API key of the signed-in person (`posthog/api/personal_api_key.py`). */
export const personalApiKeySchema = keySchema.extend({
  user_id: z.number().nullish(),
  scoped_teams: z.array(z.number()).nullish(),
  scoped_organizations: z.array(z.string()).nullish(),
});

/** A personal API key. */
export type PersonalApiKeyRecord = z.infer<typeof personalApiKeySchema>;

/** What can be written on a personal API key. */
export interface PersonalApiKeyFields extends KeyFields {
  readonly scoped_teams: readonly number[];
  readonly scoped_organizations: readonly string[];
}

const path = "/api/personal_api_keys/";

/** The signed-in person's own keys. PostHog lists them in one piece, and only to a session. */
export function personalApiKeys(
  connection: Connection,
): ApiKeyClient<PersonalApiKeyRecord, PersonalApiKeyFields> {
  return new ApiKeyClient(connection, {
    noun: "personal API key",
    owner: "the signed-in person",
    ownerKind: "a person",
    collection: "personalApiKeys",
    path,
    authentication: "session",
    schema: personalApiKeySchema,
    limit: 10,
    whenFull:
      "Delete one that is not used, use a ProjectSecretApiKey where its scopes allow, or sign in as another person.",
    read: () =>
      connection.send(
        {
          method: "GET",
          path,
          schema: z.array(personalApiKeySchema),
          what: "listing the signed-in person's API keys",
        },
        "session",
      ),
  });
}
