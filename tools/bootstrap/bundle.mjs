import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT, writeWhole } from "./shell.mjs";

/** Libraries that every provider process loads. The others stay packages, which load on their first use. */
const BUNDLED = ["axios", "fastest-levenshtein", "zod"];

/** Parts of axios for browsers and forms: no request here uses them, and every process would load them. */
const withoutUnused = {
  name: "without unused",
  setup(bundle) {
    bundle.onResolve({ filter: /^(\.\/(xhr|fetch)\.js|form-data)$/ }, ({ importer, path }) =>
      /[\\/]axios[\\/]/.test(importer) ? { path, namespace: "unused" } : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: "unused" }, () => ({
      contents: "export default false; export const getFetch = false;",
    }));
  },
};

/**
 * Bundles what Pulumi's dynamic provider process loads: a process reads and compiles one file faster than two hundred.
 * The licenses of the bundled libraries are next to it.
 */
async function bundleRuntime(folder) {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["provider/runtime.ts"],
    outfile: join(folder, "provider", "runtime.bundle.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
    // Keeps names: code distinguishes error classes by them.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true,
    plugins: [withoutUnused],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  writeWhole(
    join(folder, "provider", "runtime.bundle.LICENSES.txt"),
    licensesOf(Object.keys(metafile.inputs)),
  );
}

function licensesOf(inputs) {
  const packages = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(packages)].sort().map(licenseOf).join("\n\n");
}

function licenseOf(path) {
  const folder = join(ROOT, path);
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

await bundleRuntime(process.argv[2]);
