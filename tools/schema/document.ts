import { dynamicType } from "../../provider/access/typeTokens";
import type { ResourceHandler } from "../../provider/engine/handler";
import type { OutputSecrecy } from "../../provider/engine/secretOutputs";
import type { Handlers } from "../../provider/handlers";
import { version } from "../../provider/posthog/version";
import type { Sources } from "../sources";
import { oneLine } from "../sources/docstring";
import type { FunctionSource } from "../sources/functions";
import { type Output, type ResourceSource, resourceTextOf } from "../sources/resource";
import { allMembers } from "../sources/types";
import { acceptedBy } from "./accepted";
import { configuration } from "./configuration";
import { type FunctionSpec, type PackageSpec, type Properties, type ResourceSpec, tokenOf } from "./spec";
import { TypeReader } from "./typeReader";

/** The schema's file. The plugin answers with it, and release and docs read it. */
export const schemaPath = "provider/native/schema.json";

/** Arguments of components that must be known when the program runs. */
const plainArguments: ReadonlySet<string> = new Set(["matrix", "strict"]);

/** Secrets of components, which have no definition: the values of the keys that they create. */
const componentSecrecy: OutputSecrecy = { secrets: ["keys"] };

/** Makes the package schema from the sources. */
export function makeSchema(sources: Sources, handlers: Handlers): PackageSpec {
  const readers = {
    resources: new TypeReader(sources.declarations.resources),
    components: new TypeReader(sources.declarations.components),
    functions: new TypeReader(sources.declarations.functions),
  };
  const resources = [
    ...sources.resources.map((source) => entry(source, resourceSpec(source, handlers, readers.resources))),
    ...sources.components.map((source) => entry(source, componentSpec(source, readers.components))),
  ];
  const functions = sources.functions.map((source) => entry(source, functionSpec(source, readers.functions)));
  return {
    name: "posthog",
    displayName: "PostHog",
    version,
    description: "PostHog organizations as code: projects, people, roles, access, keys and single sign-on.",
    keywords: ["pulumi", "posthog", "rbac", "iam", "sso", "access-control", "category/infrastructure"],
    license: "Apache-2.0",
    publisher: "pulumi-posthog",
    meta: { moduleFormat: "(.*)" },
    language: {
      nodejs: { packageName: "pulumi-posthog-native", respectSchemaVersion: true },
      python: { packageName: "pulumi_posthog", respectSchemaVersion: true, pyproject: { enabled: true } },
      go: {
        importBasePath: "example.com/pulumi-posthog/sdk/go/posthog",
        respectSchemaVersion: true,
        generateResourceContainerTypes: true,
      },
      csharp: { respectSchemaVersion: true },
    },
    config: { variables: configuration },
    provider: { description: "An account of PostHog.", inputProperties: configuration },
    types: sorted({ ...readers.resources.types, ...readers.components.types, ...readers.functions.types }),
    resources: sorted(Object.fromEntries(resources)),
    functions: sorted(Object.fromEntries(functions)),
  };
}

export function schemaText(sources: Sources, handlers: Handlers): string {
  return `${JSON.stringify(makeSchema(sources, handlers), null, 2)}\n`;
}

function resourceSpec(source: ResourceSource, handlers: Handlers, reader: TypeReader): ResourceSpec {
  const handler = handlers.get(source.name);
  if (handler === undefined) throw new Error(`${source.name} has no handler`);
  const accepted = acceptedBy(handler.definition.args);
  const { properties: given, required: requiredInputs } = reader.object(
    allMembers(source.args),
    "argument",
    accepted,
  );
  const inputProperties = withReplacements(given, handler);
  return {
    description: descriptionOf(source),
    inputProperties,
    requiredInputs,
    properties: {
      ...inputProperties,
      ...withSecrets(outputsOf(source.outputs, reader), handler.definition.secrecy),
    },
    required: [...requiredInputs, ...requiredOutputs(source.outputs)],
    // A stack can move from the npm package without replacing anything.
    aliases: [{ type: dynamicType(source.name) }],
  };
}

function withReplacements(properties: Properties, { definition }: ResourceHandler): Properties {
  const replaces = (name: string): boolean => definition.fields[name]?.replaces === true;
  return mapped(properties, (property, name) =>
    replaces(name) ? { ...property, willReplaceOnChanges: true as const } : property,
  );
}

/** Marks what is always secret. The plugin marks what comes from secret arguments. */
function withSecrets(properties: Properties, { secrets = [] }: OutputSecrecy = {}): Properties {
  return mapped(properties, (property, name) =>
    secrets.includes(name) ? { ...property, secret: true as const } : property,
  );
}

function componentSpec(source: ResourceSource, reader: TypeReader): ResourceSpec {
  const { properties, required: requiredInputs } = reader.object(allMembers(source.args), "argument");
  return {
    description: descriptionOf(source),
    isComponent: true,
    inputProperties: mapped(properties, (property, name) =>
      plainArguments.has(name) ? { ...property, plain: true as const } : property,
    ),
    requiredInputs,
    properties: withSecrets(outputsOf(source.outputs, reader), componentSecrecy),
    required: requiredOutputs(source.outputs),
  };
}

function functionSpec({ summary, args, result }: FunctionSource, reader: TypeReader): FunctionSpec {
  return {
    description: summary,
    inputs: reader.object(allMembers(args), "argument"),
    outputs: reader.object(allMembers(result), "result"),
  };
}

function outputsOf(outputs: readonly Output[], reader: TypeReader): Properties {
  return Object.fromEntries(outputs.map((output) => [output.name, reader.property(output, "result")]));
}

/** The outputs that always have a value: neither their type nor their docstring says that they may be missing. */
const requiredOutputs = (outputs: readonly Output[]): string[] =>
  outputs
    .filter(({ optional, docstring }) => !optional && !/\bmissing\b/i.test(docstring))
    .map(({ name }) => name);

/** A resource's description, without examples: those are in TypeScript. */
function descriptionOf({ name, docstring }: ResourceSource): string {
  const { summary, notes, get, needs } = resourceTextOf(docstring);
  const id = oneLine(get).replace(/^`\w+\.get\(name, id\)` takes /, "");
  const paragraphs = [summary, ...notes, needs].map(oneLine);
  const importing = `To import one: \`pulumi import ${tokenOf(name)} <name> <id>\`. The id is ${id}`;
  return [...paragraphs, ...(get === "" ? [] : [importing])].filter((text) => text !== "").join("\n\n");
}

const entry = <Spec>({ name }: { readonly name: string }, spec: Spec): [string, Spec] => [
  tokenOf(name),
  spec,
];

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function mapped(
  properties: Properties,
  change: (property: Properties[string], name: string) => Properties[string],
): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, change(property, name)]),
  );
}
