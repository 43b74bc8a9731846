import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { readManifest } from "../release/manifest";
import { pluginName } from "../release/platforms";
import { releaseSchema } from "./releaseSchema";

const entry = "provider/native/main.ts";
const program = `${pluginName}.cjs`;

/** Pulumi's SDK loads these to serialize closures and compile programs. A plugin does neither. */
const unused = /^(typescript|ts-node|@npmcli\/arborist)$/;

const withoutUnused: Plugin = {
  name: "without-unused",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: unused }, ({ path }) => ({ path, namespace: "unused" }));
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** Gives the plugin the schema of a release. */
const withReleaseSchema = (root: string): Plugin => ({
  name: "release-schema",
  setup: ({ onLoad }) => {
    onLoad({ filter: /provider[\\/]native[\\/]schema\.json$/ }, ({ path }) => ({
      contents: releaseSchema(readFileSync(path, "utf8"), readManifest(root)),
      loader: "json",
    }));
  },
});

/**
 * Node 22 and newer keep the compiled code in a folder of the user's, as the provider process of dynamic resources does:
 * anyone who can write there decides what runs.
 */
const shellLauncher = `#!/bin/sh
caches="\${XDG_CACHE_HOME:-\${HOME:+$HOME/.cache}}"
[ -n "$caches" ] && export NODE_COMPILE_CACHE="\${NODE_COMPILE_CACHE:-$caches/pulumi-posthog/compiled}"
exec node "$(dirname "$0")/${program}" "$@"
`;

/**
 * Bundles the plugin and its dependencies into one file, which runs with any Node that the package supports, next to
 * the launchers that the engine starts.
 *
 * @returns the bundled file.
 */
export async function bundlePlugin(root: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, program);
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    // Code distinguishes error classes by name.
    keepNames: true,
    legalComments: "eof",
    logLevel: "error",
    plugins: [withoutUnused, withReleaseSchema(root)],
  });
  const launcher = join(folder, pluginName);
  writeFileSync(launcher, shellLauncher);
  chmodSync(launcher, 0o755);
  writeFileSync(join(folder, `${pluginName}.cmd`), `@node "%~dp0${program}" %*\r\n`);
  return outfile;
}
