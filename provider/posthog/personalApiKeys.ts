import { z } from "zod";
import type { Connection } from "./connection";
import { answered, LookupError } from "./errors";

/** A personal API key of the signed-in person; the value is told only when it is made or rolled. */
export const personalApiKeySchema = z.looseObject({
  id: z.string(),
  label: z.string(),
  value: z.string().nullish(),
  mask_value: z.string().nullish(),
  created_at: z.string().nullish(),
  last_used_at: z.string().nullish(),
  last_rolled_at: z.string().nullish(),
  scopes: z.array(z.string()).nullish(),
  scoped_teams: z.array(z.number()).nullish(),
  scoped_organizations: z.array(z.string()).nullish(),
});

/** A personal API key. */
export type PersonalApiKeyRecord = z.infer<typeof personalApiKeySchema>;

/** What can be written on a personal API key. */
export interface PersonalApiKeyFields {
  readonly label: string;
  readonly scopes: readonly string[];
  readonly scoped_teams: readonly number[];
  readonly scoped_organizations: readonly string[];
}

/** PostHog allows a person this many keys. */
export const personalApiKeyLimit = 10;

const base = "/api/personal_api_keys/";
const collection = "personalApiKeys";

/** The signed-in person's own keys, read once a run. PostHog answers them in one piece. */
export function listPersonalApiKeys(connection: Connection): Promise<PersonalApiKeyRecord[]> {
  return connection.collections.get(collection, () =>
    connection.send(
      {
        method: "GET",
        path: base,
        schema: z.array(personalApiKeySchema),
        what: "listing the signed-in person's API keys",
      },
      "session",
    ),
  );
}

/**
 * Mints a key. When the answer is lost, so is the value: the key is looked for, revoked, and minted again.
 */
export async function createPersonalApiKey(
  connection: Connection,
  fields: PersonalApiKeyFields,
): Promise<PersonalApiKeyRecord> {
  const before = new Set((await listPersonalApiKeys(connection)).map(({ id }) => id));
  try {
    const key = await connection.send(
      {
        method: "POST",
        path: base,
        body: fields,
        schema: personalApiKeySchema,
        what: `creating the personal API key "${fields.label}"`,
        recover: async () => {
          await revokeLost(connection, fields.label, before);
          return undefined;
        },
      },
      "session",
    );
    return remember(connection, key);
  } catch (error) {
    if (!answered(error, 400) || !/only have \d+ personal API keys/i.test(error.answer.detail)) throw error;
    connection.collections.forget(collection);
    throw tooManyKeys(fields.label, await listPersonalApiKeys(connection));
  }
}

async function revokeLost(connection: Connection, label: string, before: ReadonlySet<string>): Promise<void> {
  connection.collections.forget(collection);
  const keys = await listPersonalApiKeys(connection);
  for (const key of keys.filter(({ id, label: other }) => other === label && !before.has(id))) {
    await deletePersonalApiKey(connection, key.id);
  }
}

/** Says that the person has all the keys that PostHog allows, and which. */
export function tooManyKeys(label: string, keys: readonly PersonalApiKeyRecord[]): LookupError {
  const listed = keys
    .map(
      (key) =>
        `${key.label} (${key.mask_value ?? key.id}, ${key.last_used_at == null ? "never used" : `used ${key.last_used_at.slice(0, 10)}`})`,
    )
    .join("; ");
  return new LookupError(
    `the personal API key "${label}" cannot be made: the signed-in person has ${keys.length} already`,
    {
      why: `PostHog allows a person ${personalApiKeyLimit}: ${listed}.`,
      fix: "Delete one that is not used, use a ProjectSecretApiKey where its scopes allow, or sign in as another person.",
    },
  );
}

/** Changes a key's label, scopes or restrictions; its value stays. */
export async function updatePersonalApiKey(
  connection: Connection,
  id: string,
  fields: PersonalApiKeyFields,
): Promise<PersonalApiKeyRecord> {
  const key = await connection.send(
    {
      method: "PATCH",
      path: `${base}${encodeURIComponent(id)}/`,
      body: fields,
      schema: personalApiKeySchema,
      what: `changing the personal API key "${fields.label}"`,
    },
    "session",
  );
  return remember(connection, key);
}

/** Gives a key a new value; the old one stops working at once. Rolling it again after a lost answer does no harm. */
export async function rollPersonalApiKey(
  connection: Connection,
  id: string,
  label: string,
): Promise<PersonalApiKeyRecord> {
  const key = await connection.send(
    {
      method: "POST",
      path: `${base}${encodeURIComponent(id)}/roll/`,
      schema: personalApiKeySchema,
      what: `rolling the personal API key "${label}"`,
      recover: async () => undefined,
    },
    "session",
  );
  return remember(connection, key);
}

/** Revokes a key; one that is gone already is fine. */
export async function deletePersonalApiKey(connection: Connection, id: string): Promise<void> {
  try {
    await connection.send(
      {
        method: "DELETE",
        path: `${base}${encodeURIComponent(id)}/`,
        schema: z.unknown(),
        what: "revoking a personal API key",
      },
      "session",
    );
  } catch (error) {
    if (!answered(error, 404)) throw error;
  }
  await connection.collections.patch<PersonalApiKeyRecord[]>(collection, (keys) =>
    keys.filter((key) => key.id !== id),
  );
}

async function remember(connection: Connection, key: PersonalApiKeyRecord): Promise<PersonalApiKeyRecord> {
  // The value stays out of what the run keeps: it is passed on once.
  await connection.collections.patch<PersonalApiKeyRecord[]>(collection, (keys) => [
    { ...key, value: null },
    ...keys.filter(({ id }) => id !== key.id),
  ]);
  return key;
}
