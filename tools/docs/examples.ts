import { exampleLanguages } from "../examples";
import { type Example, parseExample } from "../examples/tree";
import type { PackageSpec } from "../schema/spec";
import { type ResourceSource, resourceTextOf } from "../sources/resource";
import { page } from "./markdown";

/** A resource's first example in the other languages; empty without an example. */
export function otherLanguages({ docstring }: ResourceSource, schema: PackageSpec): string {
  const example = firstExample(docstring);
  if (example === undefined) return "";
  const blocks = exampleLanguages.map(
    ({ name, fence, print }) => `${name}:\n\n\`\`\`${fence}\n${print(example, schema)}\n\`\`\``,
  );
  const names = exampleLanguages.map(({ name }) => name).join(", ");
  return page([
    `<details>\n<summary>${names}</summary>`,
    "With the [plugin](../native-provider.md). The tests check Python, Go and YAML; nothing runs C#.",
    ...blocks,
    "</details>",
  ]).trimEnd();
}

/** A docstring's first example; undefined without one. */
export function firstExample(docstring: string): Example | undefined {
  const [first] = resourceTextOf(docstring).examples.flatMap(codeOf);
  return first === undefined ? undefined : parseExample(first);
}

function codeOf(text: string): string[] {
  const [, code] = /^```\w*\n([\s\S]*?)\n```$/.exec(text) ?? [];
  return code === undefined ? [] : [code];
}
