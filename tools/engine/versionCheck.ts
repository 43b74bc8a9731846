import { compareVersions, ENGINE_VERSION, MINIMUM_ENGINE_VERSION, parseVersion } from "./versions";

/** The three ways to an engine, in the order in which they are tried. */
export type EngineWay = "path" | "installer" | "go";

/** Why one way did not lead to an engine. */
export interface EngineRefusal {
  /** Which way was tried. */
  readonly way: EngineWay;
  /** Why it failed, in one line. */
  readonly reason: string;
}

/** What a look at PATH found. */
export interface PathFindings {
  /** What `pulumi version` printed; missing when there is no `pulumi`. */
  readonly versionText?: string;
  /** Names of the engine's other programs that are neither beside `pulumi` nor on PATH. */
  readonly missingPrograms: readonly string[];
}

const MINIMUM_GO_VERSION = "1.25";

/** Why the `pulumi` on PATH cannot be used, or `undefined` when it can. */
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
 * Why Go cannot build the engine on this platform, or `undefined` when it can try. Whether Go is new enough is left to
 * Go itself, which fetches a newer tool chain where it may.
 */
export function refuseGo(platform: NodeJS.Platform, go: string | undefined): string | undefined {
  if (platform === "win32") return "building from source is not supported on Windows";
  return go === undefined ? "there is no `go` on PATH" : undefined;
}

/** The line of a failed command's output that says most: the last one that is neither empty nor progress. */
export function failureLine(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("go: downloading"));
  const telling = lines.filter((line) =>
    /error|fail|cannot|unable|denied|mismatch|no such|requires/i.test(line),
  );
  return (telling.at(-1) ?? lines.at(-1) ?? "it printed nothing").slice(0, 300);
}

const WAY_TITLES: Record<EngineWay, string> = {
  path: "the `pulumi` on PATH",
  installer: "Pulumi's own installer",
  go: `building Pulumi ${ENGINE_VERSION} with Go`,
};

/** The error for someone who has no engine and no way to get one: what was tried, why each failed, what to do. */
export function engineMissingText(refusals: readonly EngineRefusal[]): string {
  return [
    "No Pulumi engine. Three ways were tried:",
    ...refusals.map(({ way, reason }, index) => `  ${index + 1}. ${WAY_TITLES[way]}: ${reason}.`),
    "Any one of these mends it:",
    `  - install Pulumi ${MINIMUM_ENGINE_VERSION} or newer (https://www.pulumi.com/docs/install/) so that \`pulumi\` is on PATH;`,
    "  - let this machine reach get.pulumi.com and github.com for a minute;",
    `  - install Go ${MINIMUM_GO_VERSION} or newer, with access to a Go module proxy (takes about 3 minutes, once).`,
    "Then run the same command again.",
  ].join("\n");
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]?.slice(0, 100) ?? "";
}
