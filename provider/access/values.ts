/** Milliseconds of a day. */
export const dayMs = 86_400_000;

/** The date of a moment in UTC: `2026-12-31`. A text has to be ISO 8601 already. */
export function dateOf(moment: Date | string): string {
  return (typeof moment === "string" ? moment : moment.toISOString()).slice(0, 10);
}

/** Whole days from one moment to another (ISO 8601, or milliseconds since 1970); negative where the other is earlier. */
export function daysBetween(from: number | string, to: number | string): number {
  return Math.floor((millisecondsOf(to) - millisecondsOf(from)) / dayMs);
}

function millisecondsOf(moment: number | string): number {
  return typeof moment === "number" ? moment : Date.parse(moment);
}

/** UUIDs as PostHog makes them, as part of a regular expression; they do not always carry a version. */
export const uuidPattern = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

const uuidForm = new RegExp(`^${uuidPattern}$`);

/** Whether a text is a UUID. */
export function isUuid(text: string): boolean {
  return uuidForm.test(text);
}

/** The domain of an e-mail address, lower case. */
export function emailDomain(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}

/** Whether two values are lists of the same entries, in any order and however often. */
export function sameSet(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return false;
  const [left, right] = [new Set<unknown>(one), new Set<unknown>(other)];
  return left.size === right.size && [...left].every((entry) => right.has(entry));
}

/** Items with the same key together: groups in the order of their first items, items in their own order. */
export function groupBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): Map<Key, [Item, ...Item[]]> {
  return groupPairs(items.map((item) => [keyOf(item), item] as const));
}

/** Values with the same key together, in the same order as {@link groupBy}. */
export function groupPairs<Key, Value>(
  pairs: Iterable<readonly [Key, Value]>,
): Map<Key, [Value, ...Value[]]> {
  const groups = new Map<Key, [Value, ...Value[]]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** Orders texts by their code units, the same on every machine. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The path to the first value in plain objects and lists that is called `__proto__`; undefined if there is none.
 * JavaScript takes an entry of that name for the object's prototype, so copies of the object lack it.
 */
export function pathToLostName(value: unknown): (string | number)[] | undefined {
  if (typeof value !== "object" || value === null || !isPlainValue(value)) return undefined;
  if (Object.hasOwn(value, "__proto__")) return ["__proto__"];
  for (const [name, inner] of Object.entries(value)) {
    const path = pathToLostName(inner);
    if (path !== undefined) return [Array.isArray(value) ? Number(name) : name, ...path];
  }
  return undefined;
}

function isPlainValue(value: object): boolean {
  return Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
