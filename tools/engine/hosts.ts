import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { startStep } from "../command";
import { ensureEngine } from ".";
import { cacheFolder, engineFolder } from "./cache";
import { isExecutable } from "./onPath";
import { buildProgram, type GoProgram } from "./setUp";
import { ENGINE_VERSION } from "./versionCheck";

/** The programs that run programs of other languages than Node's, for tests only. */
const hosts = {
  yaml: {
    name: "pulumi-language-yaml",
    module: "language-yaml",
    importPath: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  },
} satisfies Readonly<Record<string, GoProgram>>;

/** A language that the tests run programs of. */
type Language = keyof typeof hosts;

/** The folder with a language's host: next to the engine or on PATH where it is installed, else built once in the cache. */
export async function ensureHost(language: Language, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const host = hosts[language];
  const engine = await ensureEngine({ env });
  const folder = hostFolder(engine.version, env);
  if (await isExecutable(join(engine.bin, host.name))) return engine.bin;
  if (await isExecutable(join(folder, host.name))) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  const step = startStep(`Building ${host.name} with Go (about a minute, once)`);
  try {
    await mkdir(partial, { recursive: true });
    await buildProgram(host, partial, { env, onProgress: (detail) => step.update(detail) });
    await chmod(join(partial, host.name), 0o755);
    await mkdir(folder, { recursive: true });
    // Under its final name there is never half a program.
    await rename(join(partial, host.name), join(folder, host.name));
    step.done();
    return folder;
  } catch (error) {
    step.fail();
    throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Why a language's host cannot be there, in a few words; undefined where it is or can be built. */
export function lackOfHost(language: Language, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { name } = hosts[language];
  const cached = [sdkVersion, ENGINE_VERSION].flatMap((version) => [
    join(engineFolder(env, version), "bin"),
    hostFolder(version, env),
  ]);
  const folders = [...(env.PATH ?? "").split(delimiter), ...cached];
  const isThere = (program: string): boolean => folders.some((folder) => existsSync(join(folder, program)));
  return isThere(name) || isThere("go") ? undefined : `no ${name} and no Go`;
}

const hostFolder = (version: string, env: NodeJS.ProcessEnv): string =>
  join(cacheFolder(env), `hosts-${version}`);
