import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import ts from "typescript";

/** The file with the review page's script and style, ready to insert into a page. */
export const pageAssetsPath = "cli/review/page/assets.generated.ts";

const folder = "cli/review/page";

/**
 * The review page's script and style, built from their sources.
 *
 * @throws Error if a source has errors.
 */
export function pageAssetsText(root: string): string {
  const page = join(root, folder);
  checkTypes(root, join(page, "browser"));
  const texts = {
    script: minified({
      entryPoints: [join(page, "browser", "main.ts")],
      bundle: true,
      format: "iife",
      target: "es2022",
    }),
    style: minified({ stdin: { contents: styleText(join(page, "style")), loader: "css" } }),
  };
  const constants = Object.entries(texts).map(
    ([name, text]) =>
      `/** The ${name} of the review page. */\nexport const ${name} = ${JSON.stringify(text)};\n`,
  );
  return ["// Made by `npm run docs`.\n", ...constants].join("\n");
}

function minified(options: BuildOptions): string {
  const { outputFiles } = buildSync({ ...options, minify: true, write: false, logLevel: "silent" });
  return (outputFiles ?? []).map(({ text }) => text.trim()).join("\n");
}

/** The style sheets, sorted by name: their rules apply in that order. */
function styleText(path: string): string {
  const names = readdirSync(path).filter((file) => file.endsWith(".css"));
  return names
    .sort()
    .map((file) => readFileSync(join(path, file), "utf8"))
    .join("\n");
}

/** esbuild does not check types, and `npm run build` does not compile the sources for browsers. */
function checkTypes(root: string, project: string): void {
  const { config } = ts.readConfigFile(join(project, "tsconfig.json"), ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, project);
  const problems = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
  if (problems.length === 0) return;
  throw new Error(
    ts.formatDiagnostics(problems, {
      getCurrentDirectory: () => root,
      getCanonicalFileName: (name) => name,
      getNewLine: () => "\n",
    }),
  );
}
