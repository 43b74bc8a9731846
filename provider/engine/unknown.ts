/** What Pulumi's engine sends to `check` and `diff` in previews in place of a value that is not known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is not known yet. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** Whether a value, or anything inside it, is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (typeof value === "object" && value !== null) return Object.values(value).some(containsUnknown);
  return isUnknown(value);
}

/** The properties whose value is known to the last leaf. */
export function knownOnly<T extends object>(properties: T): Partial<T> {
  const known: Partial<T> = { ...properties };
  for (const key of Object.keys(known) as (keyof T)[]) {
    if (containsUnknown(known[key])) delete known[key];
  }
  return known;
}
