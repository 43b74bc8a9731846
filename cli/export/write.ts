import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { listed } from "../../provider/access/messages";
import { RefusedError } from "../../provider/posthog/errors";
import { writeFile } from "../common/output";

/**
 * Writes files. Without `force`, writes nothing if one already exists.
 *
 * @param files texts by path.
 */
export function writeFiles(files: ReadonlyMap<string, string>, force: boolean): void {
  const there = [...files.keys()].filter((path) => existsSync(path));
  if (there.length > 0 && !force) {
    throw new RefusedError(`${listed(there, "and")} ${there.length === 1 ? "exists" : "exist"} already`, {
      why: "The export would overwrite what someone may have written by hand.",
      fix: "Choose another place with --output, or overwrite with --force.",
    });
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFile(path, [text]);
  }
}

/** The files of a Pulumi project that a folder lacks, by path. */
export function missingProjectFiles(folder: string, name: string, version: string): Map<string, string> {
  const files = projectFiles(name, version).map(([file, text]) => [join(folder, file), text] as const);
  return new Map(files.filter(([path]) => !existsSync(path)));
}

function projectFiles(name: string, version: string): [string, string][] {
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  const project =
    name
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, "-")
      .replace(/^-+|-+$/g, "") || "posthog";
  const compilerOptions = {
    target: "ES2022",
    module: "Node16",
    moduleResolution: "Node16",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  return [
    ["Pulumi.yaml", `name: ${project}\nruntime: nodejs\nmain: index.ts\n`],
    [
      "package.json",
      json({
        name: project,
        private: true,
        dependencies: { "@pulumi/pulumi": "^3.216.0", "pulumi-posthog": `^${version}` },
        devDependencies: { "@types/node": "^20.19.43", typescript: "^5.9.3" },
      }),
    ],
    ["tsconfig.json", json({ compilerOptions, include: ["*.ts"] })],
  ];
}
