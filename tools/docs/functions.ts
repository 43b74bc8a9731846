import ts from "typescript";
import { type Declarations, hasModifier } from "./declarations";
import { type Block, blocksOf, docstringOf } from "./docstring";
import { MADE, page } from "./markdown";
import { memberTable, namedType, unwrapped } from "./resourcePage";
import { allMembers, describeNamed, describeType, type NamedType, nestedTypes, referencesOf } from "./types";

/** A function that programs call, as its source describes it. */
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

/** The public functions, in the order of their names; `declarations` have the types that they name. */
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
    summary: unwrapped(summary?.text ?? ""),
    more,
    args,
    result,
    argTypes: nestedTypes(referencesOf(allMembers(args)), declarations),
    resultTypes: nestedTypes(referencesOf(allMembers(result)), declarations),
  };
}

/** The page of all functions. */
export function functionsPage(sources: readonly FunctionSource[]): string {
  return page([
    `${MADE} from provider/functions/. -->`,
    "# Functions",
    "Functions read from PostHog, with the same configuration as the resources. Each has a form whose name ends in `Output`, which takes outputs of resources as arguments and returns an output: `posthog.getRoles()` returns a promise, `posthog.getRolesOutput()` an output. They run in previews too. No result holds a secret.",
    ...sources.flatMap(({ name, summary, more, args, argTypes, result, resultTypes }) => [
      `## ${name}`,
      summary,
      ...more.map(({ text }) => unwrapped(text)),
      "Arguments:",
      memberTable(allMembers(args)),
      ...argTypes.map((type) => namedType(type, 3)),
      "Result:",
      memberTable(allMembers(result), "Always there"),
      ...resultTypes.map((type) => namedType(type, 3, "Always there")),
    ]),
  ]);
}

/** The page at the address that the functions had before: old links lead to it. */
export function movedPage(): string {
  return page([`${MADE}. -->`, "# Moved", "This page is now [Functions](functions.md)."]);
}
