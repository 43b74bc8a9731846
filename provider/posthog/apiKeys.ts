import * as z from "zod";
import { dateOf } from "../access/values";
import { CachedList, perRun } from "./cache";
import type { Authentication, Connection } from "./connection";
import { createOnce } from "./create";
import { answered, lacksRoute, NotFoundError, onNewerServers, type Remedy } from "./errors";
import type { Subject } from "./exclusive";
import type { Request } from "./http";
import { organizationPath } from "./organizations";

const keySchema = z.looseObject({
  id: z.string(),
  label: z.string(),
  value: z.string().nullish(),
  mask_value: z.string().nullish(),
  created_at: z.string().nullish(),
  last_used_at: z.string().nullish(),
  last_rolled_at: z.string().nullish(),
  scopes: z.array(z.string()).nullish(),
});

/** What PostHog shows of every personal or project API key. It shows the value only on creation and rotation. */
export type KeyRecord = z.infer<typeof keySchema>;

export interface KeyFields {
  readonly label: string;
  readonly scopes: readonly string[];
}

/** The address of one owner's keys, and the words for them in messages. */
interface ApiKeyClientOptions<Key extends KeyRecord> {
  /** The kind of key: `personal API key`. */
  readonly noun: string;
  /** Who owns them: `the signed-in person`. */
  readonly owner: string;
  /** Their path, with a slash at both ends. */
  readonly path: string;
  readonly authentication: Authentication;
  readonly schema: z.ZodType<Key>;
  /** The kind of owner: `a person`. */
  readonly ownerKind: string;
  /** How many keys PostHog allows each owner. */
  readonly limit: number;
  /** What to do if the owner has reached the limit. */
  readonly whenFull: string;
  /** The lock for creating the key with a label. */
  subject(label: string): Subject;
  /** Reads all of them. */
  read(): Promise<Key[]>;
}

/** The API keys of one owner. Both kinds of key have the same operations at different addresses. */
export class ApiKeyClient<Key extends KeyRecord, Fields extends KeyFields> {
  private readonly kept: CachedList<Key>;

  constructor(
    private readonly connection: Connection,
    readonly place: ApiKeyClientOptions<Key>,
  ) {
    this.kept = new CachedList(
      () => onNewerServers(`${place.noun}s`, place.read()),
      ({ id }) => id,
    );
  }

  /** All keys of the owner, read once per run. */
  list(): Promise<Key[]> {
    return this.kept.list();
  }

  get(id: string): Promise<Key | undefined> {
    return this.kept.get(id);
  }

  /** Creates a key. If the response is lost, so is the value: this finds that key, revokes it, and creates another. */
  async create(fields: Fields): Promise<Key> {
    const { noun, path, authentication, schema, subject } = this.place;
    try {
      const creation = createOnce<Key, Key>(this.connection, {
        kind: noun,
        path,
        authentication,
        body: fields,
        schema,
        what: `creating the ${this.called(fields.label)}`,
        subject: subject(fields.label),
        list: () => this.list(),
        forget: () => this.kept.forget(),
        isAlike: ({ label }) => label === fields.label,
        take: async ({ id }) => {
          await this.revoke(id);
          return undefined;
        },
        remember: (key) => this.remember(key),
      });
      return await onNewerServers(`${noun}s`, creation);
    } catch (error) {
      if (!answered(error, 400) || !/only have \d+ .*API keys/i.test(error.answer.detail)) throw error;
      this.kept.forget();
      throw this.full(fields.label, await this.list());
    }
  }

  /** Changes the given fields of a key; its value stays. */
  update(key: KeyRecord, fields: Partial<Fields>): Promise<Key> {
    return this.send(
      "PATCH",
      `${encodeURIComponent(key.id)}/`,
      `changing the ${this.called(key.label)}`,
      fields,
      { findWrongValue: () => this.findTakenLabel(key, fields.label) },
    );
  }

  /** PostHog answers 500 to a label that another key has. */
  private async findTakenLabel(key: KeyRecord, wanted: string | undefined): Promise<Remedy | undefined> {
    this.kept.forget();
    const other = (await this.list()).find(({ id, label }) => id !== key.id && label === wanted);
    if (other === undefined) return undefined;
    return {
      why: `label: ${this.place.owner} already has a key "${other.label}" (${other.mask_value ?? other.id}).`,
      fix: "Choose another label, or rename or revoke that key.",
    };
  }

  /** Gives a key a new value; the old one stops working at once. Rotating again after a lost response does no harm. */
  roll(key: KeyRecord): Promise<Key> {
    const path = `${encodeURIComponent(key.id)}/roll/`;
    return this.send("POST", path, `rolling the ${this.called(key.label)}`, undefined, {
      recover: async () => undefined,
    });
  }

  /** Revokes a key; succeeds if it is already gone. */
  async revoke(id: string): Promise<void> {
    const { path, authentication, noun } = this.place;
    await this.connection.deleteIfThere(
      `${path}${encodeURIComponent(id)}/`,
      `revoking a ${noun}`,
      () => this.kept.stillHas(id),
      authentication,
    );
    await this.kept.remove(id);
  }

  /** The error that the owner has as many keys as PostHog allows, with their names. */
  full(label: string, keys: readonly Key[]): NotFoundError {
    const { noun, owner, ownerKind, limit, whenFull } = this.place;
    return new NotFoundError(
      `the ${noun} "${label}" cannot be created: ${owner} already has ${keys.length}`,
      {
        why: `PostHog allows ${ownerKind} ${limit}: ${keys.map(described).join("; ")}.`,
        fix: whenFull,
      },
    );
  }

  /** Leaves the value out of the cache: it is returned once. */
  private remember(key: Key): Promise<void> {
    return this.kept.upsert({ ...key, value: null });
  }

  private called(label: string): string {
    return `${this.place.noun} "${label}"`;
  }

  private async send(
    method: "POST" | "PATCH",
    path: string,
    what: string,
    body: Partial<Fields> | undefined,
    after: Pick<Request<Key>, "recover" | "findWrongValue">,
  ): Promise<Key> {
    const { path: base, schema, authentication, noun } = this.place;
    const request = { method, path: `${base}${path}`, body, schema, what, ...after };
    const key = await onNewerServers(`${noun}s`, this.connection.send(request, authentication));
    await this.remember(key);
    return key;
  }
}

function described(key: KeyRecord): string {
  const use = key.last_used_at == null ? "never used" : `used ${dateOf(key.last_used_at)}`;
  return `${key.label} (${key.mask_value ?? key.id}, ${use})`;
}

const personalApiKeySchema = keySchema.extend({
  user_id: z.number().nullish(),
  scoped_teams: z.array(z.number()).nullish(),
  scoped_organizations: z.array(z.string()).nullish(),
});

/** A personal API key of the signed-in person (`posthog/api/personal_api_key.py`). */
export type PersonalApiKeyRecord = z.infer<typeof personalApiKeySchema>;

export interface PersonalApiKeyFields extends KeyFields {
  readonly scoped_teams: readonly number[];
  readonly scoped_organizations: readonly string[];
}

/** The signed-in person's own keys. PostHog lists them all on one page, and only to a session. */
export const personalApiKeys = perRun((connection: Connection) => {
  const path = "/api/personal_api_keys/";
  return new ApiKeyClient<PersonalApiKeyRecord, PersonalApiKeyFields>(connection, {
    noun: "personal API key",
    owner: "the signed-in person",
    ownerKind: "a person",
    path,
    authentication: "session",
    schema: personalApiKeySchema,
    limit: 10,
    subject: (label) => ({ own: `keys/${label}` }),
    whenFull:
      "Delete an unused key, use a ProjectSecretApiKey if its scopes suffice, or sign in as someone else.",
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
});

const projectSecretApiKeySchema = keySchema.extend({
  created_by: z
    .union([z.number(), z.looseObject({ id: z.number().nullish(), email: z.string().nullish() })])
    .nullish(),
});

/** A secret API key of a project; older servers show only the number of its creator's account. */
export type ProjectSecretApiKeyRecord = z.infer<typeof projectSecretApiKeySchema>;

/** The secret API keys of a project (`posthog/api/project_secret_api_key.py`). An API key may list and write them. */
export const projectSecretApiKeys = perRun((connection: Connection, projectId: number) => {
  const path = `/api/projects/${projectId}/project_secret_api_keys/`;
  return new ApiKeyClient<ProjectSecretApiKeyRecord, KeyFields>(connection, {
    noun: "project secret API key",
    owner: `project ${projectId}`,
    ownerKind: "a project",
    path,
    authentication: "key",
    schema: projectSecretApiKeySchema,
    limit: 50,
    subject: (label) => ({ project: `${projectId}/secret-keys/${label}` }),
    whenFull: "Delete an unused key, or let services of one kind share a key.",
    read: () =>
      connection.list(path, projectSecretApiKeySchema, `listing the secret API keys of project ${projectId}`),
  });
});

const inventoriedKeySchema = z.looseObject({
  owner: z.looseObject({
    first_name: z.string().nullish(),
    last_name: z.string().nullish(),
    email: z.string().nullish(),
  }),
  mask_value: z.string().nullish(),
  scopes: z.array(z.string()).nullish(),
  access_scope: z
    .looseObject({
      type: z.string(),
      projects: z.array(z.looseObject({ id: z.number(), name: z.string().nullish() })).nullish(),
    })
    .nullish(),
  last_used_at: z.string().nullish(),
  created_at: z.string().nullish(),
});

/** A member's personal API key in the organization's inventory, which contains neither id nor label. */
export type InventoriedKey = z.infer<typeof inventoriedKeySchema>;

/**
 * All members' personal API keys that can reach the organization (`posthog/api/organization_personal_api_key.py`).
 * Undefined for a session that does not belong to an admin, a plan without `organization_security_settings`, and older
 * servers.
 */
export async function listKeyInventory(connection: Connection): Promise<InventoriedKey[] | undefined> {
  const path = `${await organizationPath(connection)}/personal_api_keys/`;
  try {
    return await connection.list(path, inventoriedKeySchema, "listing the members' API keys", "session");
  } catch (error) {
    if (answered(error, 402) || answered(error, 403) || lacksRoute(error)) return undefined;
    throw error;
  }
}
