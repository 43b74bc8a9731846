/** The engine version that is built from source, and that this package is tested with. */
export const ENGINE_VERSION = "3.220.0";

/** The oldest usable engine on PATH: since 3.213 a provider's `read` may return inputs; the SDK needs 3.216. */
const MINIMUM_ENGINE_VERSION = "3.216.0";

/** The programs that need a compiler or an installation: the command line and the Node language host. */
export const BUILT_PROGRAMS = ["pulumi", "pulumi-language-nodejs"] as const;

/** All programs of the engine, with two launchers: for dynamic providers and for policy packs. */
export const ENGINE_PROGRAMS = [
  ...BUILT_PROGRAMS,
  "pulumi-resource-pulumi-nodejs",
  "pulumi-analyzer-policy",
] as const;

/** Finds `1.2.3` in a program's version text (`v3.220.0`, `3.221.0-alpha.1`, `go1.25.1`). */
export function parseVersion(text: string): string | undefined {
  return /(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
}

/** Negative if `left` is the older dotted version, 0 if they are equal, positive if it is newer. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The three ways to an engine, in the order in which they are tried. */
export type EngineWay = "path" | "installer" | "go";

/** Why one way did not lead to an engine. */
export interface EngineRefusal {
  readonly way: EngineWay;
  /** Why it failed, in one line. */
  readonly reason: string;
}

/** What PATH has of an engine. */
export interface PathFindings {
  /** The output of `pulumi version`; undefined without `pulumi`. */
  readonly versionText?: string;
  /** The engine's other programs that are neither next to `pulumi` nor on PATH. */
  readonly missingPrograms: readonly string[];
}

const MINIMUM_GO_VERSION = "1.25";

/** Why the `pulumi` on PATH cannot be used; undefined if it can. */
export function refusePath(findings: PathFindings): string | undefined {
  if (findings.versionText === undefined) return "there is no `pulumi` on PATH";
  const version = parseVersion(findings.versionText);
  if (version === undefined)
    return `\`pulumi version\` printed no version: ${firstLine(findings.versionText)}`;
  if (compareVersions(version, MINIMUM_ENGINE_VERSION) < 0) {
    return `\`pulumi\` on PATH is ${version}, older than ${MINIMUM_ENGINE_VERSION}`;
  }
  if (findings.missingPrograms.length === 0) return undefined;
  return `\`pulumi\` ${version} is on PATH without its ${findings.missingPrograms.join(" and ")}`;
}

/**
 * Why Go cannot build the engine on this platform; undefined if it can try. Go itself checks whether it is new
 * enough, and fetches a newer tool chain if it may.
 */
export function refuseGo(platform: NodeJS.Platform, go: string | undefined): string | undefined {
  if (platform === "win32") return "building from source is not supported on Windows";
  return go === undefined ? "there is no `go` on PATH" : undefined;
}

/** The most informative line of a failed command's output: the last one that is neither empty nor progress. */
export function failureLine(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("go: downloading"));
  const errors = lines.filter((line) =>
    /error|fail|cannot|unable|denied|mismatch|no such|requires/i.test(line),
  );
  return (errors.at(-1) ?? lines.at(-1) ?? "it printed nothing").slice(0, 300);
}

const WAY_TITLES: Record<EngineWay, string> = {
  path: "the `pulumi` on PATH",
  installer: "Pulumi's own installer",
  go: `building Pulumi ${ENGINE_VERSION} with Go`,
};

/** The error if there is no engine and no way to get one: what was tried, why each way failed, and the fix. */
export function engineMissingText(refusals: readonly EngineRefusal[]): string {
  return [
    "No Pulumi engine. Three ways were tried:",
    ...refusals.map(({ way, reason }, index) => `  ${index + 1}. ${WAY_TITLES[way]}: ${reason}.`),
    "Any one of these fixes it:",
    `  - install Pulumi ${MINIMUM_ENGINE_VERSION} or newer (https://www.pulumi.com/docs/install/) so that \`pulumi\` is on PATH;`,
    "  - let this machine reach get.pulumi.com and github.com for a minute;",
    `  - install Go ${MINIMUM_GO_VERSION} or newer, with access to a Go module proxy (takes about 3 minutes, once).`,
    "Then run the same command again.",
  ].join("\n");
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]?.slice(0, 100) ?? "";
}
