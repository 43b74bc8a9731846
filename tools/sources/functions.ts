import ts from "typescript";
import { type Declarations, hasModifier } from "./declarations";
import { type Block, blocksOf, docstringOf, oneLine } from "./docstring";
import { allMembers, describeNamed, describeType, type NamedType, nestedTypes, referencesOf } from "./types";

/** A function for programs, as its source describes it. */
export interface FunctionSource {
  readonly name: string;
  /** The first paragraph of its docstring, on one line. */
  readonly summary: string;
  readonly more: readonly Block[];
  readonly args: NamedType;
  readonly result: NamedType;
  readonly argTypes: readonly NamedType[];
  readonly resultTypes: readonly NamedType[];
}

/** The public functions, sorted by name; `declarations` has the types that they use. */
export function readFunctions(
  functions: readonly ts.FunctionDeclaration[],
  declarations: Declarations,
): FunctionSource[] {
  return functions
    .filter((node) => hasModifier(node, ts.SyntaxKind.ExportKeyword))
    .filter(({ name }) => /^get[A-Z]/.test(name?.text ?? "") && !name?.text.endsWith("Output"))
    .map((node) => readFunction(node, declarations))
    .sort((one, other) => one.name.localeCompare(other.name, "en"));
}

function readFunction(node: ts.FunctionDeclaration, declarations: Declarations): FunctionSource {
  const [summary, ...more] = blocksOf(docstringOf(node));
  const args = describeNamed(node.parameters[0]?.type?.getText() ?? "", declarations);
  const result = describeNamed(describeType(node.type, declarations).text, declarations);
  return {
    name: node.name?.text ?? "",
    summary: oneLine(summary?.text ?? ""),
    more,
    args,
    result,
    argTypes: nestedTypes(referencesOf(allMembers(args)), declarations),
    resultTypes: nestedTypes(referencesOf(allMembers(result)), declarations),
  };
}
