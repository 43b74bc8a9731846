import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const manifestSchema = z.looseObject({
  version: z.string(),
  repository: z.union([z.string(), z.looseObject({ url: z.string() })]).optional(),
  homepage: z.string().optional(),
  bugs: z.union([z.string(), z.looseObject({ url: z.string() })]).optional(),
});

/** The parts of `package.json` that a release reads. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads the package's own `package.json`. */
export function readManifest(root: string): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
}

/** The repository's web address, without a trailing slash; undefined until a person fills it in. */
export function repositoryAddress({ repository }: Manifest): string | undefined {
  const url = typeof repository === "string" ? repository : repository?.url;
  return url === undefined ? undefined : /^(?:git\+)?(https:\/\/.+?)(?:\.git)?\/?$/.exec(url)?.[1];
}
