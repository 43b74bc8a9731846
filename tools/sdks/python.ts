import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { startStep } from "../command";
import { cacheFolder } from "../engine/cache";
import { lackOfGenerator, lackOfHost } from "../engine/hosts";
import { ENGINE_VERSION, failureLine } from "../engine/versionCheck";
import { run } from "../processes";
import { generateSdk } from "./generate";

/** What programs need in addition to the generated SDK, and what building the SDK needs. */
const requirements = [`pulumi==${ENGINE_VERSION}`, "parver", "setuptools>=61"];

/** Prints the dependencies of the cached packages, or names what is missing. */
const question = `import sys
if sys.version_info < (3, 9): sys.exit("Python is older than 3.9")
try: import pip
except ImportError: sys.exit("no pip")
print(sys.version, sys.platform)`;

/** Why Python programs cannot run here, in a few words; undefined if they can. */
export function lackOfPython(): string | undefined {
  const { error, status, stderr } = spawnSync("python3", ["-c", question], { encoding: "utf8" });
  if (error !== undefined) return "no python3";
  if (status !== 0) return failureLine(stderr);
  return lackOfGenerator() ?? lackOfHost("python");
}

/**
 * Generates the package's SDK and installs it in a folder. Pulumi's own SDK comes from the cache.
 *
 * @returns the `PYTHONPATH` with which programs find both.
 */
export async function installPythonSdk(
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const pulumi = await ensurePulumi(env);
  const [source, installed] = [join(folder, "source"), join(folder, "installed")];
  await generateSdk("python", source);
  // The cache also has the build tools, so nothing is fetched.
  await pip(installed, ["--no-deps", "--no-build-isolation", source], { ...env, PYTHONPATH: pulumi });
  return [installed, pulumi].join(delimiter);
}

/** The folder of Pulumi's SDK for this Python: from the cache, else from Python's registry into the cache. */
async function ensurePulumi(env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run("python3", ["-c", question], { env });
  const hash = createHash("sha256").update(stdout).update(requirements.join("\n"));
  const folder = join(cacheFolder(env), `python-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const step = startStep("Installing Pulumi's SDK for Python (half a minute, once)");
  await mkdir(dirname(folder), { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await pip(partial, requirements, env);
    // Another run may have finished the same in the meantime. Theirs is as good.
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    step.done();
    return folder;
  } catch (error) {
    step.fail();
    throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function pip(target: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const flags = ["--quiet", "--disable-pip-version-check", "--target", target];
  const { code, text } = await run("python3", ["-m", "pip", "install", ...flags, ...args], { env });
  if (code !== 0) throw new Error(`\`pip install\` failed: ${failureLine(text)}`);
}
