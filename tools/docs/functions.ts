import ts from "typescript";
import { type Declarations, hasModifier } from "./declarations";
import { type Block, blocksOf, docstringOf } from "./docstring";
import { MADE, page } from "./markdown";
import { memberTable, namedType, unwrapped } from "./resourcePage";
import { allMembers, describeNamed, describeType, type NamedType, nestedTypes, referencesOf } from "./types";

/** What the source of a look-up says. */
export interface LookupSource {
  readonly name: string;
  /** The first paragraph of its docstring, on one line. */
  readonly summary: string;
  readonly more: readonly Block[];
  readonly args: NamedType;
  readonly result: NamedType;
  readonly argTypes: readonly NamedType[];
  readonly resultTypes: readonly NamedType[];
}

/** The look-ups among functions, in the order of their names; `declarations` have the types that they name. */
export function readLookups(
  functions: readonly ts.FunctionDeclaration[],
  declarations: Declarations,
): LookupSource[] {
  return functions
    .filter((node) => hasModifier(node, ts.SyntaxKind.ExportKeyword))
    .filter(({ name }) => /^get[A-Z]/.test(name?.text ?? "") && !name?.text.endsWith("Output"))
    .map((node) => readLookup(node, declarations))
    .sort((one, other) => one.name.localeCompare(other.name, "en"));
}

function readLookup(node: ts.FunctionDeclaration, declarations: Declarations): LookupSource {
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

/** The page of all look-ups. */
export function lookupsPage(lookups: readonly LookupSource[]): string {
  return page([
    `${MADE} from provider/functions/. -->`,
    "# Look-ups",
    "Functions that read, with the same configuration as the resources. Each has a form of the name with `Output` at the end, which takes outputs of resources as arguments and answers an output: `posthog.getRoles()` is a promise, `posthog.getRolesOutput()` an output. They run in previews too. No result holds a secret.",
    ...lookups.flatMap(({ name, summary, more, args, argTypes, result, resultTypes }) => [
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
