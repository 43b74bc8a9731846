import { z } from "zod";
import { ApiKeyClient, type KeyFields, keySchema } from "./apiKeyClient";
import type { Connection } from "./connection";

/** A secret API key of a project; older servers tell the number of its creator's account only. */
export const projectSecretApiKeySchema = keySchema.extend({
  created_by: z
    .union([z.number(), z.looseObject({ id: z.number().nullish(), email: z.string().nullish() })])
    .nullish(),
});

/** A secret API key of a project. */
export type ProjectSecretApiKeyRecord = z.infer<typeof projectSecretApiKeySchema>;

/** The secret API keys of a project (`posthog/api/project_secret_api_key.py`). An API key may list and write them. */
export function projectSecretApiKeys(
  connection: Connection,
  projectId: number,
): ApiKeyClient<ProjectSecretApiKeyRecord, KeyFields> {
  const path = `/api/projects/${projectId}/project_secret_api_keys/`;
  return new ApiKeyClient(connection, {
    noun: "project secret API key",
    owner: `project ${projectId}`,
    ownerKind: "a project",
    collection: `projectSecretApiKeys:${projectId}`,
    path,
    authentication: "key",
    schema: projectSecretApiKeySchema,
    limit: 50,
    whenFull: "Delete one that is not used, or let services of one kind share a key.",
    read: () =>
      connection.list(path, projectSecretApiKeySchema, `listing the secret API keys of project ${projectId}`),
  });
}
