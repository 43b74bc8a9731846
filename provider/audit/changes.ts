import { conceal, hidden, isSecretField } from "./conceal";
import type { ActivityChange } from "./entry";
import { shortened } from "./printable";

/** How many changes of an entry are told. */
const mostChanges = 4;

/** How many differences inside one value are told. */
const mostParts = 3;

const longestText = 40;
const longestJson = 60;

/** What the numbers of PostHog's membership levels are called. */
const levelNames: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [1, "member"],
  [8, "admin"],
  [15, "owner"],
]);

/** What an entry changed, before and after, shortened and without secrets; empty where it says nothing. */
export function describeChanges(changes: readonly ActivityChange[], isLevel = false): string {
  const told = changes.slice(0, mostChanges).map((change) => describeChange(change, isLevel));
  const more = changes.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function describeChange({ field, before, after }: ActivityChange, isLevel: boolean): string {
  const name = field ?? "value";
  if (isLevel && name === "level") return `level ${levelOf(before)} → ${levelOf(after)}`;
  if (isSecretField(name) && typeof before !== "boolean" && typeof after !== "boolean")
    return `${name} ${presence(before)} → ${presence(after)}`;
  const [left, right] = [conceal(before, name), conceal(after, name)];
  return describeLists(name, left, right) ?? describeParts(name, left, right) ?? arrow(name, left, right);
}

const arrow = (name: string, before: unknown, after: unknown): string =>
  `${name} ${shownValue(before)} → ${shownValue(after)}`;

const levelOf = (value: unknown): string => levelNames.get(value) ?? shownValue(value);

/** Of a secret only whether there is one. */
const presence = (value: unknown): string =>
  value === null || value === undefined || value === "" ? "nothing" : hidden;

/** A value in a few words. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (value === hidden) return hidden;
  if (typeof value === "string") return JSON.stringify(shortened(value, longestText));
  return shortened(JSON.stringify(value), longestJson);
}

/** What came to a list of plain values and what left it. */
function describeLists(name: string, before: unknown, after: unknown): string | undefined {
  if (!isPlainList(before) || !isPlainList(after)) return undefined;
  const added = after.filter((item) => !before.includes(item));
  const removed = before.filter((item) => !after.includes(item));
  if (added.length + removed.length === 0 || added.length + removed.length > 2 * mostParts) return undefined;
  const marked = (mark: string, items: readonly unknown[]): string[] =>
    items.map((item) => `${mark}${shownValue(item)}`);
  return `${name} ${[...marked("+", added), ...marked("-", removed)].join(" ")}`;
}

const isPlainList = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);

/** The places inside a value that differ, where they are few. */
function describeParts(name: string, before: unknown, after: unknown): string | undefined {
  if (!isNested(before) || !isNested(after)) return undefined;
  const parts = differences(name, before, after);
  if (parts.length === 0) return undefined;
  if (parts.length > mostParts) return `${name} in ${parts.length} places`;
  return parts.map(([path, left, right]) => arrow(path, left, right)).join(", ");
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;

type Difference = readonly [path: string, before: unknown, after: unknown];

function differences(path: string, before: unknown, after: unknown): Difference[] {
  if (!isNested(before) || !isNested(after) || Array.isArray(before) !== Array.isArray(after)) {
    return Object.is(before, after) ? [] : [[path, before, after]];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const inside = (key: string): string => (Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`);
  return keys.flatMap((key) => differences(inside(key), Reflect.get(before, key), Reflect.get(after, key)));
}
