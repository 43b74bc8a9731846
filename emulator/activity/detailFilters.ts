import * as z from "zod";
import { refuse } from "../server/fields";
import type { ActivityRow } from "../store/entities";

/** A condition on one path inside a row's `detail`, such as `name` or `changes[].field`. */
export interface DetailFilter {
  readonly path: string;
  readonly operation: "exact" | "contains" | "in";
  readonly value: unknown;
}

const MOST_FILTERS = 100;

const LONGEST_PATH = 500;

const SEARCHED_ITEMS = 5;

const MOST_NESTED_LISTS = 3;

/** Names that PostHog's database layer reads as an operation instead of a key. */
const RESERVED = new Set([
  "exact",
  "iexact",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "contains",
  "icontains",
  "contained_by",
  "startswith",
  "istartswith",
  "endswith",
  "iendswith",
  "range",
  "isnull",
  "regex",
  "iregex",
  "has_key",
  "has_keys",
  "has_any_keys",
]);

const Shape = z.record(z.string(), z.unknown());

/** Reads a map of paths to conditions, or rejects it. */
export function readDetailFilters(value: unknown): DetailFilter[] {
  const filters = Shape.safeParse(value);
  if (!filters.success) {
    return refuse("invalid", "detail_filters must be an object.");
  }
  const entries = Object.entries(filters.data);
  if (entries.length > MOST_FILTERS) {
    refuse("invalid", `detail_filters accepts at most ${MOST_FILTERS} entries.`);
  }
  return entries.map(([path, condition]) => readFilter(path, condition));
}

function readFilter(path: string, condition: unknown): DetailFilter {
  if (path === "") {
    refuse("invalid", "Detail filter field paths must be non-empty strings.");
  }
  if (path.length > LONGEST_PATH) {
    refuse("invalid", `Detail filter field paths must be at most ${LONGEST_PATH} characters.`);
  }
  const shape = Shape.safeParse(condition);
  if (!shape.success) {
    return refuse("invalid", `Detail filter '${path}' must be an object.`);
  }
  const { operation = "exact", value } = shape.data;
  if (operation !== "exact" && operation !== "contains" && operation !== "in") {
    return refuse(
      "invalid",
      `Unsupported detail filter operation '${operation}'. Allowed operations: contains, exact, in.`,
    );
  }
  checkPath(path);
  return { path, operation, value };
}

function checkPath(path: string): void {
  if (path.includes("__")) {
    refuse("invalid", `Detail filter field path '${path}' contains '__'.`);
  }
  if (path.split("[]").length - 1 > MOST_NESTED_LISTS) {
    refuse("invalid", `Detail filter field path '${path}' nests too many arrays.`);
  }
  for (const segment of path.replaceAll("[]", "").split(".")) {
    if (segment === "") {
      refuse("invalid", `Detail filter field path '${path}' has an empty segment.`);
    }
    if (RESERVED.has(segment)) {
      refuse("invalid", `Detail filter field path '${path}' uses reserved segment '${segment}'.`);
    }
  }
}

/** Whether a row meets a condition. Every row meets a condition without a value. */
export function meetsDetailFilter(
  { detail }: ActivityRow,
  { path, operation, value }: DetailFilter,
): boolean {
  if (value === null || value === undefined) {
    return true;
  }
  // A search inside lists searches the text of the outermost list.
  const searched = operation === "contains" ? (path.split("[]")[0] ?? path) : path;
  const found = valuesAt(detail, searched.split("."));
  const wanted = operation === "in" && Array.isArray(value) ? value : [value];
  return operation === "contains"
    ? found.some((one) => textOf(one).toLowerCase().includes(textOf(value).toLowerCase()))
    : found.some((one) => wanted.some((other) => isAlike(one, other)));
}

function valuesAt(value: unknown, [segment, ...rest]: readonly string[]): unknown[] {
  if (segment === undefined) {
    return [value];
  }
  const name = segment.replace(/(\[\])+$/, "");
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
    return [];
  }
  const found: unknown = Reflect.get(value, name);
  if (name === segment) {
    return valuesAt(found, rest);
  }
  return Array.isArray(found) ? found.slice(0, SEARCHED_ITEMS).flatMap((item) => valuesAt(item, rest)) : [];
}

// Numbers and booleans equal their text.
function isAlike(left: unknown, right: unknown): boolean {
  if (typeof left === typeof right) {
    return textOf(left) === textOf(right);
  }
  const truth = (value: unknown) => ({ true: "1", false: "0" })[textOf(value).toLowerCase()] ?? textOf(value);
  return truth(left) === truth(right);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
