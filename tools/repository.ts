import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder of this repository: the nearest one above this file with the package's own `package.json`. The same
 * code runs from `tools/` (under jest) and from `dist/tools/`, so a fixed number of `..` would not work.
 */
export function repositoryRoot(from: string = __dirname): string {
  const manifest = join(from, "package.json");
  if (existsSync(manifest) && readFileSync(manifest, "utf8").includes('"name": "pulumi-posthog"'))
    return from;
  const parent = dirname(from);
  if (parent === from) throw new Error("pulumi-posthog's own package.json is not above this file.");
  return repositoryRoot(parent);
}
