import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { startStep } from "../command";
import { repositoryRoot } from "../repository";
import { ensureEngine } from ".";
import { cacheFolder, engineFolder } from "./cache";
import { isExecutable } from "./onPath";
import { buildProgram, type GoProgram } from "./setUp";
import { ENGINE_VERSION } from "./versionCheck";

const sdk = "github.com/pulumi/pulumi/sdk/v3";

/** Hosts for languages other than Node's. Only tests use them. */
const hosts = {
  yaml: {
    name: "pulumi-language-yaml",
    module: "language-yaml",
    importPath: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  },
  python: {
    name: "pulumi-language-python",
    module: "language-python",
    importPath: `${sdk}/python/cmd/pulumi-language-python`,
    script: { module: sdk, path: "python/cmd/pulumi-language-python-exec" },
  },
  go: {
    name: "pulumi-language-go",
    module: "language-go",
    importPath: `${sdk}/go/pulumi-language-go`,
  },
} satisfies Readonly<Record<string, GoProgram>>;

/** Writes SDKs from a package schema, for tests. The hosts that Go builds are older than the call that does this. */
const generator: GoProgram = { name: "sdkgen", module: "sdkgen", importPath: "." };

/** A language of the tests' programs. */
type Language = keyof typeof hosts;

/** The folder of a language's host: next to the engine or on PATH if installed, else built once in the cache. */
export async function ensureHost(language: Language, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const host = hosts[language];
  const engine = await ensureEngine({ env });
  if (await hasAll(host, engine.bin)) return engine.bin;
  return ensureBuilt(host, hostFolder(engine.version, env), env);
}

/** The program that writes SDKs, `sdkgen SCHEMA.json LANGUAGE FOLDER`, built once in the cache. */
export async function ensureGenerator(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return join(await ensureBuilt(generator, generatorFolder(env), env), generator.name);
}

/** Why a language's host is unavailable, in a few words; undefined if it is available or can be built. */
export function lackOfHost(language: Language, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { name } = hosts[language];
  const cached = [sdkVersion, ENGINE_VERSION].flatMap((version) => [
    join(engineFolder(env, version), "bin"),
    hostFolder(version, env),
  ]);
  return isThere(name, env, cached) || lackOfGo(env) === undefined ? undefined : `no ${name} and no Go`;
}

/** Why SDKs cannot be generated, in a few words; undefined if they can. */
export function lackOfGenerator(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return isThere(generator.name, env, [generatorFolder(env)]) ? undefined : lackOfGo(env);
}

/** Why Go cannot compile here, in a few words; undefined if it can. */
export function lackOfGo(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return isThere("go", env) ? undefined : "no Go";
}

function isThere(program: string, env: NodeJS.ProcessEnv, more: readonly string[] = []): boolean {
  const folders = [...(env.PATH ?? "").split(delimiter), ...more];
  return folders.some((folder) => existsSync(join(folder, program)));
}

async function ensureBuilt(program: GoProgram, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (await hasAll(program, folder)) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  const step = startStep(`Building ${program.name} with Go (about a minute, once)`);
  try {
    await mkdir(partial, { recursive: true });
    await buildProgram(program, partial, { env, onProgress: (detail) => step.update(detail) });
    await mkdir(folder, { recursive: true });
    // The final name never has half a program.
    for (const name of await readdir(partial)) await rename(join(partial, name), join(folder, name));
    step.done();
    return folder;
  } catch (error) {
    step.fail();
    throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function hasAll({ name, script }: GoProgram, folder: string): Promise<boolean> {
  const names = script === undefined ? [name] : [name, basename(script.path)];
  const checks = await Promise.all(names.map((program) => isExecutable(join(folder, program))));
  return checks.every((executable) => executable);
}

const hostFolder = (version: string, env: NodeJS.ProcessEnv): string =>
  join(cacheFolder(env), `hosts-${version}`);

/** The source is in this repository, so the folder depends on its contents. */
function generatorFolder(env: NodeJS.ProcessEnv): string {
  const source = join(repositoryRoot(), "tools", "engine-modules", generator.module);
  const hash = createHash("sha256");
  for (const name of readdirSync(source)) hash.update(readFileSync(join(source, name)));
  return join(cacheFolder(env), `generator-${hash.digest("hex").slice(0, 16)}`);
}
