/** Milliseconds of a day. */
export const dayMs = 86_400_000;

/** UUIDs as PostHog makes them, in any case; they do not always carry a version. */
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID. */
export function isUuid(text: string): boolean {
  return uuidForm.test(text);
}

/** Whether two values are lists of the same entries, in any order and however often. */
export function sameSet(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return false;
  const [left, right] = [new Set<unknown>(one), new Set<unknown>(other)];
  return left.size === right.size && [...left].every((entry) => right.has(entry));
}
