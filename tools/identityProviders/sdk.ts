import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { cacheFolder } from "../engine/cache";
import { failureLine } from "../engine/versionCheck";
import { repositoryRoot } from "../repository";

const lockSchema = z.object({
  packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })),
});

/** An identity provider's SDK in the per-user cache. */
export interface InstalledSdk {
  /** The package, such as `@pulumi/okta`. */
  readonly name: string;
  /** Folder of the package. */
  readonly folder: string;
}

/**
 * The SDK of an example, in the version of its lock file: from the cache, else from npm's registry into the cache.
 * The SDK needs Pulumi's own SDK, which this repository already has, so it is not fetched again. If npm cannot
 * install the SDK, throws an error of one line.
 */
export function installSdk(example: string, env: NodeJS.ProcessEnv = process.env): InstalledSdk {
  const text = readFileSync(join(repositoryRoot(), "examples", example, "package-lock.json"), "utf8");
  const { packages } = lockSchema.parse(JSON.parse(text));
  const [path, { version, ...entry }] = sdkOf(packages, example);
  const name = path.slice("node_modules/".length);
  const folder = join(cacheFolder(env), `sdk-${hash(text)}`);
  if (!existsSync(folder)) {
    const { dependencies: _, ...alone } = entry;
    fill(folder, name, { [path]: { version, ...alone } }, version ?? "", env);
  }
  return { name, folder: join(folder, path) };
}

type Packages = z.infer<typeof lockSchema>["packages"];

function sdkOf(packages: Packages, example: string): [string, Packages[string]] {
  const found = Object.entries(packages).find(
    ([path]) => /^node_modules\/@pulumi\/[^/]+$/.test(path) && !path.endsWith("/pulumi"),
  );
  if (found === undefined) throw new Error(`examples/${example}/package-lock.json names no SDK`);
  return found;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * Fills the folder completely or not at all: npm works in a folder next to it, which gets the final name at the end.
 */
function fill(
  folder: string,
  name: string,
  packages: Packages,
  version: string,
  env: NodeJS.ProcessEnv,
): void {
  mkdirSync(join(folder, ".."), { recursive: true });
  const temporary = mkdtempSync(`${folder}.partial-`);
  try {
    const dependencies = { [name]: version };
    const lock = { lockfileVersion: 3, requires: true, packages: { "": { dependencies }, ...packages } };
    writeFileSync(join(temporary, "package.json"), JSON.stringify({ private: true, dependencies }));
    writeFileSync(join(temporary, "package-lock.json"), JSON.stringify(lock));
    const flags = [
      "ci",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--fetch-retries=1",
      "--fetch-retry-mintimeout=1000",
    ];
    const npm = spawnSync("npm", flags, { cwd: temporary, env, encoding: "utf8", timeout: 120_000 });
    if (npm.status !== 0) throw new Error(reasonOf(npm.error?.message ?? npm.stderr));
    if (!existsSync(folder)) renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** npm ends with advice; the error's code says more. */
function reasonOf(output: string): string {
  return /^npm error code (\S+)/m.exec(output)?.[1] ?? failureLine(output);
}
