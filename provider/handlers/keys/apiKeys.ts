import * as z from "zod";
import { counted } from "../../access/messages";
import { isEarlierScopeObject } from "../../access/scopeObjects";
import type { ScopeCheck } from "../../access/scopes";
import { daysBetween, sameSet } from "../../access/values";
import { label, wholeDays } from "../../arguments/fields";
import type { Checkpoint, Review } from "../../engine/definition";
import { type Finding, failure, notice, problem, warning } from "../../engine/finding";
import { type Properties, sameJson } from "../../engine/state";
import type { ApiKeyClient, KeyFields, KeyRecord } from "../../posthog/apiKeys";
import type { Connection } from "../../posthog/connection";
import { NotFoundError } from "../../posthog/errors";
import { isBeforeFall2026, readableOrganization } from "../../posthog/organizations";

/** The arguments of every kind of API key. */
export const keyArgs = {
  label,
  scopes: z.array(z.string("must be a scope such as feature_flag:read"), "must be a list of scopes"),
  keepers: z.record(z.string(), z.unknown()).optional(),
  rotateAfterDays: wholeDays.optional(),
};

type KeyArgs = z.infer<z.ZodObject<typeof keyArgs>>;

export const keyArgFields = {
  label: {},
  scopes: { same: sameSet },
  keepers: {},
  rotateAfterDays: {},
};

/** What happens if a key was deleted outside this program. */
export const onKeyDeletedExternally = "the next update creates a new key with a new value";

/** Why an existing key cannot be imported into state. */
export const unreadableKey = {
  reason: "PostHog shows a key's value only once",
  whenAdopted: "adopt: true adopts the key with pulumi up, by rotating it",
  whenImported: "the next update rotates the imported key, and services that use the old value stop working",
};

export function keyOutputs(key: KeyRecord, value: unknown): Properties {
  return {
    value: typeof value === "string" && isValueOf(key.mask_value, value) ? value : undefined,
    maskValue: key.mask_value ?? undefined,
    keyId: key.id,
    createdAt: key.created_at ?? undefined,
    lastRolledAt: key.last_rolled_at ?? undefined,
  };
}

/** The findings about a list of scopes. */
export function scopeFindings({ errors, warnings }: ScopeCheck): Finding[] {
  return [
    ...errors.map(({ index, message }) =>
      problem(index === undefined ? "scopes" : `scopes[${index}]`, message),
    ),
    ...warnings.map(warning),
  ];
}

/** The preview's findings about scopes that the server does not know yet, or does not allow on this kind of key yet. */
export async function reviewScopes(
  connection: Connection,
  scopes: readonly string[],
  isKnown: (scope: string) => boolean,
): Promise<Finding[]> {
  const newer = scopes.flatMap((scope, index) => (isKnown(scope) ? [] : [{ scope, index }]));
  if (newer.length === 0) return [];
  const organization = await readableOrganization(connection);
  if (organization === undefined || !isBeforeFall2026(organization)) return [];
  return newer.map(({ scope, index }) =>
    problem(`scopes[${index}]`, `this PostHog server lets no such key hold ${scope}`, {
      fix: "remove the scope from the program, or update the server",
    }),
  );
}

/** Whether servers up to July 2026 know the object of a scope. */
export function isEarlierScope(scope: string): boolean {
  return scope === "*" || isEarlierScopeObject(scope.split(":")[0] ?? "");
}

/** The owner's key with that label; throws with a list if there are several. */
export async function findByLabel<Key extends KeyRecord, Fields extends KeyFields>(
  keys: ApiKeyClient<Key, Fields>,
  wanted: string,
  another: string,
): Promise<Key | undefined> {
  const labeled = (await keys.list()).filter((key) => key.label === wanted);
  if (labeled.length <= 1) return labeled[0];
  throw new NotFoundError(`${labeled.length} ${keys.place.noun}s are labeled "${wanted}"`, {
    why: `They are ${labeled.map((key) => key.mask_value ?? key.id).join(", ")}.`,
    fix: `Rename or delete all but one to adopt that one${another}.`,
  });
}

/** The preview's findings about a key: what happens to its value, and whether PostHog allows another key. */
export async function reviewKey<Key extends KeyRecord, Fields extends KeyFields>(
  keys: ApiKeyClient<Key, Fields>,
  { args, before, existing }: Review<KeyArgs>,
): Promise<Finding[]> {
  if (existing !== undefined)
    return [notice("the update rotates the key to learn its value; the value in use stops working")];
  if (before !== undefined) {
    const kept = sameJson(before.keepers, args.keepers);
    return kept
      ? []
      : [notice("keepers changed; the update rotates the key, and the old value stops working")];
  }
  const all = await keys.list();
  return all.length < keys.place.limit ? [] : [failure(undefined, keys.full(args.label ?? "", all).message)];
}

/** When a key got its value, and for which keepers. */
interface Rotation {
  readonly keepers?: unknown;
  readonly rotateAfterDays?: number;
  /** ISO 8601. */
  readonly createdAt?: unknown;
  /** ISO 8601. */
  readonly lastRolledAt?: unknown;
}

/** Why a key needs a new value because of its age; undefined if it does not. */
function overdue(rotateAfterDays: number | undefined, state: Rotation, now: number): string | undefined {
  const since = [state.lastRolledAt, state.createdAt].find((moment) => typeof moment === "string");
  if (rotateAfterDays === undefined || typeof since !== "string") return undefined;
  const age = daysBetween(since, now);
  if (age < rotateAfterDays) return undefined;
  return `the value is ${counted(age, "day")} old and rotateAfterDays is ${rotateAfterDays}; the update rotates the key`;
}

/**
 * Whether the key has this value, according to PostHog's mask, which shows its last four characters; an unreadable mask
 * proves nothing.
 */
function isValueOf(mask: string | null | undefined, value: string): boolean {
  const shown = /^.{4}\.\.\.(.{4})$/.exec(mask ?? "")?.[1];
  return shown === undefined || value.endsWith(shown);
}

/** Whether an update has to rotate the key: a keeper changed, the value is too old, or the value is unknown. */
function mustRotate(
  declared: { keepers?: unknown; rotateAfterDays?: number },
  state: Rotation & { readonly value?: unknown },
  now: number,
): boolean {
  if (typeof state.value !== "string") return true;
  return (
    !sameJson(declared.keepers, state.keepers) || overdue(declared.rotateAfterDays, state, now) !== undefined
  );
}

/** Why a key with unchanged arguments needs a new value; undefined if it does not. */
export function keyUpdateReason(
  { clock }: Connection,
  { rotateAfterDays }: Partial<Pick<KeyArgs, "rotateAfterDays">>,
  state: Properties,
): string | undefined {
  if (typeof state.value === "string") return overdue(rotateAfterDays, state, clock.now());
  return "the key was rotated in PostHog, so its value is unknown; the update rotates it again";
}

/** Why a key with other changes also needs a new value, unless the preview already reports its keepers. */
export function keyPendingReason(
  connection: Connection,
  declared: Partial<KeyArgs>,
  state: Properties,
): string | undefined {
  const rotatesAnyhow = !sameJson(declared.keepers, state.keepers);
  return rotatesAnyhow ? undefined : keyUpdateReason(connection, declared, state);
}

interface KeyWrite<Key extends KeyRecord, Fields extends KeyFields> {
  /** The resource's id. */
  readonly id: string;
  /** The key's values in PostHog. */
  readonly key: Key;
  /** What differs from what is declared. */
  readonly changes: Partial<Fields>;
  readonly declared: KeyArgs;
  readonly state: Properties;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Sends what differs, and rotates the key if needed. Returns the key and its value. */
export async function writeKey<Key extends KeyRecord, Fields extends KeyFields>(
  keys: ApiKeyClient<Key, Fields>,
  { id, key, changes, declared, state, now }: KeyWrite<Key, Fields>,
  checkpoint: Checkpoint,
): Promise<{ key: Key; value: unknown }> {
  const written = Object.keys(changes).length === 0 ? key : await keys.update(key, changes);
  const { value } = keyOutputs(key, state.value);
  if (!mustRotate(declared, { ...state, value }, now)) return { key: written, value: state.value };
  const rotated = await keys.roll(written);
  // Everything is done, and must not be repeated.
  checkpoint(id, { ...declared, keepers: declared.keepers, ...keyOutputs(rotated, rotated.value) });
  return { key: rotated, value: rotated.value };
}
