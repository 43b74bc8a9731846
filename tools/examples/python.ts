import type { Language } from "./printer";

/** The names of arguments and outputs in the Python SDK. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const quoted = (text: string): string => JSON.stringify(text);

/** Python, with the SDK that Pulumi generates. */
export const python: Language = {
  indent: "    ",
  text: quoted,
  number: String,
  boolean: (value) => (value ? "True" : "False"),
  member: (_enumeration, _member, value) => quoted(value),
  list: (items) => ({ open: "[", items, close: "]" }),
  map: (items) => ({ open: "{", items, close: "}" }),
  object: (items) => ({ open: "{", items, close: "}" }),
  key: (name) => `${quoted(name)}: `,
  property: (name, of) => (of === "resource" ? `${snakeCase(name)}=` : `${quoted(snakeCase(name))}: `),
  reference: ({ resource, output }) => `${snakeCase(resource)}.${snakeCase(output)}`,
  resource: ({ variable, type, name }, args) => [
    variable === undefined ? "" : `${snakeCase(variable)} = `,
    { open: `posthog.${type}(`, items: [{ label: "", value: quoted(name) }, ...args], close: ")" },
    "",
  ],
  outputs: (outputs) => outputs.map(([name, value]) => `pulumi.export(${quoted(name)}, ${String(value)})`),
};
