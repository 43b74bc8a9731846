import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../engine/cache";
import { findOnPath } from "../engine/onPath";
import { failureLine } from "../engine/versionCheck";
import { run } from "../processes";

const VERSION = "26.5.6";
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/** Keycloak's folder in the cache. */
const homeFolder = (env: NodeJS.ProcessEnv): string => join(cacheFolder(env), `keycloak-${VERSION}`);

/** Why a real Keycloak cannot run here, in one line; undefined if it can. */
export async function lackingForKeycloak(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const needs = "npm run test:keycloak needs";
  if ((await findOnPath("java", env)) === undefined)
    return `${needs} Java 17 or newer: there is no \`java\` on PATH.`;
  const { stdout, stderr } = await run("java", ["-version"], { env });
  const version = Number(/version "(\d+)/.exec(stdout + stderr)?.[1]);
  if (!(version >= 17)) return `${needs} Java 17 or newer: the \`java\` on PATH is ${version || "unknown"}.`;
  if (existsSync(homeFolder(env)) || (await findOnPath("mvn", env)) !== undefined) return undefined;
  return `${needs} Maven, to fetch Keycloak ${VERSION}: there is no \`mvn\` on PATH.`;
}

/** The folder of an unpacked Keycloak: from the cache, else from Maven Central (165 MB) into the cache. */
export async function ensureKeycloak(signal: AbortSignal): Promise<string> {
  const home = homeFolder(process.env);
  if (existsSync(home)) return home;
  const temporary = `${home}.partial-${process.pid}`;
  await mkdir(temporary, { recursive: true });
  try {
    const flags = ["-q", "-B", COPY, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${temporary}`];
    await succeed("mvn", flags, temporary, signal);
    const archive = join(temporary, `keycloak-quarkus-dist-${VERSION}.zip`);
    // A Java runtime has no `jar`.
    const hasJar = (await findOnPath("jar", process.env)) !== undefined;
    await succeed(hasJar ? "jar" : "unzip", [hasJar ? "xf" : "-q", archive], temporary, signal);
    await rename(join(temporary, `keycloak-${VERSION}`), home);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return home;
}

async function succeed(
  command: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<void> {
  const { code, text } = await run(command, args, { cwd, signal });
  if (code !== 0) throw new Error(`\`${command}\` could not get Keycloak ${VERSION}: ${failureLine(text)}`);
}
