export const dayMs = 86_400_000;

/** The UTC date of a moment: `2026-12-31`. A text has to be ISO 8601 already. */
export function dateOf(moment: Date | string): string {
  return (typeof moment === "string" ? moment : moment.toISOString()).slice(0, 10);
}

/** Whole days from one moment to another (ISO 8601, or milliseconds since 1970); negative if the other is earlier. */
export function daysBetween(from: number | string, to: number | string): number {
  return Math.floor((millisecondsOf(to) - millisecondsOf(from)) / dayMs);
}

function millisecondsOf(moment: number | string): number {
  return typeof moment === "number" ? moment : Date.parse(moment);
}

/** UUIDs as PostHog creates them, as part of a regular expression; not all have a version. */
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

/** Whether a value is an object, and neither a list nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two values are lists of the same entries, regardless of order and repetition. */
export function sameSet(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return false;
  const [left, right] = [new Set<unknown>(one), new Set<unknown>(other)];
  return left.size === right.size && [...left].every((entry) => right.has(entry));
}

/** Groups items by key: groups in the order of their first items, items in their own order. */
export function groupBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): Map<Key, [Item, ...Item[]]> {
  return groupPairs(items.map((item) => [keyOf(item), item] as const));
}

/** Groups values by key, in the same order as {@link groupBy}. */
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
 * The path to the first value in plain objects and lists named `__proto__`; undefined if there is none. JavaScript
 * treats an entry of that name as the object's prototype, so copies of the object lack it.
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
