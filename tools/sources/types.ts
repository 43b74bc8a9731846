import ts from "typescript";
import type { Declarations, TypeDeclaration } from "./declarations";
import { docstringOf } from "./docstring";

/** A type as people read it. */
export interface TypeText {
  /** Without the wrapper that allows other resources' outputs. */
  readonly text: string;
  /** The names in it that the same folders declare. */
  readonly references: readonly string[];
}

/** A member of an interface. */
export interface Member {
  readonly name: string;
  readonly type: TypeText;
  readonly required: boolean;
  readonly docstring: string;
}

/** A named type with its description. */
export interface NamedType {
  readonly name: string;
  readonly docstring: string;
  /** Its own members; empty if it is not an object. */
  readonly members: readonly Member[];
  /** The named types that it takes more members from. */
  readonly bases: readonly NamedType[];
}

/** Wrappers around a value that do not change its type. */
const wrappers: ReadonlySet<string> = new Set(["Input", "Output", "Promise", "Readonly", "Partial"]);

/** Describes a type as written. */
export function describeType(node: ts.TypeNode | undefined, declarations: Declarations): TypeText {
  const references = new Set<string>();
  const text = node === undefined ? "unknown" : print(node, declarations, references);
  return { text, references: [...references] };
}

function print(node: ts.TypeNode, declarations: Declarations, references: Set<string>): string {
  const inner = (type: ts.TypeNode): string => print(type, declarations, references);
  if (ts.isTypeReferenceNode(node)) return printReference(node, declarations, references);
  if (ts.isParenthesizedTypeNode(node)) return inner(node.type);
  if (ts.isArrayTypeNode(node)) return `${bracketed(inner(node.elementType))}[]`;
  if (ts.isUnionTypeNode(node)) {
    return node.types
      .map(inner)
      .filter((text) => text !== "undefined")
      .join(" | ");
  }
  if (ts.isTypeOperatorNode(node)) return inner(node.type);
  if (ts.isTypeLiteralNode(node)) return "object";
  return node.getText();
}

function printReference(
  node: ts.TypeReferenceNode,
  declarations: Declarations,
  references: Set<string>,
): string {
  const name = node.typeName.getText().replace(/^pulumi\./, "");
  // The values that editors complete are a separate table in the sources.
  const known = name === "Known" ? node.typeArguments?.[0] : undefined;
  if (known !== undefined) return isListOfValues(known) ? print(known, declarations, references) : "string";
  const args = (node.typeArguments ?? []).map((type) => print(type, declarations, references));
  if (name === "ByResourceType") return `Record<string, ${args.join()}>`;
  if (wrappers.has(name) && args[0] !== undefined) return args[0];
  if (/^(Readonly)?Array$/.test(name)) return `${bracketed(args[0] ?? "unknown")}[]`;
  const declared = declarations.types.get(name);
  if (declared !== undefined && ts.isTypeAliasDeclaration(declared) && isListOfValues(declared.type)) {
    return print(declared.type, declarations, references);
  }
  if (declared !== undefined && !isKeysOfSomething(declared)) references.add(name);
  return args.length === 0 ? name : `${name}<${args.join(", ")}>`;
}

/** `"a" | "b"`: short enough to inline. */
function isListOfValues(node: ts.TypeNode): boolean {
  if (ts.isUnionTypeNode(node)) return node.types.every(isListOfValues);
  return ts.isLiteralTypeNode(node);
}

/** `keyof typeof rules`: too small for a heading. */
function isKeysOfSomething(declared: TypeDeclaration): boolean {
  return ts.isTypeAliasDeclaration(declared) && ts.isTypeOperatorNode(declared.type);
}

function bracketed(text: string): string {
  return text.includes(" | ") ? `(${text})` : text;
}

/** Describes a declared type and what it extends. */
export function describeNamed(name: string, declarations: Declarations): NamedType {
  const declared = declarations.types.get(name);
  if (declared === undefined) throw new Error(`${name} is not declared in the folders that were read.`);
  const docstring = docstringOf(declared);
  if (ts.isTypeAliasDeclaration(declared)) return { name, docstring, members: [], bases: [] };
  const extended = (declared.heritageClauses ?? []).flatMap(({ types }) => [...types]);
  return {
    name,
    docstring,
    members: declared.members.filter(ts.isPropertySignature).map((member) => ({
      name: member.name.getText(),
      type: describeType(member.type, declarations),
      required: member.questionToken === undefined,
      docstring: docstringOf(member),
    })),
    bases: extended.map(({ expression }) => describeNamed(expression.getText(), declarations)),
  };
}

/** All members of a type, including its bases'. */
export function allMembers(type: NamedType): Member[] {
  return [...type.members, ...type.bases.flatMap(allMembers)];
}

/** The names of the members' types. */
export function referencesOf(members: readonly { readonly type: TypeText }[]): string[] {
  return members.flatMap(({ type }) => type.references);
}

/** The named types behind names, and those behind them, each once, in the order in which they are found. */
export function nestedTypes(names: readonly string[], declarations: Declarations): NamedType[] {
  const found = new Map<string, NamedType>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    const nested = describeNamed(name, declarations);
    found.set(name, nested);
    referencesOf(allMembers(nested)).forEach(visit);
  };
  names.forEach(visit);
  return [...found.values()];
}
