import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { isExecutable } from "./onPath";
import { BUILT_PROGRAMS, ENGINE_PROGRAMS } from "./versionCheck";

/** The per-user folder of finished engines, by version. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-posthog");
}

/** The folder of one version's finished engine. */
export function engineFolder(env: NodeJS.ProcessEnv, version: string): string {
  return join(cacheFolder(env), `engine-${version}`);
}

/** Whether `folder/bin` has every program of the engine, and all are executable. */
export async function isComplete(folder: string): Promise<boolean> {
  return holds(folder, ENGINE_PROGRAMS);
}

/**
 * Whether a cached engine can be used. An engine from an earlier version of this setup may lack a launcher.
 * Launchers are short scripts, so this adds them instead of spending minutes on a new build.
 */
export async function makeReady(folder: string): Promise<boolean> {
  if (await isComplete(folder)) return true;
  if (!(await holds(folder, BUILT_PROGRAMS))) return false;
  await writeLaunchers(join(folder, "bin"));
  return isComplete(folder);
}

async function holds(folder: string, programs: readonly string[]): Promise<boolean> {
  const checks = await Promise.all(programs.map((program) => isExecutable(join(folder, "bin", program))));
  return checks.every((executable) => executable);
}

/**
 * Fills an engine folder completely or not at all. `fill` works in a folder next to it, which gets the final name only
 * when it is complete. No later run uses an interrupted run's folder, and it is removed after a day.
 */
export async function fillAtomically(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${folder}.partial-${process.pid}-${randomBytes(4).toString("hex")}`;
  await removeLeftovers(join(folder, ".."));
  await mkdir(join(temporary, "bin"), { recursive: true });
  try {
    await fill(temporary);
    if (!(await isComplete(temporary))) throw new Error("the programs are not all there after the setup");
    await moveIntoPlace(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function moveIntoPlace(temporary: string, folder: string): Promise<void> {
  // Another process may have finished the same engine in the meantime. Theirs is as good, so this one is dropped.
  if (await isComplete(folder)) return;
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(temporary, folder);
  } catch (error) {
    if (!(await isComplete(folder))) throw error;
  }
}

const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((entry) => entry.includes(".partial-"))) {
    const path = join(parent, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > LEFTOVER_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Each launcher starts the part of the Node SDK in the program's own `@pulumi/pulumi`. */
const LAUNCHERS: Record<string, string> = {
  "pulumi-resource-pulumi-nodejs": `#!/bin/sh
# Serves dynamic providers: finds the SDK from the program's folder, which is the working directory.
exec node -e 'process.argv.splice(1, 0, "dynamic-provider"); require("@pulumi/pulumi/cmd/dynamic-provider")' -- "$@"
`,
  "pulumi-analyzer-policy": `#!/bin/sh
# Runs a policy pack: the second argument is its folder, from which the SDK is found.
exec node -e 'process.argv.splice(1, 0, "policy-pack"); require(require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [process.argv[3]] }))' -- "$@"
`,
};

/** Adds missing launchers next to the engine's programs. */
export async function writeLaunchers(bin: string): Promise<void> {
  for (const [name, script] of Object.entries(LAUNCHERS)) {
    const launcher = join(bin, name);
    if (!(await isExecutable(launcher))) await writeWhole(launcher, script);
  }
}

/** The final name never has half a script: another run may be starting it. */
async function writeWhole(launcher: string, script: string): Promise<void> {
  const temporary = `${launcher}.partial-${process.pid}`;
  await writeFile(temporary, script);
  await chmod(temporary, 0o755);
  await rename(temporary, launcher);
}
