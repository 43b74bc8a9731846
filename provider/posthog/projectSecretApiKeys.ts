import type { Connection } from "./connection";
import { type KeyFields, type KeyRecord, KeyRing, keySchema } from "./keyRing";

/** The secret API keys of a project (`posthog/api/project_secret_api_key.py`). An API key may list and write them. */
export function projectSecretApiKeys(
  connection: Connection,
  projectId: number,
): KeyRing<KeyRecord, KeyFields> {
  const path = `/api/projects/${projectId}/project_secret_api_keys/`;
  return new KeyRing(connection, {
    noun: "project secret API key",
    owner: `project ${projectId}`,
    ownerKind: "a project",
    collection: `projectSecretApiKeys:${projectId}`,
    path,
    authentication: "key",
    schema: keySchema,
    limit: 50,
    whenFull: "Delete one that is not used, or let services of one kind share a key.",
    read: () => connection.list(path, keySchema, `listing the secret API keys of project ${projectId}`),
  });
}
