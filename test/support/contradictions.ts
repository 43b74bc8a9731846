export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * The parts of an output that may change, by paths such as `findings[].message`. Everything else keeps its name,
 * type and value. New parts are always allowed.
 */
export interface Freedom {
  /** Texts for people, or lists of them. */
  readonly sentences?: readonly string[];
  /** Values that must only keep their type, such as those that a release changes. */
  readonly values?: readonly string[];
  /** Lists in any order, with room for more items. */
  readonly sets?: readonly string[] | "all";
  /**
   * Lists of any length, and objects of several kinds: records keep their fields and types, whatever the values
   * are.
   */
  readonly records?: readonly string[];
}

/** The parts of an earlier output that a later one lacks, each with its path. */
export function contradictions(before: Json, after: Json | undefined, freedom: Freedom, path = ""): string[] {
  const at = path === "" ? "the output" : path;
  if (after === undefined) return [`${at} is missing`];
  if (freedom.sentences?.includes(path)) return isSentence(before, after) ? [] : [`${at} is no sentence`];
  if (typeOf(before) !== typeOf(after)) return [`${at} was ${typeOf(before)} and is ${typeOf(after)}`];
  if (freedom.values?.includes(path)) return [];
  if (freedom.records?.includes(path)) return recordContradictions(before, after, at);
  if (isList(before) && isList(after)) {
    return freedom.sets === "all" || freedom.sets?.includes(path)
      ? missingIn(before, after, freedom, path)
      : listContradictions(before, after, freedom, path);
  }
  if (isObject(before) && isObject(after)) {
    const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
    return Object.entries(before).flatMap(([name, value]) =>
      contradictions(value, after[name], freedom, below(name)),
    );
  }
  return before === after ? [] : [`${at} was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`];
}

function listContradictions(
  before: readonly Json[],
  after: readonly Json[],
  freedom: Freedom,
  path: string,
): string[] {
  if (before.length !== after.length) return [`${path}[] had ${before.length} and has ${after.length}`];
  return before.flatMap((each, index) => contradictions(each, after[index], freedom, `${path}[]`));
}

/** Each of the earlier ones must exist, and none counts twice. */
function missingIn(
  before: readonly Json[],
  after: readonly Json[],
  freedom: Freedom,
  path: string,
): string[] {
  const left = new Set(after);
  return before.flatMap((each) => {
    const same = [...left].find((one) => contradictions(each, one, freedom, `${path}[]`).length === 0);
    if (same !== undefined) {
      left.delete(same);
      return [];
    }
    return [`${path}[] has no ${JSON.stringify(each)}`];
  });
}

function recordContradictions(before: Json, after: Json, at: string): string[] {
  if (isObject(before) && isObject(after)) {
    // Objects of another kind have other fields.
    return before.kind === after.kind ? fieldContradictions([before], [after], at) : [];
  }
  if (!isList(before) || !isList(after)) return [];
  const [earlier, later] = [before.filter(isObject), after.filter(isObject)];
  return earlier.length > 0 && later.length === 0
    ? [`${at} is empty`]
    : fieldContradictions(earlier, later, at);
}

/** Fields of every record must stay in every record, fields of some records in some. */
function fieldContradictions(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  at: string,
): string[] {
  const names = [...new Set(before.flatMap((record) => Object.keys(record)))];
  return names.flatMap((name) => {
    const types = (records: readonly JsonObject[]): string[] =>
      records.flatMap((record) => (name in record ? [typeOf(record[name])] : []));
    const [earlier, later] = [types(before), types(after)];
    const isRequired = earlier.length === before.length;
    if (later.length === 0 || (isRequired && later.length < after.length))
      return [`${at}.${name} is missing`];
    const unknown = later.filter((type) => !earlier.includes(type) && !earlier.includes("null"));
    return unknown.map((type) => `${at}.${name} was ${[...new Set(earlier)].join(" or ")} and is ${type}`);
  });
}

/** A list of sentences may get longer or shorter. */
function isSentence(before: Json, after: Json): boolean {
  if (isList(before)) return isList(after) && after.every((one) => isSentence("", one));
  return typeof after === "string" && after !== "";
}

function typeOf(value: Json | undefined): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
