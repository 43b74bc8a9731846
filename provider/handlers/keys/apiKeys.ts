import { z } from "zod";
import type { ScopeCheck } from "../../access/scopes";
import { sameSet } from "../../access/values";
import { label } from "../../arguments/fields";
import type { Checkpoint, Review } from "../../engine/definition";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import { type Properties, sameJson } from "../../engine/state";
import type { ApiKeyClient, KeyFields, KeyRecord } from "../../posthog/apiKeyClient";
import type { Connection } from "../../posthog/connection";
import { NotFoundError } from "../../posthog/errors";
import { isValueOf, mustRoll, overdue, rotationArgs } from "./rotation";

/** The arguments that every kind of API key takes. */
export const keyArgs = {
  label,
  scopes: z.array(z.string("must be a scope such as feature_flag:read"), "must be a list of scopes"),
  ...rotationArgs,
};

/** What can be declared of every kind of API key. */
export type KeyArgs = z.infer<z.ZodObject<typeof keyArgs>>;

/** How those arguments behave. */
export const keyArgFields = {
  label: {},
  scopes: { same: sameSet },
  keepers: { trigger: true },
  rotateAfterDays: {},
};

/** What follows when a key turns out to be gone. */
export const onKeyDeletedExternally = "the next update makes a new one, with a new value";

/** Why an existing key cannot be put into state as it is. */
export const unreadableKey =
  "PostHog shows a key's value only once; adopt: true takes the key over with pulumi up, by giving it a new value";

/** The outputs of every kind of API key. */
export function keyOutputs(key: KeyRecord, value: unknown): Properties {
  return {
    value: typeof value === "string" && isValueOf(key.mask_value, value) ? value : undefined,
    maskValue: key.mask_value ?? undefined,
    keyId: key.id,
    createdAt: key.created_at ?? undefined,
    lastRolledAt: key.last_rolled_at ?? undefined,
  };
}

/** What there is to say about a list of scopes. */
export function scopeFindings({ errors, warnings }: ScopeCheck): Finding[] {
  return [
    ...errors.map(({ index, message }) =>
      problem(index === undefined ? "scopes" : `scopes[${index}]`, message),
    ),
    ...warnings.map(warning),
  ];
}

/** The owner's key of that label; several are an error that lists them. */
export async function findByLabel<Key extends KeyRecord, Fields extends KeyFields>(
  ring: ApiKeyClient<Key, Fields>,
  wanted: string,
  another: string,
): Promise<Key | undefined> {
  const labeled = (await ring.list()).filter((key) => key.label === wanted);
  if (labeled.length <= 1) return labeled[0];
  throw new NotFoundError(`there are ${labeled.length} ${ring.place.noun}s labeled "${wanted}"`, {
    why: `They are ${labeled.map((key) => key.mask_value ?? key.id).join(", ")}.`,
    fix: `Rename or delete all but one to adopt that one${another}.`,
  });
}

/** What a preview says of a key: what happens to its value, and whether there is room for another one. */
export async function reviewKey<Key extends KeyRecord, Fields extends KeyFields>(
  ring: ApiKeyClient<Key, Fields>,
  { args, before, existing }: Review<KeyArgs>,
): Promise<Finding[]> {
  if (existing !== undefined)
    return [notice("its value is rolled to learn it: the one in use stops working")];
  if (before !== undefined) {
    const kept = sameJson(before.keepers, args.keepers);
    return kept ? [] : [notice("keepers changed: it gets a new value, and the old one stops working")];
  }
  const keys = await ring.list();
  return keys.length < ring.place.limit
    ? []
    : [problem(undefined, ring.full(args.label ?? "", keys).message)];
}

/** Why a key whose arguments are as declared is to get a new value, or undefined. */
export function keyDue(
  { clock }: Connection,
  { rotateAfterDays }: Partial<Pick<KeyArgs, "rotateAfterDays">>,
  state: Properties,
): string | undefined {
  if (typeof state.value === "string") return overdue(rotateAfterDays, state, clock.now());
  return "its value is not known, because it was rolled outside of this program: it gets a new one";
}

/** A key on its way to what is declared. */
export interface KeyWrite<Key extends KeyRecord, Fields extends KeyFields> {
  /** The resource's id. */
  readonly id: string;
  /** The key as PostHog has it. */
  readonly key: Key;
  /** What differs from what is declared. */
  readonly changes: Partial<Fields>;
  readonly declared: Pick<KeyArgs, "keepers" | "rotateAfterDays">;
  readonly state: Properties;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Sends what differs, and gives the key a new value where it is to have one. Answers the key and its value. */
export async function writeKey<Key extends KeyRecord, Fields extends KeyFields>(
  ring: ApiKeyClient<Key, Fields>,
  { id, key, changes, declared, state, now }: KeyWrite<Key, Fields>,
  checkpoint: Checkpoint,
): Promise<{ key: Key; value: unknown }> {
  const written = Object.keys(changes).length === 0 ? key : await ring.update(key, changes);
  const { value } = keyOutputs(key, state.value);
  if (!mustRoll(declared, { ...state, value }, now)) return { key: written, value: state.value };
  const rolled = await ring.roll(written);
  checkpoint(id, keyOutputs(rolled, rolled.value));
  return { key: rolled, value: rolled.value };
}
