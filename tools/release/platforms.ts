/** A platform in Pulumi's and Go's names. */
export interface Platform {
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "amd64" | "arm64";
}

/** The platforms with an archive in each release. */
export const platforms: readonly Platform[] = [
  { os: "linux", arch: "amd64" },
  { os: "linux", arch: "arm64" },
  { os: "darwin", arch: "amd64" },
  { os: "darwin", arch: "arm64" },
  { os: "windows", arch: "amd64" },
];

/** The plugin's program name, which the engine looks for. */
export const pluginName = "pulumi-resource-posthog";

/** The archive's name, under which the engine downloads the plugin for a platform. */
export function archiveName(version: string, { os, arch }: Platform): string {
  return `${pluginName}-v${version}-${os}-${arch}.tar.gz`;
}

const systems: Readonly<Partial<Record<NodeJS.Platform, Platform["os"]>>> = {
  linux: "linux",
  darwin: "darwin",
  win32: "windows",
};
const architectures: Readonly<Partial<Record<NodeJS.Architecture, Platform["arch"]>>> = {
  x64: "amd64",
  arm64: "arm64",
};

/**
 * The platform of the archive that this kind of Node makes.
 *
 * @throws Error if releases have no archive for it.
 */
export function platformOf(system: NodeJS.Platform, architecture: NodeJS.Architecture): Platform {
  const [os, arch] = [systems[system], architectures[architecture]];
  const found = platforms.find((platform) => platform.os === os && platform.arch === arch);
  if (found === undefined)
    throw new Error(`there is no archive of the plugin for ${system} on ${architecture}`);
  return found;
}
