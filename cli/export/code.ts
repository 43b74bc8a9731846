import { printable, printableLines } from "../../provider/access/messages";

/** Source text, such as the name of a variable. */
export class Expression {
  constructor(readonly text: string) {}
}

/** What can be written as TypeScript: plain values, with expressions at any depth. */
type Code = unknown;

/** Longest line, if it can be broken. */
const width = 110;
const identifier = /^[A-Za-z_$][\w$]*$/;

/** A value as TypeScript, broken into lines if it does not fit on one. */
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

/** A call `new posthog.Role("analysts", {...})`, with one argument per line if it does not fit on one. */
export function construct(type: string, args: readonly Code[], prefix = ""): string {
  const start = `${prefix}new posthog.${type}(`;
  const line = `${start}${args.map(inline).join(", ")});`;
  if (!line.includes("\n") && line.length <= width) return line;
  const [name, own, ...rest] = args;
  if (rest.length === 0) return `${start}${inline(name)}, ${render(own, 0, width)});`;
  return `${start}\n${args.map((arg) => `  ${render(arg, 2)},\n`).join("")});`;
}

/** A text as a TypeScript literal that keeps its lines. */
export function quote(text: string): string {
  if (/^[^`\\$\r]*\n[^`\\$\r]*$/.test(text) && printableLines(text) === text) return `\`${text}\``;
  return quotedOnOneLine(text);
}

/** A text between double quotes, on one line. */
function quotedOnOneLine(text: string): string {
  return printable(JSON.stringify(text));
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
 * A key that every object inherits becomes a computed one: `__proto__` would set the prototype, and the compiler
 * expects `toString` to be a function.
 */
function keyOf(name: string): string {
  if (name in Object.prototype) return `[${quotedOnOneLine(name)} as string]`;
  return identifier.test(name) ? name : quotedOnOneLine(name);
}

function isRecord(value: Code): value is Readonly<Record<string, Code>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Expression)
  );
}

/** A list with at least this many entries goes into a separate file. */
const longList = 10;

/** The file for long lists, which keeps the program readable. */
export const listsFile = "people.ts";

/** The program imports that file under its own name, so that lists and variables never clash. */
export const listsName = "lists";

/** Collects the long lists of a program. */
export class Lists {
  private readonly long: { name: string; type: string; value: Code; about: string }[] = [];

  /**
   * A list or record in the program: itself, or the name of its constant if it is long.
   *
   * @param type the type in TypeScript.
   */
  put(name: string, type: string, value: Code, about: string): Code {
    if (countOf(value) < longList) return value;
    this.long.push({ name, type, value, about });
    return new Expression(`${listsName}.${name}`);
  }

  /** The text of the file; undefined if there is no long list. */
  get text(): string | undefined {
    if (this.long.length === 0) return undefined;
    const types = this.long.some(({ type }) => type.includes("posthog."))
      ? 'import type * as posthog from "pulumi-posthog";\n\n'
      : "";
    const constants = this.long.map(
      ({ name, type, value, about }) =>
        `/** ${printable(about).replaceAll("*/", "* /")} */\nexport const ${name}: ${type} = ${render(value, 0, 1000)};\n`,
    );
    return `${types}${constants.join("\n")}`;
  }
}

/** How many entries a value has, at every depth. */
function countOf(value: Code): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== "object" || value === null) return 0;
  const fields = Object.values(value);
  return fields.length + fields.reduce((sum: number, field) => sum + countOf(field), 0);
}
