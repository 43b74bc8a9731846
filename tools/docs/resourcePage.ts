import type { ResourceHandler } from "../../provider/engine/handler";
import { fieldTextOf, oneLine } from "./docstring";
import { anchor, cell, code, page, table } from "./markdown";
import { needsCells, needsHeadings, needsRows } from "./needs";
import { commonArgsOf, ownMembers, type ResourceSource, resourceTextOf } from "./resource";
import type { Member, NamedType, TypeText } from "./types";

const existingTexts: Readonly<Record<ResourceHandler["definition"]["existing"], string>> = {
  refuse:
    "The preview refuses to make it again. `adopt: true` takes it over, and the preview says what would change on it.",
  mayDuplicate:
    "The preview refuses to make it again. `adopt: true` takes it over, and the preview says what would change on it; `adopt: false` makes a second one beside it.",
  acceptEqual:
    "One that says the same is accepted as it is. One that says something else is refused; `adopt: true` takes it over, and the preview says what would change on it.",
  alwaysThere:
    "It does, whether anybody manages it or not: the first update goes on from what is there, and `adopt` has nothing to do.",
};

/** The page of one resource. */
export function resourcePage(resource: ResourceSource, handler: ResourceHandler): string {
  const { summary, examples, notes, lookup, needs } = resourceTextOf(resource.docstring);
  const { definition } = handler;
  const own = { ...resource.args, members: ownMembers(resource.args), bases: [] };
  const common = commonArgsOf(resource.args);
  return page([
    `<!-- Made by \`npm run docs\` from provider/resources/${resource.file}.ts and its handler. -->`,
    `# ${resource.name}`,
    oneLine(summary),
    ...examples.map(unwrapped),
    ...notes.map(unwrapped),
    "## Arguments",
    argumentTable(own, handler),
    ...resource.nested.map((type) => namedType(type, 3)),
    ...(common === undefined ? [] : ["### Arguments that every resource takes", memberTable(common.members)]),
    "## Outputs",
    "Every argument, and:",
    table(
      ["Output", "Type", "What"],
      resource.outputs.map(({ name, type, docstring }) => [
        code(name),
        typeCell(type),
        cell(oneLine(docstring)),
      ]),
    ),
    "## If it exists already",
    `${existingTexts[definition.existing]}${definition.whenGone === undefined ? "" : ` After somebody deletes it by hand, ${definition.whenGone}.`}`,
    oneLine(lookup),
    "## What it needs",
    table(["With", ...needsHeadings], needsRows(handler).map(needsRow)),
    beyondTable(needs),
  ]);
}

function needsRow({ when, needs }: ReturnType<typeof needsRows>[number]): string[] {
  return [when === "" ? "always" : code(when), ...needsCells(needs)];
}

/** What the paragraph on scopes says that the table does not. */
function beyondTable(needs: string): string {
  return oneLine(needs)
    .replace(/^Scopes: .*?\.(\s|$)/, "")
    .replace(/(^|\s)Level: .*?\.(?=\s|$)/, "")
    .trim();
}

function argumentTable({ members }: NamedType, { definition }: ResourceHandler): string {
  return table(
    ["Argument", "Type", "Required", "Default", "A change", "What"],
    members.map((member) => {
      const { what, default: without } = fieldTextOf(member.docstring);
      const change = definition.fields[member.name]?.replaces === true ? "replaces" : "in place";
      return [code(member.name), typeCell(member.type), required(member), cell(without), change, cell(what)];
    }),
  );
}

/** A table of members that have no lifecycle of their own. */
export function memberTable(members: readonly Member[]): string {
  return table(
    ["Name", "Type", "Required", "Default", "What"],
    members.map((member) => {
      const { what, default: without } = fieldTextOf(member.docstring);
      return [code(member.name), typeCell(member.type), required(member), cell(without), cell(what)];
    }),
  );
}

/** A named type under a heading, with a table for each type that it is put together from. */
export function namedType(type: NamedType, depth: number): string {
  return page([
    `${"#".repeat(depth)} ${type.name}`,
    ...type.docstring.split(/\n{2,}/).map(unwrapped),
    type.members.length === 0 ? "" : memberTable(type.members),
    ...type.bases.map((base) => namedType(base, depth + 1)),
  ]).trimEnd();
}

const required = (member: Member): string => (member.required ? "yes" : "");

function typeCell({ text, references }: TypeText): string {
  if (references.length === 0) return code(text);
  return cell(text).replace(/\w+/g, (word) =>
    references.includes(word) ? `[${word}](${anchor(word)})` : word,
  );
}

/** A paragraph without the line breaks of the source; a code example, or a list, as it is. */
function unwrapped(text: string): string {
  return text.startsWith("```") || /^[-*\d]/.test(text) ? text : oneLine(text);
}
