import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Emulator, EmulatorOptions } from "../../emulator";
import { ensureEngine } from "../../tools/engine";
import { ensureHost } from "../../tools/engine/hosts";
import { repositoryRoot } from "../../tools/repository";
import type { PulumiStack, StackProgram } from "../../tools/stack";
import { withStack } from "./harness";

/** The resources of a YAML program, by name. */
export type YamlResources = Readonly<Record<string, object>>;

/** The folder with the compiled plugin, for `plugins:` in `Pulumi.yaml`. */
export async function pluginFolder(): Promise<string> {
  const compiled = join(repositoryRoot(), "dist", "provider", "native");
  const folder = join(compiled, "plugin");
  await mkdir(folder, { recursive: true });
  await copyFile(join(repositoryRoot(), "provider", "native", "schema.json"), join(compiled, "schema.json"));
  const launcher = join(folder, "pulumi-resource-posthog");
  await writeFile(launcher, `#!/bin/sh\nexec node "${join(compiled, "main.js")}" "$@"\n`);
  await chmod(launcher, 0o755);
  return folder;
}

/** A YAML program that the plugin serves. */
export async function yaml(resources: YamlResources, more: object = {}): Promise<StackProgram> {
  const plugins = { providers: [{ name: "posthog", path: await pluginFolder() }] };
  return { yaml: { plugins, resources, ...more } };
}

/** Runs a test with a stack of YAML programs, on the real engine. */
export async function withYamlStack(
  program: StackProgram,
  body: (stack: PulumiStack, emulator: Emulator) => Promise<void>,
  options: { emulator?: EmulatorOptions; session?: boolean; env?: Record<string, string> } = {},
): Promise<void> {
  const path = [(await ensureEngine()).bin, await ensureHost("yaml"), process.env.PATH ?? ""].join(delimiter);
  await withStack(program, body, { ...options, env: { PATH: path, ...options.env } });
}

/** Credentials for commands that use only the state. */
export function credentialsOf({ apiKey, email, password }: Emulator): Record<string, string> {
  return { POSTHOG_API_KEY: apiKey, POSTHOG_EMAIL: email, POSTHOG_PASSWORD: password };
}
