import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";

/** Where the review page's script and style are, ready to be put into a page. */
export const pageAssetsPath = "cli/review/page/assets.generated.ts";

const folder = "cli/review/page";

/** The script and the style of the review page, made from their sources; throws where those have errors. */
export function pageAssetsText(root: string): string {
  const script = bundle(compiledModules(root));
  const style = filesOf(root, "style", ".css").map((path) => readFileSync(path, "utf8"));
  const texts = { script, style: compact(style.join("\n")) };
  const constants = Object.entries(texts).map(
    ([name, text]) =>
      `/** The ${name} of the review page. */\nexport const ${name} = ${JSON.stringify(text)};\n`,
  );
  return ["// Made by `npm run docs`.\n", ...constants].join("\n");
}

/** The modules that run in the browser, compiled, by their name. */
function compiledModules(root: string): [name: string, text: string][] {
  const options = checkedOptions(root);
  return ["model", "browser"]
    .flatMap((name) => filesOf(root, name, ".ts"))
    .map((path) => {
      const { outputText } = ts.transpileModule(readFileSync(path, "utf8"), {
        fileName: path,
        compilerOptions: { ...options, noEmit: false, removeComments: true },
      });
      return [basename(path, ".ts"), outputText];
    });
}

function checkedOptions(root: string): ts.CompilerOptions {
  const path = join(root, folder, "browser", "tsconfig.json");
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, folder, "browser"));
  const problems = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
  if (problems.length === 0) return options;
  throw new Error(
    ts.formatDiagnostics(problems, {
      getCurrentDirectory: () => root,
      getCanonicalFileName: (name) => name,
      getNewLine: () => "\n",
    }),
  );
}

/** All modules as one script that loads them as Node would. */
function bundle(modules: readonly [name: string, text: string][]): string {
  const functions = modules.map(
    ([name, text]) => `${JSON.stringify(name)}(require, exports) {\n${compact(text)}\n},`,
  );
  return [
    "(() => {",
    `const modules = {\n${functions.join("\n")}\n};`,
    "const loaded = {};",
    "const require = (path) => {",
    'const name = path.slice(path.lastIndexOf("/") + 1);',
    "if (!(name in loaded)) modules[name](require, (loaded[name] = {}));",
    "return loaded[name];",
    "};",
    'require("./main");',
    "})();",
  ].join("\n");
}

/** A text without the indentation and empty lines that only people need; templates over several lines are not used. */
function compact(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^\/\*.*\*\/$/.test(line))
    .join("\n");
}

function filesOf(root: string, name: string, extension: string): string[] {
  const path = join(root, folder, name);
  return readdirSync(path)
    .filter((file) => file.endsWith(extension))
    .sort()
    .map((file) => join(path, file));
}
