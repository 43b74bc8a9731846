import * as z from "zod";
import { commonArgs } from "../../../provider/engine/arguments";
import { handlers } from "../../../provider/handlers";
import { environmentNames } from "../../../provider/posthog/configuration";
import { makeSchema, schemaPath, schemaText } from "../../../tools/schema/document";
import type { ObjectSpec, Properties, TypeSpec } from "../../../tools/schema/spec";
import { readSources } from "../../../tools/sources";
import { root, textOf } from "../../support/sources";

const sources = readSources(root);
const schema = makeSchema(sources, handlers);
const kinds = [...handlers.keys()];

function resource(kind: string) {
  const found = schema.resources[`posthog:index:${kind}`];
  if (found === undefined) throw new Error(`${kind} is not in the schema`);
  return found;
}

test("the schema is as `npm run schema` generates it", () => {
  expect(textOf(schemaPath) === schemaText(sources, handlers)).toBe(true);
});

test("it has every resource, component and function", () => {
  const components = sources.components.map(({ name }) => name);
  const tokens = (names: readonly string[]) => names.map((name) => `posthog:index:${name}`).sort();
  expect(Object.keys(schema.resources)).toEqual(tokens([...kinds, ...components]));
  expect(Object.keys(schema.functions)).toEqual(tokens(sources.functions.map(({ name }) => name)));
});

describe.each(kinds)("%s", (kind) => {
  const { definition } = handlers.get(kind) ?? {};

  test("accepts what its handler accepts, and replaces in the same cases", () => {
    const { inputProperties, requiredInputs } = resource(kind);
    const names = [...Object.keys(definition?.args.shape ?? {}), ...Object.keys(commonArgs.shape)];
    expect(Object.keys(inputProperties).sort()).toEqual(names.sort());
    const missing =
      z
        .looseObject({})
        .and(definition?.args ?? z.never())
        .safeParse({}).error?.issues ?? [];
    expect([...requiredInputs].sort()).toEqual(
      [...new Set(missing.map(({ path }) => String(path[0])))].sort(),
    );
    const replaces = names.filter((name) => definition?.fields[name]?.replaces === true);
    const marked = Object.keys(inputProperties).filter((name) => inputProperties[name]?.willReplaceOnChanges);
    expect(marked.sort()).toEqual(replaces.sort());
  });

  test("is described: itself, every argument, everything in an argument, every output", () => {
    const { description, inputProperties, properties } = resource(kind);
    expect(description.length).toBeGreaterThan(20);
    expect([...undescribed(kind, inputProperties), ...undescribed(kind, properties)]).toEqual([]);
  });

  test("has the secrets of its definition, each documented", () => {
    const { properties, inputProperties } = resource(kind);
    const secret = [...(definition?.secrecy?.secrets ?? [])].sort();
    expect(secretIn(properties)).toEqual(secret);
    expect(secretIn(inputProperties)).toEqual([]);
    expect(secretByWords(properties)).toEqual(secret);
  });

  test("is in the table of `pulumi import` ids", () => {
    expect(textOf("docs/native-provider.md")).toContain(`\n| \`posthog:index:${kind}\` | `);
  });

  test("has its dynamic form as an alias", () => {
    expect(resource(kind).aliases).toEqual([{ type: `pulumi-nodejs:dynamic/posthog:${kind}` }]);
  });
});

function secretIn(properties: Properties): string[] {
  return Object.keys(properties)
    .filter((name) => properties[name]?.secret === true)
    .sort();
}

/** The properties whose description begins by calling them secret. */
function secretByWords(properties: Properties): string[] {
  return Object.keys(properties)
    .filter((name) => /^Secret\b/.test(properties[name]?.description ?? ""))
    .sort();
}

test.each([
  ...sources.components.map(({ name }) => [name, resource(name).properties] as const),
  ...Object.entries(schema.functions).map(([name, { outputs }]) => [name, outputs.properties] as const),
  ...Object.entries(schema.types).flatMap(([name, type]) =>
    type.type === "object" ? [[name, type.properties] as const] : [],
  ),
])("%s is secret exactly if its documentation says so", (_, properties) => {
  expect(secretIn(properties)).toEqual(secretByWords(properties));
});

/** Properties without a description, at any depth. */
function undescribed(where: string, properties: Properties, seen: readonly string[] = []): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${where}.${name}`;
    return [
      ...(property.description === undefined ? [path] : []),
      ...objectsIn(property)
        .filter(({ token }) => !seen.includes(token))
        .flatMap(({ token, spec }) => undescribed(path, spec.properties, [...seen, token])),
    ];
  });
}

function objectsIn(type: TypeSpec): { token: string; spec: ObjectSpec }[] {
  if ("$ref" in type) {
    const token = type.$ref.replace("#/types/", "");
    const spec = schema.types[token];
    return spec?.type === "object" ? [{ token, spec }] : [];
  }
  if (type.type === "array") return objectsIn(type.items);
  return type.type === "object" ? objectsIn(type.additionalProperties) : [];
}

test("every referenced type exists, and every existing type is referenced", () => {
  const text = JSON.stringify(schema);
  const referred = [...text.matchAll(/"#\/types\/([^"]+)"/g)].map(([, token = ""]) => token);
  expect([...new Set(referred)].sort()).toEqual(Object.keys(schema.types).sort());
});

describe("types", () => {
  const typeOf = (kind: string, name: string) => resource(kind).inputProperties[name];
  const named = (name: string) => ({ $ref: `#/types/posthog:index:${name}` });
  const setting = (name: string) => {
    const settings = schema.types["posthog:index:ProjectSettings"];
    return settings?.type === "object" ? settings.properties[name] : undefined;
  };

  test.each([
    ["a whole number", typeOf("PersonalApiKey", "rotateAfterDays"), { type: "integer" }],
    [
      "the number of a project, though text is fine too",
      typeOf("ProjectMember", "projectId"),
      { type: "integer" },
    ],
    ["a share", typeOf("ProjectAccess", "removalLimit"), { type: "number" }],
    [
      "the id of an object, though a number is fine too",
      typeOf("AccessControl", "resourceId"),
      { type: "string" },
    ],
    [
      "a level, though PostHog's number is fine too",
      typeOf("OrganizationMember", "level"),
      named("OrganizationLevel"),
    ],
    [
      "levels by name",
      typeOf("ProjectAccess", "roles"),
      { type: "object", additionalProperties: named("ProjectAccessLevel") },
    ],
    ["a list", typeOf("PersonalApiKey", "projects"), { type: "array", items: { type: "integer" } }],
    ["an object", typeOf("Project", "settings"), named("ProjectSettings")],
    [
      "JSON with PostHog's own keys",
      setting("modifiers"),
      { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } },
    ],
    ["a share that may be text", setting("sessionRecordingSampleRate"), { type: "number" }],
    ["one of a few numbers", setting("weekStartDay"), { type: "integer" }],
  ])("%s", (_, type, expected) => expect(type).toMatchObject(expected));

  test("an unnamed list of strings shows its values", () => {
    expect(setting("sessionRecordingTriggerMatchTypeConfig")?.description).toMatch(/`all`.*`any`/);
  });

  test("arguments that `null` clears in TypeScript document how to clear them elsewhere", () => {
    expect(setting("businessModel")?.description).toContain("name it in `unset`");
    expect(setting("baseCurrency")?.description).not.toContain("unset");
  });

  test("the matrix of a component may have any form, and is known when the program runs", () => {
    expect(resource("AccessMatrix").isComponent).toBe(true);
    expect(resource("AccessMatrix").inputProperties.matrix).toMatchObject({
      $ref: "pulumi.json#/Any",
      plain: true,
    });
  });
});

test("the configuration has every key, hides credentials, and reads none from the environment into state", () => {
  const { variables } = schema.config;
  expect(Object.keys(variables).sort()).toEqual([...Object.keys(environmentNames), "accounts"].sort());
  expect(Object.keys(variables).filter((name) => variables[name]?.secret)).toEqual([
    "apiKey",
    "password",
    "totpSecret",
    "accounts",
  ]);
  expect(schema.provider.inputProperties).toEqual(variables);
  expect(JSON.stringify(schema)).not.toContain("defaultInfo");
});
