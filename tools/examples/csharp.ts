import type { Language } from "./printer";

const title = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

const quoted = (text: string): string => JSON.stringify(text);

/** C#, with the SDK that Pulumi generates, in the body of `Deployment.RunAsync`. */
export const csharp: Language = {
  indent: "    ",
  text: quoted,
  number: String,
  boolean: String,
  member: (enumeration, member) => `Posthog.${enumeration}.${member}`,
  list: (items, _kind, inMap) => ({
    open: "new[] {",
    items,
    close: inMap ? "}.ToImmutableArray()" : "}",
    padding: " ",
  }),
  map: (items) => ({ open: "{", items, close: "}", padding: " " }),
  object: (items, type) => ({
    open: `new Posthog.Inputs.${type}Args {`,
    items,
    close: "}",
    padding: " ",
  }),
  key: (name) => `[${quoted(name)}] = `,
  property: (name) => `${title(name)} = `,
  reference: ({ resource, output }) => `${resource}.${title(output)}`,
  resource: ({ variable, type, name }, args) => [
    variable === undefined ? "" : `var ${variable} = `,
    {
      open: `new Posthog.${type}(${quoted(name)}, new() {`,
      items: args,
      close: "})",
      padding: " ",
    },
    ";",
  ],
  outputs: (outputs) => [
    "return new Dictionary<string, object?>",
    "{",
    ...outputs.map(([name, value]) => `    [${quoted(name)}] = ${String(value)},`),
    "};",
  ],
};
