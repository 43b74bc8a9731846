import { z } from "zod";
import { dayMs } from "../../access/values";
import { wholeDays } from "../../arguments/fields";
import { sameJson } from "../../engine/state";

/** The arguments that roll a key, shared by every kind of key. */
export const rotationArgs = {
  keepers: z.record(z.string(), z.unknown()).optional(),
  rotateAfterDays: wholeDays.optional(),
};

/** When a key got its value, and what it was to be rolled for. */
export interface Rotation {
  readonly keepers?: unknown;
  readonly rotateAfterDays?: number;
  /** ISO 8601. */
  readonly createdAt?: unknown;
  /** ISO 8601. */
  readonly lastRolledAt?: unknown;
}

/** Why a key is due for a new value by its age, or undefined. */
export function overdue(
  rotateAfterDays: number | undefined,
  state: Rotation,
  now: number,
): string | undefined {
  const since = [state.lastRolledAt, state.createdAt].find((moment) => typeof moment === "string");
  if (rotateAfterDays === undefined || typeof since !== "string") return undefined;
  const age = Math.floor((now - Date.parse(since)) / dayMs);
  if (age < rotateAfterDays) return undefined;
  return `its value is ${age} days old, and rotateAfterDays is ${rotateAfterDays}: it gets a new one`;
}

/** Whether this value is the key's by PostHog's mask, which shows its last four characters; unreadable masks prove nothing. */
export function isValueOf(mask: string | null | undefined, value: string): boolean {
  const shown = /^.{4}\.\.\.(.{4})$/.exec(mask ?? "")?.[1];
  return shown === undefined || value.endsWith(shown);
}

/** Whether an update has to give the key a new value: a keeper changed, it is overdue, or the value is not known. */
export function mustRoll(
  declared: { keepers?: unknown; rotateAfterDays?: number },
  state: Rotation & { readonly value?: unknown },
  now: number,
): boolean {
  if (typeof state.value !== "string") return true;
  return (
    !sameJson(declared.keepers, state.keepers) || overdue(declared.rotateAfterDays, state, now) !== undefined
  );
}
