import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RefusedError } from "../../provider/posthog/errors";

/**
 * Writes files, all or none: where one is there already, nothing is written without `force`.
 *
 * @param files texts by path.
 */
export async function writeFiles(files: ReadonlyMap<string, string>, force: boolean): Promise<void> {
  const there: string[] = [];
  for (const path of files.keys()) if (await exists(path)) there.push(path);
  if (there.length > 0 && !force) {
    throw new RefusedError(`${there.join(" and ")} ${there.length === 1 ? "is" : "are"} there already`, {
      why: "The export would overwrite what somebody may have written by hand.",
      fix: "Give another place with --output, or overwrite with --force.",
    });
  }
  for (const [path, text] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** The files of a Pulumi project that a folder lacks, by path. */
export async function missingProjectFiles(
  folder: string,
  name: string,
  version: string,
): Promise<Map<string, string>> {
  const missing = new Map<string, string>();
  for (const [file, text] of projectFiles(name, version)) {
    if (!(await exists(join(folder, file)))) missing.set(join(folder, file), text);
  }
  return missing;
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

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
