/** Source text that stands as it is, such as the name of a variable. */
export class Expression {
  constructor(
    /** The text. */
    readonly text: string,
  ) {}
}

/** What can be written as TypeScript: plain values, and expressions at any depth. */
export type Code = unknown;

/** Longest line that is written where it can be broken. */
const width = 110;
const identifier = /^[A-Za-z_$][\w$]*$/;

/** A value as TypeScript; what does not fit the line is broken, each level two blanks further in. */
export function render(value: Code, indent = 0, used = 0): string {
  const line = inline(value);
  if (!line.includes("\n") && indent + used + line.length <= width) return line;
  const inner = " ".repeat(indent + 2);
  const close = " ".repeat(indent);
  if (Array.isArray(value) && value.length > 0) {
    const items = value.map((item) => `${inner}${render(item, indent + 2)},\n`);
    return `[\n${items.join("")}${close}]`;
  }
  if (isRecord(value) && Object.keys(value).length > 0) {
    const fields = Object.entries(value).map(([name, field]) => {
      const start = `${keyOf(name)}: `;
      return `${inner}${start}${render(field, indent + 2, start.length + 1)},\n`;
    });
    return `{\n${fields.join("")}${close}}`;
  }
  return line;
}

/** A call `new posthog.Role("analysts", {...})`, broken by arguments where it does not fit the line. */
export function construct(type: string, args: readonly Code[], prefix = ""): string {
  const start = `${prefix}new posthog.${type}(`;
  const line = `${start}${args.map(inline).join(", ")});`;
  if (!line.includes("\n") && line.length <= width) return line;
  const [name, own, ...rest] = args;
  if (rest.length === 0) return `${start}${inline(name)}, ${render(own, 0, width)});`;
  return `${start}\n${args.map((arg) => `  ${render(arg, 2)},\n`).join("")});`;
}

/** A text as a TypeScript literal; one of several lines keeps them. */
export function quote(text: string): string {
  if (/^[^`\\$\r]*\n[^`\\$\r]*$/.test(text)) return `\`${text}\``;
  return quotedOnOneLine(text);
}

/** A text between double quotes, on one line. */
function quotedOnOneLine(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, escaped);
}

function inline(value: Code): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (isRecord(value)) {
    const fields = Object.entries(value).map(([name, field]) => `${keyOf(name)}: ${inline(field)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return JSON.stringify(value);
}

/**
 * A key that every object inherits is written as a computed one: `__proto__` would set the prototype instead of a field,
 * and of `toString` the compiler expects a function.
 */
function keyOf(name: string): string {
  if (name in Object.prototype) return `[${quotedOnOneLine(name)} as string]`;
  return identifier.test(name) ? name : quotedOnOneLine(name);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function isRecord(value: Code): value is Readonly<Record<string, Code>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Expression)
  );
}
