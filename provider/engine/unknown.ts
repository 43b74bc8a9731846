/** Pulumi's engine sends this to `check` and `diff` in previews in place of an unknown value. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** Whether a value, or anything inside it, is unknown. */
export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (typeof value === "object" && value !== null) return Object.values(value).some(containsUnknown);
  return isUnknown(value);
}

/** The properties whose values are completely known. */
export function knownOnly<T extends object>(properties: T): Partial<T> {
  const known: Partial<T> = { ...properties };
  for (const key of Object.keys(known) as (keyof T)[]) {
    if (containsUnknown(known[key])) delete known[key];
  }
  return known;
}
