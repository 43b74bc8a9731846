import { type Code, Expression, render } from "./code";

/** From this many entries on, a list stands in the file of lists. */
const longList = 10;

/** The file with the long lists, so that the program beside it stays readable. */
export const listsFile = "people.ts";

/** How the program calls the file of lists: no list's name can then be that of a variable. */
export const listsName = "lists";

/** Collects the long lists of a program. */
export class Lists {
  private readonly long: { name: string; type: string; value: Code; about: string }[] = [];

  /**
   * A list or record as it stands in the program: itself, or where it is long the name of its constant.
   *
   * @param type as TypeScript writes it; without one it follows from the value.
   */
  put(name: string, type: string, value: Code, about: string): Code {
    if (countOf(value) < longList) return value;
    this.long.push({ name, type, value, about });
    return new Expression(`${listsName}.${name}`);
  }

  /** The text of the file; undefined when there is no long list. */
  get text(): string | undefined {
    if (this.long.length === 0) return undefined;
    const types = this.long.some(({ type }) => type.includes("posthog."))
      ? 'import type * as posthog from "pulumi-posthog";\n\n'
      : "";
    const constants = this.long.map(
      ({ name, type, value, about }) =>
        `/** ${about.replaceAll("*/", "* /")} */\nexport const ${name}: ${type} = ${render(value, 0, 1000)};\n`,
    );
    return `${types}${constants.join("\n")}`;
  }
}

/** How many texts and fields there are in a value, at every depth. */
function countOf(value: Code): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== "object" || value === null) return 0;
  const fields = Object.values(value);
  return fields.length + fields.reduce((sum: number, field) => sum + countOf(field), 0);
}
