import ts from "typescript";
import { filesIn, parse, resolve, textOf } from "../support/sources";

const code = ["provider", "cli", "emulator", "tools", "bench", "test", "examples"]
  .flatMap(filesIn)
  .filter((path) => /\.(ts|js|mjs|cjs)$/.test(path));
const everything = filesIn(".").filter((path) => !/\.(tgz|log|png|gif)$/.test(path));

/** The lines that contain a text, with their files. */
function found(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );
}

describe("every public name has a docstring", () => {
  const entries = ["provider/index.ts", "provider/policy/index.ts", "emulator/index.ts"];

  test.each(entries)("%s exports names with a docstring right above them", (entry) => {
    const names = publicNames(entry);
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter(({ declaration }) => !isDocumented(declaration)).map(({ name }) => name)).toEqual([]);
  });

  /** What an entry point exports, directly or from other sources. */
  function publicNames(path: string): { name: string; declaration: ts.Statement }[] {
    return parse(path).statements.flatMap((statement) => {
      if (!ts.isExportDeclaration(statement)) return declaredBy(statement);
      const { moduleSpecifier, exportClause } = statement;
      if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
      const all = publicNames(resolve(path, moduleSpecifier.text));
      if (exportClause === undefined || !ts.isNamedExports(exportClause)) return all;
      return exportClause.elements.flatMap(({ name, propertyName }) =>
        all.filter((one) => one.name === (propertyName ?? name).text),
      );
    });
  }

  function declaredBy(statement: ts.Statement): { name: string; declaration: ts.Statement }[] {
    if (!ts.canHaveModifiers(statement) || !isExported(statement)) return [];
    const names = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    return names.flatMap((node) =>
      "name" in node && node.name !== undefined
        ? [{ name: node.name.getText(), declaration: statement }]
        : [],
    );
  }

  function isExported(statement: ts.HasModifiers): boolean {
    return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
  }

  function isDocumented(statement: ts.Statement): boolean {
    const comments = statement.getFullText().slice(0, statement.getLeadingTriviaWidth());
    return /\/\*\*[\s\S]*\S[\s\S]*\*\/\s*$/.test(comments);
  }
});

describe("the sources follow the writing rules", () => {
  test("no file is longer than 500 lines: each is one thing", () => {
    const lines = (path: string): number => textOf(path).trimEnd().split("\n").length;
    expect(code.filter((path) => lines(path) > 500)).toEqual([]);
  });

  test("no file has open to-dos or silenced checks", () => {
    expect(
      found(code, /\b(TO[D]O|FIX[M]E|XX[X])\b|biome[-]ignore|eslint[-]disable|@ts[-](ignore|nocheck|expect)/),
    ).toEqual([]);
    expect(found(code, /\bas[ ]unknown as\b/)).toEqual([]);
  });

  test("no test is skipped or focused", () => {
    expect(found(code, /\b(test|it|describe)\.(skip|only|todo|failing)\b|\bx(test|it|describe)\(/)).toEqual(
      [],
    );
  });

  test("no file contains a local path or a package registry", () => {
    expect(found(everything, /(^|[^\w./])\/(work|root|Users|home\/\w+)\/\w/)).toEqual([]);
    expect(found(everything, /registry\.\w+\.(org|com)|"resolved": "https?:/)).toEqual([]);
  });

  test("no file contains a credential: keys are invented and short, private keys belong to nobody", () => {
    const credential = /\bph[xsa]_[A-Za-z0-9]{40,}|PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{100,}/;
    // The recordings' keys are as long as real ones. They count up, so that everyone sees that they are made up.
    const madeUp = /phx_rp[a-z0-9]+A1b2C3d4E5f6G7h8J9k1L2m3N4p5Q6\w*/g;
    const holdsCredential = (path: string) => credential.test(textOf(path).replaceAll(madeUp, ""));
    expect(everything.filter(holdsCredential)).toEqual([]);
  });
});

test("zod is imported by its namespace, so that the provider's bundle leaves out unused code", () => {
  const programs = code.filter((path) => /^(provider|cli|emulator|tools|bench|test)\//.test(path));
  expect(found(programs, /import (type )?\{.*\} from "zod"/)).toEqual([]);
});

test("only the configuration reads the environment, except that the startup reads its cache folder", () => {
  const reads = found(
    filesIn("provider").filter((path) => path.endsWith(".ts")),
    /\bprocess\.env\b/,
  );
  const files = ["provider/posthog/configuration.ts", "provider/startup.ts"];
  expect(reads.map((line) => line.split(":")[0])).toEqual(files);
});

test("decisions use no network, no files and no clock", () => {
  const pure = ["provider/matrix", "provider/access", "provider/sso", "provider/audit"].flatMap(filesIn);
  expect(found(pure, /\bfetch\(|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bconsole\./)).toEqual([]);
});
