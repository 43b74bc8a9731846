import { join } from "node:path";
import { type Declarations, readDeclarations } from "./declarations";
import { type FunctionSource, readFunctions } from "./functions";
import { type ResourceSource, readComponents, readResources } from "./resource";

/** Everything that the sources declare for programs. */
export interface Sources {
  readonly resources: readonly ResourceSource[];
  readonly components: readonly ResourceSource[];
  readonly functions: readonly FunctionSource[];
  readonly declarations: { readonly [kind in "resources" | "components" | "functions"]: Declarations };
}

/** Reads a repository's sources. */
export function readSources(root: string): Sources {
  const read = (...folders: readonly string[]): Declarations =>
    readDeclarations(folders.map((name) => join(root, "provider", name)));
  const declarations = {
    resources: read("resources"),
    components: read("components", "matrix", "resources", "access"),
    functions: read("functions", "sso", "audit", "review", "access"),
  };
  return {
    resources: readResources(declarations.resources),
    components: readComponents(declarations.components),
    functions: readFunctions(read("functions").functions, declarations.functions),
    declarations,
  };
}
