import ts from "typescript";
import { filesIn, parse, textOf } from "../support/sources";

const code = ["provider", "cli", "emulator", "tools", "bench", "test", "examples"]
  .flatMap(filesIn)
  .filter((path) => /\.(ts|js|mjs|cjs)$/.test(path));
const everything = filesIn(".").filter((path) => !/\.(tgz|log|png|gif)$/.test(path));

/** Files in which a text stands, with the line. */
function found(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );
}

describe("every name that the provider exports says what it is", () => {
  const provider = filesIn("provider").filter((path) => path.endsWith(".ts"));

  test("with a docstring right above it", () => {
    expect(provider.flatMap(undocumented)).toEqual([]);
  });

  function undocumented(path: string): string[] {
    return parse(path)
      .statements.filter((statement) => ts.canHaveModifiers(statement) && isExported(statement))
      .filter((statement) => !isDocumented(statement))
      .map((statement) => `${path}: ${statement.getText().split("\n")[0]}`);
  }

  function isExported(statement: ts.HasModifiers): boolean {
    return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
  }

  /** An overload is described with the first of its signatures. */
  function isDocumented(statement: ts.Statement): boolean {
    const comments = statement.getFullText().slice(0, statement.getLeadingTriviaWidth());
    if (/\/\*\*[\s\S]*\S[\s\S]*\*\/\s*$/.test(comments)) return true;
    if (!ts.isFunctionDeclaration(statement)) return false;
    const earlier = statement
      .getSourceFile()
      .statements.filter(
        (other) =>
          ts.isFunctionDeclaration(other) &&
          other.name?.text === statement.name?.text &&
          other.pos < statement.pos,
      );
    return earlier.some(isDocumented);
  }
});

describe("what is written is what is meant", () => {
  test("no file is longer than 500 lines: each is one thing", () => {
    const lines = (path: string): number => textOf(path).trimEnd().split("\n").length;
    expect(code.filter((path) => lines(path) > 500)).toEqual([]);
  });

  test("nothing is left for later, and no check is silenced", () => {
    expect(
      found(code, /\b(TO[D]O|FIX[M]E|XX[X])\b|biome[-]ignore|eslint[-]disable|@ts[-](ignore|nocheck|expect)/),
    ).toEqual([]);
    expect(found(code, /\bas[ ]unknown as\b/)).toEqual([]);
  });

  test("no test is left out, and none hides the others", () => {
    expect(found(code, /\b(test|it|describe)\.(skip|only|todo|failing)\b|\bx(test|it|describe)\(/)).toEqual(
      [],
    );
  });

  test("no file names a folder of somebody's machine, or where packages were fetched from", () => {
    expect(found(everything, /(^|[^\w./])\/(work|root|Users|home\/\w+)\/\w/)).toEqual([]);
    expect(found(everything, /registry\.\w+\.(org|com)|"resolved": "https?:/)).toEqual([]);
  });

  test("no file holds a credential: keys are made up and short, private keys are nobody's", () => {
    const credential = /\bph[xsa]_[A-Za-z0-9]{40,}|PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{100,}/;
    // The recordings' keys are as long as real ones: they count up, so that everybody sees that they are none.
    const madeUp = /phx_rp[a-z0-9]+A1b2C3d4E5f6G7h8J9k1L2m3N4p5Q6\w*/g;
    const isTold = (path: string) => credential.test(textOf(path).replaceAll(madeUp, ""));
    expect(everything.filter(isTold)).toEqual([]);
  });
});

test("only one file of the provider reads the environment", () => {
  const reads = found(
    filesIn("provider").filter((path) => path.endsWith(".ts")),
    /\bprocess\.env\b/,
  );
  expect(reads.map((line) => line.split(":")[0])).toEqual(["provider/posthog/configuration.ts"]);
});

test("decisions reach out to nothing: no network, no files, no clock of their own", () => {
  const pure = ["provider/matrix", "provider/access", "provider/sso", "provider/audit"].flatMap(filesIn);
  expect(found(pure, /\bfetch\(|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bconsole\./)).toEqual([]);
});
