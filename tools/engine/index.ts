import { realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { startStep } from "../command";
import { engineFolder, fillAtomically, makeReady } from "./cache";
import { findOnPath, inspectPath } from "./onPath";
import { buildWithGo, refuseInstaller, runInstaller } from "./setUp";
import {
  ENGINE_VERSION,
  type EngineRefusal,
  type EngineWay,
  engineMissingText,
  parseVersion,
  refuseGo,
  refusePath,
} from "./versionCheck";

/** A Pulumi engine that is ready to run. */
export interface Engine {
  /** Folder of `pulumi` and the programs that it starts. */
  readonly bin: string;
  /** Its version, such as `3.220.0`. */
  readonly version: string;
  /** Whether it is installed on this machine or set up in the per-user cache. */
  readonly origin: "path" | "cache";
}

interface EngineOptions {
  /** Environment with PATH and HOME. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Stops a running setup. */
  readonly signal?: AbortSignal;
}

/**
 * This machine's engine: the one on PATH, else the one in the cache, else a new one in the cache from Pulumi's
 * installer or built with Go. If every way fails, the error says why for each and how to fix it.
 */
export async function ensureEngine(options: EngineOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const refusals: EngineRefusal[] = [];
  const found = await findEngine(env, refusals);
  if (found) return found;
  for (const way of ["installer", "go"] as const) {
    const reason = await attempt(way, env, options.signal);
    if (reason === undefined) return cachedEngine(env, WAY_VERSIONS[way]);
    options.signal?.throwIfAborted();
    refusals.push({ way, reason });
  }
  throw new Error(engineMissingText(refusals));
}

/** The environment in which `engine` runs: its own programs come first. */
export function engineEnvironment(engine: Engine, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: [engine.bin, env.PATH ?? ""].join(delimiter) };
}

const WAY_VERSIONS: Record<Exclude<EngineWay, "path">, string> = {
  installer: sdkVersion,
  go: ENGINE_VERSION,
};

async function findEngine(env: NodeJS.ProcessEnv, refusals: EngineRefusal[]): Promise<Engine | undefined> {
  const findings = await inspectPath(env);
  const reason = refusePath(findings);
  const version = parseVersion(findings.versionText ?? "");
  if (reason === undefined && findings.pulumi !== undefined && version !== undefined) {
    return { bin: dirname(await realpath(findings.pulumi)), version, origin: "path" };
  }
  refusals.push({ way: "path", reason: reason ?? "it could not be read" });
  for (const candidate of Object.values(WAY_VERSIONS)) {
    if (await makeReady(engineFolder(env, candidate))) return cachedEngine(env, candidate);
  }
  return undefined;
}

function cachedEngine(env: NodeJS.ProcessEnv, version: string): Engine {
  return { bin: join(engineFolder(env, version), "bin"), version, origin: "cache" };
}

/** Tries one way. Returns why it failed, in one line; undefined if the engine is in the cache. */
async function attempt(
  way: Exclude<EngineWay, "path">,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const refusal =
    way === "installer" ? await refuseInstaller() : refuseGo(process.platform, await findOnPath("go", env));
  if (refusal !== undefined) return refusal;
  const title = way === "installer" ? "Installing Pulumi" : "Building Pulumi with Go (about 3 minutes, once)";
  const step = startStep(`${title} ${WAY_VERSIONS[way]}`);
  try {
    await fillAtomically(engineFolder(env, WAY_VERSIONS[way]), (folder) =>
      way === "installer"
        ? runInstaller(folder, signal)
        : buildWithGo(folder, { env, signal, onProgress: (detail) => step.update(detail) }),
    );
    step.done();
    return undefined;
  } catch (error) {
    step.fail();
    return error instanceof Error ? error.message : String(error);
  }
}
