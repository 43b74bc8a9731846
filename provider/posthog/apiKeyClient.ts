import { z } from "zod";
import { dateOf } from "../access/values";
import type { Authentication, Connection } from "./connection";
import { answered, NotFoundError } from "./errors";

/** What PostHog tells of every API key, personal or of a project. The value is told only when it is made or rolled. */
export const keySchema = z.looseObject({
  id: z.string(),
  label: z.string(),
  value: z.string().nullish(),
  mask_value: z.string().nullish(),
  created_at: z.string().nullish(),
  last_used_at: z.string().nullish(),
  last_rolled_at: z.string().nullish(),
  scopes: z.array(z.string()).nullish(),
});

/** What PostHog tells of every API key. */
export type KeyRecord = z.infer<typeof keySchema>;

/** What can be written on every API key. */
export interface KeyFields {
  readonly label: string;
  readonly scopes: readonly string[];
}

/** Where the keys of one owner are, and how they are spoken of. */
export interface ApiKeyClientOptions<Key extends KeyRecord> {
  /** What one of them is called: `personal API key`. */
  readonly noun: string;
  /** Whose they are: `the signed-in person`. */
  readonly owner: string;
  /** The name under which this run keeps them. */
  readonly collection: string;
  /** Their address, with a slash at both ends. */
  readonly path: string;
  readonly authentication: Authentication;
  readonly schema: z.ZodType<Key>;
  /** What such owners are: `a person`. */
  readonly ownerKind: string;
  /** How many PostHog allows each. */
  readonly limit: number;
  /** What to do when all of them are in use. */
  readonly whenFull: string;
  /** Reads all of them. */
  read(): Promise<Key[]>;
}

/** The API keys of one owner. Both kinds of key have the same operations at different addresses. */
export class ApiKeyClient<Key extends KeyRecord, Fields extends KeyFields> {
  constructor(
    private readonly connection: Connection,
    readonly place: ApiKeyClientOptions<Key>,
  ) {}

  /** All keys of the owner, read once a run. */
  list(): Promise<Key[]> {
    return this.connection.collections.get(this.place.collection, () => this.place.read());
  }

  /** The owner's key of that id, or undefined. */
  async get(id: string): Promise<Key | undefined> {
    return (await this.list()).find((key) => key.id === id);
  }

  /** Mints a key. When the answer is lost, so is the value: the key is looked for, revoked, and minted again. */
  async create(fields: Fields): Promise<Key> {
    const before = new Set((await this.list()).map(({ id }) => id));
    try {
      const recover = async (): Promise<undefined> => this.revokeLost(fields.label, before);
      return await this.send("POST", "", `creating the ${this.called(fields.label)}`, fields, recover);
    } catch (error) {
      if (!answered(error, 400) || !/only have \d+ .*API keys/i.test(error.answer.detail)) throw error;
      this.connection.collections.forget(this.place.collection);
      throw this.full(fields.label, await this.list());
    }
  }

  /** Changes what is given of a key; its value stays. */
  update(key: KeyRecord, fields: Partial<Fields>): Promise<Key> {
    return this.send(
      "PATCH",
      `${encodeURIComponent(key.id)}/`,
      `changing the ${this.called(key.label)}`,
      fields,
    );
  }

  /** Gives a key a new value; the old one stops working at once. Rolling it again after a lost answer does no harm. */
  roll(key: KeyRecord): Promise<Key> {
    const path = `${encodeURIComponent(key.id)}/roll/`;
    return this.send("POST", path, `rolling the ${this.called(key.label)}`, undefined, async () => undefined);
  }

  /** Revokes a key; one that is gone already is fine. */
  async revoke(id: string): Promise<void> {
    const { path, authentication, noun, collection } = this.place;
    try {
      await this.connection.send(
        {
          method: "DELETE",
          path: `${path}${encodeURIComponent(id)}/`,
          schema: z.unknown(),
          what: `revoking a ${noun}`,
        },
        authentication,
      );
    } catch (error) {
      if (!answered(error, 404)) throw error;
    }
    await this.connection.collections.patch<Key[]>(collection, (keys) => keys.filter((key) => key.id !== id));
  }

  /** Says that the owner has all the keys that PostHog allows, and which. */
  full(label: string, keys: readonly Key[]): NotFoundError {
    const { noun, owner, ownerKind, limit, whenFull } = this.place;
    return new NotFoundError(`the ${noun} "${label}" cannot be made: ${owner} has ${keys.length} already`, {
      why: `PostHog allows ${ownerKind} ${limit}: ${keys.map(described).join("; ")}.`,
      fix: whenFull,
    });
  }

  private called(label: string): string {
    return `${this.place.noun} "${label}"`;
  }

  private async revokeLost(label: string, before: ReadonlySet<string>): Promise<undefined> {
    this.connection.collections.forget(this.place.collection);
    for (const key of await this.list()) {
      if (key.label === label && !before.has(key.id)) await this.revoke(key.id);
    }
  }

  private async send(
    method: "POST" | "PATCH",
    path: string,
    what: string,
    body: Partial<Fields> | undefined,
    recover?: () => Promise<undefined>,
  ): Promise<Key> {
    const { path: base, schema, authentication, collection } = this.place;
    const request = { method, path: `${base}${path}`, body, schema, what, recover };
    const key = await this.connection.send(request, authentication);
    // The value stays out of what the run keeps: it is passed on once.
    await this.connection.collections.patch<Key[]>(collection, (keys) => [
      { ...key, value: null },
      ...keys.filter(({ id }) => id !== key.id),
    ]);
    return key;
  }
}

function described(key: KeyRecord): string {
  const use = key.last_used_at == null ? "never used" : `used ${dateOf(key.last_used_at)}`;
  return `${key.label} (${key.mask_value ?? key.id}, ${use})`;
}
