import type { ResourceHandler } from "../../provider/engine/handler";
import { needsRows } from "../../provider/engine/needs";
import { fieldTextOf, oneLine } from "../sources/docstring";
import { commonArgsOf, ownMembers, type ResourceSource, resourceTextOf } from "../sources/resource";
import type { Member, NamedType, TypeText } from "../sources/types";
import { anchor, cell, code, MADE, page, table } from "./markdown";
import { needsCells, needsHeadings } from "./needs";

const existingTexts: Readonly<Record<ResourceHandler["definition"]["existing"], string>> = {
  refuse: "An error in the preview. `adopt: true` takes it over, and the preview says what changes.",
  mayDuplicate:
    "An error in the preview. `adopt: true` takes it over, and the preview says what changes; `adopt: false` creates a second one.",
  acceptEqual:
    "It is taken over if it equals what is declared. If it differs, it is an error in the preview; `adopt: true` takes it over, and the preview says what changes.",
  alwaysThere: "It always exists: the first update starts from what is there, and `adopt` has no effect.",
};

export function resourcePage(
  resource: ResourceSource,
  handler: ResourceHandler,
  otherLanguages: string,
): string {
  const { get, needs } = resourceTextOf(resource.docstring);
  const { existing, onExternalDelete } = handler.definition;
  const own = { ...resource.args, members: ownMembers(resource.args), bases: [] };
  return page([
    `${MADE} from provider/resources/${resource.file}.ts and its handler. -->`,
    ...opening(resource, otherLanguages),
    "## Arguments",
    argumentTable(own, handler),
    ...furtherTypes(resource),
    ...outputs(resource, "Every argument, and:"),
    "## If it already exists",
    `${existingTexts[existing]}${onExternalDelete === undefined ? "" : ` If someone deletes it in PostHog, ${onExternalDelete}.`}`,
    oneLine(get),
    "## What it needs",
    table(["With", ...needsHeadings], needsRows(handler.definition.needs).map(needsRow)),
    beyondTable(needs),
  ]);
}

export function componentPage(component: ResourceSource, otherLanguages: string): string {
  return page([
    `${MADE} from provider/components/${component.file}.ts. -->`,
    ...opening(component, otherLanguages),
    "## Arguments",
    memberTable(ownMembers(component.args)),
    ...furtherTypes(component),
    ...outputs(component, ""),
  ]);
}

/** @param otherLanguages the first example in other languages, which follows it. */
function opening({ name, docstring }: ResourceSource, otherLanguages: string): string[] {
  const { summary, examples, notes } = resourceTextOf(docstring);
  const first = examples.findIndex((text) => text.startsWith("```")) + 1;
  return [
    `# ${name}`,
    oneLine(summary),
    ...examples.slice(0, first).map(unwrapped),
    otherLanguages,
    ...examples.slice(first).map(unwrapped),
    ...notes.map(unwrapped),
  ];
}

function furtherTypes({ args, nested }: ResourceSource): string[] {
  const common = commonArgsOf(args);
  return [
    ...nested.map((type) => namedType(type, 3)),
    ...(common === undefined ? [] : ["### Arguments that every resource takes", memberTable(common.members)]),
  ];
}

function outputs({ outputs: all }: ResourceSource, lead: string): string[] {
  const rows = all.map(({ name, type, docstring }) => [code(name), typeCell(type), cell(oneLine(docstring))]);
  return ["## Outputs", lead, table(["Output", "Type", "What"], rows)];
}

function needsRow({ when, needs }: ReturnType<typeof needsRows>[number]): string[] {
  return [when === "" ? "always" : code(when), ...needsCells(needs)];
}

/** The sentences about scopes that the table does not cover. */
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
      const { what, default: without, change } = fieldTextOf(member.docstring);
      const how = definition.fields[member.name]?.replaces === true ? "replaces" : change || "in place";
      return [code(member.name), typeCell(member.type), required(member), cell(without), how, cell(what)];
    }),
  );
}

/** The label of a member that is not optional: arguments are required, results are always present. */
type Mark = "Required" | "Always there";

/** A table of members without a lifecycle. */
export function memberTable(members: readonly Member[], mark: Mark = "Required"): string {
  return table(
    ["Name", "Type", mark, "Default", "What"],
    members.map((member) => {
      const { what, default: without } = fieldTextOf(member.docstring);
      return [code(member.name), typeCell(member.type), required(member), cell(without), cell(what)];
    }),
  );
}

/** A named type under a heading, with a table for each type that it is composed of. */
export function namedType(type: NamedType, depth: number, mark: Mark = "Required"): string {
  return page([
    `${"#".repeat(depth)} ${type.name}`,
    ...type.docstring.split(/\n{2,}/).map(unwrapped),
    type.members.length === 0 ? "" : memberTable(type.members, mark),
    ...type.bases.map((base) => namedType(base, depth + 1, mark)),
  ]).trimEnd();
}

const required = (member: Member): string => (member.required ? "yes" : "");

function typeCell({ text, references }: TypeText): string {
  if (references.length === 0) return code(text);
  return cell(text).replace(/\w+/g, (word) =>
    references.includes(word) ? `[${word}](${anchor(word)})` : word,
  );
}

/** A paragraph without the source's line breaks. Code examples and lists stay unchanged. */
export function unwrapped(text: string): string {
  return text.startsWith("```") || /^[-*\d]/.test(text) ? text : oneLine(text);
}
