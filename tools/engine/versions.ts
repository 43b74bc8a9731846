/** The engine that is built from source, and the one this package is tested with. */
export const ENGINE_VERSION = "3.220.0";

/** The oldest engine on PATH that is used: from 3.213 a provider's `read` may return inputs, 3.216 is the SDK's floor. */
export const MINIMUM_ENGINE_VERSION = "3.216.0";

/** The programs that take a compiler, or an installation: the command line and the Node language host. */
export const BUILT_PROGRAMS = ["pulumi", "pulumi-language-nodejs"] as const;

/** The programs that together are "the engine": with two launchers, for dynamic providers and for policy packs. */
export const ENGINE_PROGRAMS = [
  ...BUILT_PROGRAMS,
  "pulumi-resource-pulumi-nodejs",
  "pulumi-analyzer-policy",
] as const;

/** Finds `1.2.3` in what a program prints about its version (`v3.220.0`, `3.221.0-alpha.1`, `go1.25.1`). */
export function parseVersion(text: string): string | undefined {
  return /(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
}

/** Negative when `left` is the older of two dotted versions, 0 when they are equal, positive when it is newer. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
