import { stringify } from "yaml";
import { type Entry, type Example, referencesIn, type Value } from "./tree";

/** Prints an example as the resources and outputs of a `Pulumi.yaml`. */
export function printYaml(example: Example): string {
  const { resources, outputs } = example;
  // A YAML program has one name for a resource and for references to it.
  const taken = new Set([
    ...referencesIn(example).map(({ resource }) => resource),
    ...resources.flatMap(({ variable }) => variable ?? []),
  ]);
  const declared = resources.map(({ variable, name, type, args }) => {
    const key = variable ?? (taken.has(name) ? type.slice(0, 1).toLowerCase() + type.slice(1) : name);
    const named = key === name ? {} : { name };
    const properties = args.length === 0 ? {} : { properties: objectOf(args) };
    return [key, { type: `posthog:${type}`, ...named, ...properties }];
  });
  const results = outputs.map(({ name, value }) => [name, plain(value)]);
  const program = {
    resources: Object.fromEntries(declared),
    ...(results.length === 0 ? {} : { outputs: Object.fromEntries(results) }),
  };
  return stringify(program, { lineWidth: 0 }).trimEnd();
}

const objectOf = (entries: readonly Entry[]): Record<string, unknown> =>
  Object.fromEntries(entries.map(({ name, value }) => [name, plain(value)]));

function plain(value: Value): unknown {
  switch (value.kind) {
    case "text":
      return value.text;
    case "number":
      return value.number;
    case "boolean":
      return value.boolean;
    case "list":
      return value.items.map(plain);
    case "entries":
      return objectOf(value.entries);
    case "reference":
      return `\${${value.resource}.${value.output}}`;
  }
}
