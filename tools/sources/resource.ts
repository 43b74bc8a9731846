import { basename } from "node:path";
import ts from "typescript";
import { type Declarations, hasModifier } from "./declarations";
import { type Block, blocksOf, docstringOf } from "./docstring";
import {
  allMembers,
  describeNamed,
  describeType,
  type Member,
  type NamedType,
  nestedTypes,
  referencesOf,
  type TypeText,
} from "./types";

export interface Output {
  readonly name: string;
  readonly type: TypeText;
  /** Whether it may be missing. */
  readonly optional: boolean;
  readonly docstring: string;
}

/** What the source of a resource's class says. */
export interface ResourceSource {
  /** The class's name, which is also the name in the type token. */
  readonly name: string;
  /** File name without folder and extension, the same for class and handler. */
  readonly file: string;
  readonly docstring: string;
  readonly args: NamedType;
  readonly nested: readonly NamedType[];
  /** The outputs in addition to the arguments. */
  readonly outputs: readonly Output[];
  /** The names of all outputs that the class declares. */
  readonly properties: readonly string[];
}

const resourceBase = "PosthogResource";
/** The base class of components. */
const componentBase = "pulumi.ComponentResource";
/** The type that every resource's arguments extend. */
const commonArgs = "CommonArgs";

/** The resources among the declared classes, sorted by name. */
export function readResources(declarations: Declarations): ResourceSource[] {
  return classesOf(resourceBase, declarations);
}

/** The components among the declared classes, sorted by name. */
export function readComponents(declarations: Declarations): ResourceSource[] {
  return classesOf(componentBase, declarations);
}

function classesOf(base: string, declarations: Declarations): ResourceSource[] {
  return declarations.classes
    .filter((node) => basesOf(node).includes(base))
    .map((node) => readResource(node, declarations))
    .sort((one, other) => one.name.localeCompare(other.name, "en"));
}

function readResource(node: ts.ClassDeclaration, declarations: Declarations): ResourceSource {
  const name = node.name?.text ?? "";
  const args = describeNamed(argsTypeOf(node), declarations);
  const given = new Set(allMembers(args).map((member) => member.name));
  const shared = basesOf(node).includes(resourceBase) ? sharedOutputs(declarations) : [];
  const all = [...outputsOf(node, declarations), ...shared];
  const outputs = all.filter((output) => !given.has(output.name));
  return {
    name,
    file: basename(node.getSourceFile().fileName, ".ts"),
    docstring: docstringOf(node),
    args,
    nested: nestedTypes(referencesOf([...allMembers(args), ...outputs]), declarations),
    outputs,
    properties: all.map((output) => output.name),
  };
}

function sharedOutputs(declarations: Declarations): Output[] {
  const base = declarations.classes.find(({ name }) => name?.text === resourceBase);
  return base === undefined ? [] : outputsOf(base, declarations);
}

function outputsOf(node: ts.ClassDeclaration, declarations: Declarations): Output[] {
  return node.members
    .filter(ts.isPropertyDeclaration)
    .filter((member) => !hasModifier(member, ts.SyntaxKind.PrivateKeyword))
    .map((member) => ({
      name: member.name.getText(),
      type: describeType(member.type, declarations),
      optional: /\bundefined\b/.test(member.type?.getText() ?? ""),
      docstring: docstringOf(member),
    }));
}

function basesOf(node: ts.ClassDeclaration): string[] {
  return (node.heritageClauses ?? []).flatMap(({ types }) =>
    types.map(({ expression }) => expression.getText()),
  );
}

function argsTypeOf(node: ts.ClassDeclaration): string {
  const made = node.members.filter(ts.isConstructorDeclaration).find(({ body }) => body !== undefined);
  const parameter = made?.parameters[1];
  return parameter?.type?.getText() ?? "";
}

/** The arguments' own members, without those of all resources. */
export function ownMembers(args: NamedType): Member[] {
  return [...args.members, ...args.bases.filter(({ name }) => name !== commonArgs).flatMap(allMembers)];
}

/** The arguments of all resources, if these arguments include them. */
export function commonArgsOf(args: NamedType): NamedType | undefined {
  return args.bases.find(({ name }) => name === commonArgs);
}

/** A class's docstring, sorted by topic. */
interface ResourceText {
  readonly summary: string;
  /** Code examples, each after its introductory sentence. */
  readonly examples: readonly string[];
  readonly notes: readonly string[];
  /** What destroying the resource does; also in the notes. */
  readonly destroying: string;
  /** What `get` takes. */
  readonly get: string;
  /** What it needs beyond its handler's declarations. */
  readonly needs: string;
}

export function resourceTextOf(docstring: string): ResourceText {
  const [summary, ...blocks] = blocksOf(docstring);
  const isGet = ({ text }: Block): boolean => /^`\w+\.get\(/.test(text);
  const isNeeds = ({ text }: Block): boolean => text.startsWith("Scopes:");
  const leads = ({ kind, text }: Block, index: number): boolean =>
    kind === "text" && text.endsWith(":") && blocks[index + 1]?.kind === "code";
  const isExample = (block: Block, index: number): boolean => block.kind === "code" || leads(block, index);
  const textOf = (is: (block: Block) => boolean): string => blocks.find(is)?.text ?? "";
  return {
    summary: summary?.text ?? "",
    examples: blocks.filter(isExample).map(({ text }) => text),
    notes: blocks
      .filter((block, index) => !isExample(block, index) && !isGet(block) && !isNeeds(block))
      .map(({ text }) => text),
    destroying: textOf(({ text }) => text.startsWith("Destroying ")),
    get: textOf(isGet),
    needs: textOf(isNeeds),
  };
}
