import type { Command } from "commander";
import { createProgram } from "../../cli/program";
import { handlers } from "../../provider/handlers";
import { parseMatrix } from "../../provider/matrix/parse";
import { environmentNames } from "../../provider/posthog/configuration";
import { filesIn, textOf } from "../support/sources";

const pages = filesIn("skills").filter((path) => path.endsWith("SKILL.md"));
const program = createProgram();

/** The lines of a page that call this package's commands, in code blocks and in sentences. */
function callsIn(text: string): string[] {
  return [...text.matchAll(/npx pulumi-posthog ([^`\n]+)/g)].map(([, call = ""]) => call.trim());
}

/** The parts of a call that the command does not have. */
function unknownIn(call: string): string[] {
  const [name, ...words] = call.split(/\s+/);
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) return [`no command ${name}`];
  return words.flatMap((word, at) => unknownFlag(command, word, words[at + 1]) ?? []);
}

function unknownFlag(command: Command, word: string, value: string | undefined): string | undefined {
  if (!word.startsWith("-")) return undefined;
  const option = command.options.find(({ long, short }) => long === word || short === word);
  if (option === undefined) return `${command.name()} has no ${word}`;
  const isChoice = option.argChoices === undefined || option.argChoices.includes(value ?? "");
  return isChoice ? undefined : `${command.name()} ${word} takes no ${value}`;
}

test("there is a skill", () => expect(pages).toEqual(["skills/posthog-enterprise-rbac/SKILL.md"]));

describe.each(pages)("%s", (page) => {
  const text = textOf(page);

  test("says when to use it", () => {
    const [, name, description = ""] = /^---\nname: (\S+)\ndescription: (.+)\n---\n/.exec(text) ?? [];
    expect(page).toContain(`/${name}/`);
    expect(description.length).toBeGreaterThan(100);
    expect(description.length).toBeLessThan(1024);
  });

  test("uses only existing commands and flags", () => {
    const calls = callsIn(text);
    expect(calls.length).toBeGreaterThan(10);
    expect(calls.flatMap(unknownIn)).toEqual([]);
    expect(unknownIn("review --changed")).toEqual(["review has no --changed"]);
  });

  test("names only existing resources and settings", () => {
    const resources = [...text.matchAll(/`([A-Z][a-z]+[A-Z]\w+)`|new posthog\.(\w+)/g)].map(
      ([, named, made]) => named ?? made ?? "",
    );
    const known = [...handlers.keys(), "AccessMatrix"];
    expect(resources.length).toBeGreaterThan(8);
    expect(resources.filter((name) => !known.includes(name))).toEqual([]);
    const settings = [...text.matchAll(/posthog:(\w+)/g)].map(([, key = ""]) => key);
    expect(settings.filter((key) => !(key in environmentNames))).toEqual([]);
  });

  test("has only valid matrices", () => {
    const tables = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, table = ""]) => table);
    expect(tables).toHaveLength(1);
    for (const table of tables) expect(parseMatrix(table).problems).toEqual([]);
  });
});
