import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT, writeWhole } from "./shell.mjs";

/** Libraries that every provider process loads. The others stay packages, which are loaded on their first use. */
const BUNDLED = ["axios", "fastest-levenshtein", "zod"];

/** What axios brings for browsers and for forms: no request here uses it, and every process would load it. */
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
 * Makes one file of what Pulumi's dynamic provider process loads: a process reads and compiles it faster than two hundred
 * files. The licenses of the libraries in it stand beside it.
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
    // Names stay as they are: classes of errors are told apart by them.
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
