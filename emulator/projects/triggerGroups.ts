import { RE2JS } from "re2js";
import { serverError } from "../server/errors";
import { type Field, field, pythonText, pythonType, refuse } from "../server/fields";
import type { Json } from "../store/entities";
import { isObject, type JsonObject } from "./settingFields";

const PROPERTY_TYPES = ["event", "person"];
const OPERATORS = ["exact", "gt", "icontains", "is_not", "lt", "not_icontains", "not_regex", "regex"];
const LONGEST_MS = 30_000;

/** Groups of conditions that start a recording (PostHog: `posthog/api/team.py`). */
export function triggerGroups(): Field<Json> {
  return field((value): Json => {
    if (!isObject(value)) {
      refuse("invalid", "Must provide a dictionary or None.");
    }
    if (!("version" in value)) {
      refuse("invalid", "Missing required field: 'version'.");
    }
    if (value.version !== 2) {
      const version = pythonText(value.version);
      refuse("invalid", `Invalid version: ${version}. Only version 2 is supported.`);
    }
    if (!("groups" in value)) {
      refuse("invalid", "Missing required field: 'groups'.");
    }
    if (!Array.isArray(value.groups)) {
      refuse("invalid", "Field 'groups' must be an array.");
    }
    for (const [at, group] of value.groups.entries()) {
      checkGroup(group, `Group ${at}`);
    }
    const { fallbackSampleRate: rate = 0 } = value;
    if (!isShare(rate)) {
      const shown = pythonText(rate);
      refuse("invalid", `Invalid fallbackSampleRate: ${shown}. Must be a number between 0 and 1.`);
    }
    return value;
  }).nullable();
}

function isShare(rate: Json | undefined): boolean {
  return typeof rate === "number" && rate >= 0 && rate <= 1;
}

function checkGroup(group: Json, name: string): void {
  if (!isObject(group)) {
    refuse("invalid", `${name}: must be a dictionary.`);
  }
  for (const required of ["id", "sampleRate", "conditions"].filter((one) => !(one in group))) {
    refuse("invalid", `${name}: missing required field '${required}'.`);
  }
  const { sampleRate: rate, minDurationMs: shortest = 0, conditions = null } = group;
  if (!isShare(rate)) {
    const shown = pythonText(rate);
    refuse("invalid", `${name}: invalid sampleRate '${shown}'. Must be a number between 0 and 1.`);
  }
  if (typeof shortest !== "number" || !Number.isInteger(shortest)) {
    refuse("invalid", `${name}: 'minDurationMs' must be an integer, got ${pythonType(shortest)}.`);
  }
  if (shortest < 0 || shortest > LONGEST_MS) {
    refuse("invalid", `${name}: 'minDurationMs' must be between 0 and 30000 (30 seconds). Got: ${shortest}.`);
  }
  if (!isObject(conditions)) {
    refuse("invalid", `${name}: field 'conditions' must be a dictionary.`);
  }
  checkConditions(conditions, name);
}

function checkConditions(
  { matchType = "any", events = [], urls = [], flag, properties = [] }: JsonObject,
  name: string,
) {
  if (matchType !== "any" && matchType !== "all") {
    const shown = pythonText(matchType);
    refuse("invalid", `${name}: invalid matchType '${shown}'. Must be 'any' or 'all'.`);
  }
  if (!Array.isArray(events)) {
    refuse("invalid", `${name}: field 'events' must be an array.`);
  }
  for (const [at, event] of events.entries()) {
    checkEvent(event, name, at);
  }
  if (!Array.isArray(urls)) {
    refuse("invalid", `${name}: field 'urls' must be an array.`);
  }
  for (const url of urls) {
    checkUrl(url, name);
  }
  checkFlag(flag ?? null, name);
  checkProperties(properties, name);
}

function checkEvent(event: Json, name: string, at: number): void {
  if (typeof event === "string") {
    return;
  }
  if (!isObject(event)) {
    refuse("invalid", `${name}: event ${at} must be a string or object with 'name'.`);
  }
  if (typeof event.name !== "string") {
    refuse("invalid", `${name}: event ${at} object must have a string 'name' field.`);
  }
  checkProperties(event.properties ?? [], `${name}, event '${event.name}'`);
}

function checkUrl(url: Json, name: string): void {
  if (!isObject(url)) {
    refuse("invalid", `${name}: URL config must be a dictionary.`);
  }
  if (!("url" in url) || !("matching" in url)) {
    refuse("invalid", `${name}: URL config must have 'url' and 'matching' fields.`);
  }
  if (url.matching !== "regex") {
    const shown = pythonText(url.matching);
    refuse("invalid", `${name}: URL matching must be 'regex'. Got: '${shown}'.`);
  }
  if (typeof url.url !== "string") {
    // Python only compiles text; anything else crashes PostHog.
    throw serverError();
  }
  if (!isExpression(url.url)) {
    refuse("invalid", `${name}: invalid regex pattern in URL: '${url.url}'.`);
  }
}

/** Python's expressions differ a little from RE2's and JavaScript's; it rejects what both of them reject. */
function isExpression(text: string): boolean {
  return [() => RE2JS.compile(text), () => new RegExp(text)].some((compile) => {
    try {
      compile();
      return true;
    } catch {
      return false;
    }
  });
}

function checkFlag(flag: Json, name: string): void {
  if (flag === null || typeof flag === "string") {
    return;
  }
  if (!isObject(flag)) {
    refuse("invalid", `${name}: 'flag' must be a string (flag key), object (LinkedFeatureFlag), or null.`);
  }
  if (!("key" in flag)) {
    refuse("invalid", `${name}: flag object must have 'key' field.`);
  }
  if (typeof flag.key !== "string") {
    refuse("invalid", `${name}: flag 'key' must be a string.`);
  }
}

function checkProperties(properties: Json, where: string): void {
  if (!Array.isArray(properties)) {
    refuse("invalid", `${where}: 'properties' must be an array.`);
  }
  for (const [at, property] of properties.entries()) {
    checkProperty(property, `${where}: property ${at}`);
  }
}

function checkProperty(property: Json, where: string): void {
  if (!isObject(property)) {
    refuse("invalid", `${where} must be a dictionary.`);
  }
  if (typeof property.key !== "string") {
    refuse("invalid", `${where} must have a string 'key' field.`);
  }
  if (!PROPERTY_TYPES.includes(String(property.type))) {
    refuse("invalid", `${where} must have a 'type' field with value: ${PROPERTY_TYPES.join(", ")}.`);
  }
  if ("operator" in property && !OPERATORS.includes(String(property.operator))) {
    const shown = pythonText(property.operator);
    refuse("invalid", `${where} has invalid operator '${shown}'. Valid operators: ${OPERATORS.join(", ")}.`);
  }
  if (!("value" in property)) {
    refuse("invalid", `${where} must have a 'value' field.`);
  }
}
