import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { repositoryRoot } from "../repository";

/** A Pulumi program: source text, or a folder that is copied, with the name of its main file. */
export type StackProgram =
  | { readonly source: string; readonly language?: "javascript" | "typescript" }
  | { readonly folder: string; readonly main: string };

/** Name of every stack: each has a backend of its own. */
export const STACK_NAME = "dev";

/** Lays out a project folder whose program finds this package and Pulumi's SDK as if they were installed there. */
export async function writeProject(folder: string, name: string): Promise<void> {
  const root = repositoryRoot();
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await symlink(root, join(folder, "node_modules", "pulumi-posthog"), "dir");
  for (const installed of ["@pulumi", "@types", "typescript"]) {
    await symlink(join(root, "node_modules", installed), join(folder, "node_modules", installed), "dir");
  }
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, private: true }));
}

/** Puts a program into a project folder, in place of an earlier one. */
export async function writeProgram(folder: string, name: string, program: StackProgram): Promise<void> {
  const main = "source" in program ? await writeSource(folder, program) : await copyFolder(folder, program);
  const typescript = main.endsWith(".ts");
  const project = { name, runtime: { name: "nodejs", options: { typescript } }, main };
  await writeFile(join(folder, "Pulumi.yaml"), `${JSON.stringify(project)}\n`);
}

async function writeSource(
  folder: string,
  program: Extract<StackProgram, { source: string }>,
): Promise<string> {
  const main = program.language === "typescript" ? "index.ts" : "index.js";
  await writeFile(join(folder, main), program.source);
  return main;
}

async function copyFolder(
  folder: string,
  program: Extract<StackProgram, { folder: string }>,
): Promise<string> {
  const skipped = `${sep}node_modules`;
  await cp(program.folder, folder, {
    recursive: true,
    filter: (path) => !path.includes(skipped, program.folder.length),
  });
  return program.main;
}
