import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";
import * as z from "zod";
import { root } from "./sources";

/** A program without a separate file. */
export interface TextProgram {
  /** Where it would be. */
  readonly path: string;
  readonly text: string;
}

/** The programs of a page, each as a separate module. */
export function blocksOf(page: string, text: string): TextProgram[] {
  const blocks = [...text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)];
  return blocks.map(([, block = ""], index) => ({
    path: join(root, `${page.replaceAll("/", "-")}-${index + 1}.mts`),
    text: withImports(block),
  }));
}

function withImports(text: string): string {
  const imports = [
    ["pulumi", 'import * as pulumi from "@pulumi/pulumi";'],
    ["posthog", 'import * as posthog from "pulumi-posthog";'],
  ];
  const missing = imports.filter(([name]) => !new RegExp(`import .*\\b${name}\\b`).test(text));
  return [...missing.map(([, line]) => line), text, "export {};"].join("\n");
}

/** TypeScript's codes for an undeclared name, alone and as a shorthand property. */
const unknownName: ReadonlySet<number> = new Set([2304, 18004]);

/** The compiler's errors for programs that use this package, except names that they leave to the reader. */
export function problemsIn(programs: readonly TextProgram[], program = compile(programs)): string[] {
  return programs
    .flatMap(({ path }) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
    .filter(({ code }) => !unknownName.has(code))
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
}

/** Compiles programs against the sources of this package, or of another checkout of it. */
export function compile(
  programs: readonly TextProgram[],
  package_ = root,
  others: readonly { readonly name: string; readonly folder: string }[] = [],
): ts.Program {
  const texts = new Map(programs.map(({ path, text }) => [path, text]));
  const own = entriesOf(package_);
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    esModuleInterop: true,
    paths: Object.fromEntries([
      ...[...own].map(([name, source]) => [name, [source]]),
      ...others.map(({ name, folder }) => [name, [folder]]),
    ]),
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile, directoryExists } = host;
  const folders = new Set(programs.map(({ path }) => dirname(path)));
  host.directoryExists = (path) => folders.has(path) || directoryExists?.(path) !== false;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = texts.get(file);
    return text === undefined
      ? getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, text, language, true);
  };
  return ts.createProgram([...own.values(), ...texts.keys()], options, host);
}

const manifestSchema = z.looseObject({
  name: z.string(),
  exports: z.record(z.string(), z.union([z.string(), z.looseObject({ types: z.string() })])),
});

/** The entries of a checkout of this package, and the source of each. */
export function entriesOf(package_ = root): Map<string, string> {
  const { name, exports } = manifestSchema.parse(
    JSON.parse(readFileSync(join(package_, "package.json"), "utf8")),
  );
  return new Map(
    Object.entries(exports).flatMap(([path, target]) =>
      typeof target === "string"
        ? []
        : [[posix.join(name, path), join(package_, sourceOf(target.types))] as const],
    ),
  );
}

const sourceOf = (types: string): string => types.replace(/^\.\/dist\//, "").replace(/\.d\.ts$/, ".ts");
