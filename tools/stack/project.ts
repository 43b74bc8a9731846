import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Emulator } from "../../emulator";
import { repositoryRoot } from "../repository";

/**
 * A Pulumi program: source text; or a folder to copy, with the name of its main file; or the `Pulumi.yaml` contents
 * of a YAML program, or of another language's program in a folder to copy.
 */
export type StackProgram =
  | NodeProgram
  | { readonly yaml: Readonly<Record<string, unknown>> }
  | { readonly folder: string; readonly settings: Readonly<Record<string, unknown>> };

type NodeProgram =
  | { readonly source: string; readonly language?: "javascript" | "typescript" }
  | { readonly folder: string; readonly main: string };

/** A configuration value that is stored encrypted. */
export class Secret {
  constructor(
    /** The value in plain text. */
    readonly value: string,
  ) {}
}

/** A configuration value: text, a secret, or an object of them (`posthog:accounts`). */
export type ConfigValue = string | number | boolean | Secret | { readonly [key: string]: ConfigValue };

/** The configuration that connects to an emulator. */
export function emulatorConfig(emulator: Emulator): Record<string, ConfigValue> {
  return {
    "posthog:host": emulator.url,
    "posthog:apiKey": new Secret(emulator.apiKey),
    "posthog:organizationId": emulator.organizationId,
  };
}

/** A package that a program needs in addition to this one and Pulumi's. */
export interface ProgramPackage {
  /** Its name, such as `@pulumi/okta`. */
  readonly name: string;
  /** The folder to copy it from, so that it uses the same Pulumi SDK as the rest of the program. */
  readonly folder: string;
}

/** Creates a project folder whose program finds its packages, this one and Pulumi's SDK as if they were installed. */
export async function writeProject(folder: string, packages: readonly ProgramPackage[] = []): Promise<void> {
  const root = repositoryRoot();
  const modules = join(folder, "node_modules");
  await mkdir(join(modules, "@pulumi"), { recursive: true });
  await symlink(root, join(modules, "pulumi-posthog"), "dir");
  for (const installed of ["@pulumi/pulumi", "@pulumi/policy", "@types", "typescript"]) {
    await symlink(join(root, "node_modules", installed), join(modules, installed), "dir");
  }
  for (const { name, folder: from } of packages) {
    const isNeeded = (path: string): boolean => !/\.(d\.ts|map)$/.test(path);
    await cp(from, join(modules, name), { recursive: true, filter: isNeeded });
  }
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
}

/** Puts a program into a project folder, replacing an earlier one. Returns its part of `Pulumi.yaml`. */
export async function writeProgram(folder: string, program: StackProgram): Promise<object> {
  if ("yaml" in program) return { runtime: "yaml", ...program.yaml };
  if ("source" in program) return nodeRuntime(await writeSource(folder, program));
  await copyFolder(program.folder, folder);
  return "settings" in program ? program.settings : nodeRuntime(program.main);
}

const nodeRuntime = (main: string) => ({
  runtime: { name: "nodejs", options: { typescript: main.endsWith(".ts") } },
  main,
});

async function writeSource(
  folder: string,
  program: Extract<NodeProgram, { source: string }>,
): Promise<string> {
  const main = program.language === "typescript" ? "index.ts" : "index.js";
  await writeFile(join(folder, main), program.source);
  return main;
}

async function copyFolder(from: string, folder: string): Promise<void> {
  const skipped = `${sep}node_modules`;
  await cp(from, folder, {
    recursive: true,
    filter: (path) => !path.includes(skipped, from.length),
  });
}

/** Configuration for `pulumi config set-all --path`: nested keys become paths. */
export function configFlags(config: Readonly<Record<string, ConfigValue>>): string[] {
  return Object.entries(config).flatMap(([key, value]) => flagsOf(key, value));
}

function flagsOf(path: string, value: ConfigValue): string[] {
  if (value instanceof Secret) return ["--secret", `${path}=${value.value}`];
  if (typeof value !== "object") return ["--plaintext", `${path}=${value}`];
  return Object.entries(value).flatMap(([key, inner]) => flagsOf(`${path}["${key}"]`, inner));
}
