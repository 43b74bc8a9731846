import { firstExample } from "../../tools/docs/examples";
import { type Example, type ExampleResource, referencesIn } from "../../tools/examples/tree";
import { readSources } from "../../tools/sources";
import { root } from "./sources";

/** The first example in a resource's or component's documentation. */
export interface DocumentedExample {
  readonly name: string;
  readonly example: Example;
}

/** The first examples of all resources and components. */
export function documentedExamples(): DocumentedExample[] {
  const { resources, components } = readSources(root);
  return [...resources, ...components].map(({ name, docstring }) => {
    const example = firstExample(docstring);
    if (example === undefined) throw new Error(`${name} has no example`);
    return { name, example };
  });
}

/** The kinds of resources that an example may leave to the reader, by the output that it uses. */
const kindsByOutput: Readonly<Record<string, string>> = { projectId: "Project", roleId: "Role" };

/** An example with the resources that it leaves to the reader. */
export function withContext(example: Example): Example {
  const declared = new Set(example.resources.map(({ variable }) => variable));
  const open = referencesIn(example).filter(({ resource }) => !declared.has(resource));
  const context = new Map(
    open.map(({ resource, output }): [string, ExampleResource] => {
      const type = kindsByOutput[output];
      if (type === undefined)
        throw new Error(`the example uses ${output} of a resource that it does not declare`);
      const name = { name: "name", value: { kind: "text", text: `The ${resource}` } } as const;
      return [resource, { variable: resource, type, name: `the-${resource}`, args: [name] }];
    }),
  );
  return { ...example, resources: [...context.values(), ...example.resources] };
}
