import type { Kind, Language } from "./printer";

const title = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

const quoted = (text: string): string => JSON.stringify(text);

/** The wrapper of a value that may also be a resource's output; no wrapper if any value is accepted. */
function wrapped(kind: Kind, type: string, value: string): string {
  return kind.is === "anything" ? value : `pulumi.${type}(${value})`;
}

/** The name of a list or map type, by the type of its values. */
function collection(kind: Kind): string {
  return kind.is === "list" || kind.is === "map"
    ? `${element(kind.of)}${kind.is === "list" ? "Array" : "Map"}`
    : "pulumi.Map";
}

function element(kind: Kind): string {
  switch (kind.is) {
    case "text":
      return "pulumi.String";
    case "integer":
      return "pulumi.Int";
    case "number":
      return "pulumi.Float64";
    case "boolean":
      return "pulumi.Bool";
    case "anything":
      return "pulumi.";
    case "object":
    case "enumeration":
      return `posthog.${kind.name}`;
    default:
      return collection(kind);
  }
}

/** Go, with the SDK that Pulumi generates, in the body of `pulumi.Run`. */
export const go: Language = {
  indent: "\t",
  aligned: true,
  text: (text, kind) => wrapped(kind, "String", quoted(text)),
  number: (number, kind) => wrapped(kind, kind.is === "integer" ? "Int" : "Float64", String(number)),
  boolean: (value, kind) => wrapped(kind, "Bool", String(value)),
  member: (enumeration, member) => `posthog.${enumeration}${member}`,
  list: (items, kind) => ({ open: `${collection(kind)}{`, items, close: "}" }),
  map: (items, kind) => ({ open: `${collection(kind)}{`, items, close: "}" }),
  object: (items, type) => ({ open: `&posthog.${type}Args{`, items, close: "}" }),
  key: (name) => `${quoted(name)}: `,
  property: (name) => `${title(name)}: `,
  reference: ({ resource, output }) => `${resource}.${title(output)}`,
  resource: ({ variable, type, name }, args, isUsed) => {
    const call = {
      open: `posthog.New${type}(ctx, ${quoted(name)}, &posthog.${type}Args{`,
      items: args,
      close: "})",
    };
    // Go rejects unused variables.
    return variable === undefined || !isUsed
      ? ["if _, err := ", call, "; err != nil {\n\treturn err\n}"]
      : [`${variable}, err := `, call, "\nif err != nil {\n\treturn err\n}"];
  },
  outputs: (outputs) => outputs.map(([name, value]) => `ctx.Export(${quoted(name)}, ${String(value)})`),
};
