import * as z from "zod";
import { levelRange } from "../access/levels";
import { judgeResourceType, resourceTypes } from "../access/resourceTypes";
import { internalScopeObjects, scopeObjects } from "../access/scopeObjects";
import { neededLevel, plural, popularThings, thingNames, verbs } from "./capabilities";
import { longestName, matrixSchema } from "./schema";

/** A JSON schema or part of one. */
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What editors need beyond the structure, by the name of the definition. */
const additions: ReadonlyMap<unknown, (schema: JsonSchema) => void> = new Map([
  ["entry", addEntry],
  ["person", addEntry],
  ["project", addCapabilities],
  ["resources", addTypes],
  ["scope", addScopes],
]);

/** The matrix's JSON schema (draft 7, which editors support best), with everything that editors can complete. */
export function matrixJsonSchema(): JsonSchema {
  return z.toJSONSchema(matrixSchema, {
    target: "draft-7",
    io: "input",
    override({ zodSchema, jsonSchema }) {
      additions.get(z.globalRegistry.get(zodSchema)?.id)?.(jsonSchema);
      // Editors show the raw text of a pattern that does not match; the format is enough for them.
      if (jsonSchema.format === "date") {
        delete jsonSchema.pattern;
        jsonSchema.examples = ["2026-12-31"];
      }
      if (zodSchema === matrixSchema) jsonSchema.patternProperties = { "^x-": {} };
    },
  });
}

/** Someone's access in a project; an empty entry has no effect. */
function addEntry(schema: JsonSchema): void {
  addCapabilities(schema);
  schema.minProperties = 1;
}

/** The capabilities that editors offer; any other spelling is only checked. */
function addCapabilities(schema: JsonSchema): void {
  const offered = [...popularThings, ...resourceTypes.map((type) => [plural(type), type] as const)];
  for (const [thing, type] of offered.sort()) {
    for (const verb of verbs) {
      const description = `true: ${type} ${neededLevel[verb]}`;
      schema.properties = {
        ...schema.properties,
        [`can_${verb}_${thing}`]: { type: "boolean", description },
      };
    }
  }
  const pattern = `^can_(${verbs.join("|")})_(${thingNames().join("|")})$`;
  schema.patternProperties = { [pattern]: { type: "boolean" } };
  schema.additionalProperties = false;
}

/** Each known type with its levels; types that PostHog adds later pass, known wrong names do not. */
function addTypes(schema: JsonSchema): void {
  schema.properties = Object.fromEntries(
    resourceTypes.map((type) => [type, { enum: [...levelRange(type).levels] }]),
  );
  const misnomers = thingNames().filter((name) => judgeResourceType(name).error !== undefined);
  schema.propertyNames = {
    type: "string",
    maxLength: longestName,
    pattern: `^(?!(${misnomers.join("|")})$)`,
  };
}

function addScopes(schema: JsonSchema): void {
  const known = scopeObjects.filter((object) => !internalScopeObjects.has(object));
  schema.anyOf = [
    { type: "string", enum: known.flatMap((object) => [`${object}:read`, `${object}:write`]) },
    { type: "string", pattern: "^[a-z][a-z0-9_]*:(read|write)$" },
  ];
}
