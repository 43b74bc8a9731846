import { z } from "zod";
import type { ResourceHandler } from "./handler";
import type { Needs } from "./needs";

/** What a resource needs when an argument is given, on top of what it always needs. */
export interface NeedsRow {
  /** Empty for what is always needed. */
  readonly when: string;
  readonly needs: Needs;
}

type Json = z.core.JSONSchema.JSONSchema | boolean;

/**
 * Asks a handler's declaration what it needs: with the required arguments alone, and then with every value of every
 * argument that can be told apart by its schema.
 */
export function needsRows({ definition }: ResourceHandler): NeedsRow[] {
  const schema = z.toJSONSchema(definition.args, { unrepresentable: "any", io: "input" });
  const properties = Object.entries(schema.properties ?? {});
  const required = properties.filter(([name]) => schema.required?.includes(name));
  const least = Object.fromEntries(required.map(([name, property]) => [name, samples(property)[0]]));
  const needsOf = (args: Record<string, unknown>): Needs => withAllFeatures(definition.needs(args));
  const always = needsOf(least);
  const rows = properties.flatMap(([name, property]) => {
    const values = samples(property);
    const extras = values.map((value) => added(always, needsOf({ ...least, [name]: value })));
    return group(name, values, extras);
  });
  return [{ when: "", needs: always }, ...rows];
}

function withAllFeatures({ featuresToChange = [], features = [], ...needs }: Needs): Needs {
  return { ...needs, features: [...features, ...featuresToChange] };
}

/** One line for all values of an argument that need the same. */
function group(name: string, values: readonly unknown[], extras: readonly Needs[]): NeedsRow[] {
  const keys = extras.map((needs) => JSON.stringify(needs));
  return [...new Set(keys)].flatMap((key) => {
    const needs = extras[keys.indexOf(key)];
    if (needs === undefined || isNothing(needs)) return [];
    const those = values.filter((_, index) => keys[index] === key);
    const all = those.length === values.length;
    return [
      { when: all ? name : `${name}: ${those.map((value) => JSON.stringify(value)).join(" | ")}`, needs },
    ];
  });
}

function added(base: Needs, needs: Needs): Needs {
  const { features: baseFeatures = [] } = base;
  return {
    scopes: needs.scopes.filter((scope) => !base.scopes.includes(scope)),
    level: needs.level === base.level ? undefined : needs.level,
    features: (needs.features ?? []).filter((feature) => !baseFeatures.includes(feature)),
    session: needs.session === true && base.session !== true,
  };
}

function isNothing({ scopes, level, features = [], session }: Needs): boolean {
  return scopes.length === 0 && level === undefined && features.length === 0 && session !== true;
}

/** Values that a schema accepts: all of a list, both of a yes or no, one of everything else. */
function samples(schema: Json): unknown[] {
  if (typeof schema === "boolean") return ["text"];
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum;
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return branches.flatMap(samples);
  if (schema.type === "boolean") return [true, false];
  if (schema.type === "number" || schema.type === "integer") return [1];
  if (schema.type === "array") return [[firstOfItems(schema.items)]];
  if (schema.type === "object") return [sampleObject(schema)];
  return ["text"];
}

function firstOfItems(items: Json | Json[] | undefined): unknown {
  const [item] = Array.isArray(items) ? items : [items];
  return item === undefined ? "text" : samples(item)[0];
}

function sampleObject(schema: z.core.JSONSchema.BaseSchema): Record<string, unknown> {
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) => [name, samples(property)[0]]);
  const other =
    typeof schema.additionalProperties === "object"
      ? [["text", samples(schema.additionalProperties)[0]]]
      : [];
  return Object.fromEntries([...own, ...other]);
}
