import ts from "typescript";
import { filesIn, parse, textOf } from "../support/sources";

/** British spellings and retired words, each with its replacement. */
const RETIRED: readonly [pattern: RegExp, instead: string][] = [
  [/organisation/i, "organization"],
  [/behaviour/i, "behavior"],
  [/\bcolour/i, "color"],
  [/\bcancell(ed|ing)\b/i, "canceled"],
  [/embedded PostHog/i, "the emulator"],
  [/\blook-?ups?\b/i, "function, or read"],
  [/\bwhoever\b/i, "anyone who"],
  [/\bcures?\b/i, "fix"],
  [/\bmint(s|ed|ing)?\b/i, "create"],
];

/** Where an older spelling stays: addresses, what people type, and recordings of earlier versions. */
const KEPT: readonly [path: RegExp, line: RegExp][] = [
  [/^examples\/two-organisations\//, /./],
  [/./, /two-organisations/],
  // Links to the page that is now called "Functions".
  [/./, /docs\/lookups\.md|^# Look-ups|lookups\.md\)/],
  [/^docs\/lookups\.md$/, /./],
  // What people type instead of PostHog's own names.
  [/^provider\/access\/scopeObjects\.ts$/, /organisation/],
  [/^test\/provider\/access\/scopes\.test\.ts$/, /organisation:read/],
  [/^test\/provider\/functions\/functions\.test\.ts$/, /organisationId/],
  // Fingerprints contain the sentences of version 0.1.0.
  [/^provider\/review\/identity\.ts$/, /organisation/],
  [/^test\/fixtures\/(oldStack|outputs|publicNames)\//, /./],
  [/^test\/recordings\/(tapes|scenarios|seeds)\//, /./],
  [/^test\/architecture\/vocabulary\.test\.ts$/, /./],
];

interface Line {
  readonly path: string;
  readonly number: number;
  readonly text: string;
}

const isKept = ({ path, text }: Line): boolean =>
  KEPT.some(([where, what]) => where.test(path) && what.test(text));

/** Lines with retired words, and the replacements. */
function retiredIn(lines: readonly Line[], words = RETIRED): string[] {
  return lines
    .filter((line) => !isKept(line))
    .flatMap(({ path, number, text }) =>
      words
        .filter(([pattern]) => pattern.test(text))
        .map(([, instead]) => `${path}:${number} say "${instead}": ${text.trim().slice(0, 120)}`),
    );
}

const linesOf = (path: string): Line[] =>
  textOf(path)
    .split("\n")
    .map((text, index) => ({ path, number: index + 1, text }));

/** The texts that a source shows people: its string literals, except module names. */
function shownIn(path: string): Line[] {
  const source = parse(path);
  const shown: Line[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    // A text of several words is a sentence; one word is a key.
    if (
      (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) &&
      / /.test(node.text)
    ) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      shown.push({ path, number: line + 1, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return shown;
}

const isText = (path: string): boolean => !/\.(png|svg|gif|tgz|log|sum)$|package-lock\.json$/.test(path);

test('everything spells "organization", except for a list of exceptions', () => {
  const spelling = RETIRED.filter(([, instead]) => ["organization", "behavior"].includes(instead));
  expect(retiredIn(filesIn(".").filter(isText).flatMap(linesOf), spelling)).toEqual([]);
});

test("pages use no retired word", () => {
  const pages = filesIn(".").filter((path) => path.endsWith(".md") && !path.startsWith("test/"));
  expect(retiredIn(pages.flatMap(linesOf))).toEqual([]);
});

test("messages, help and the page use no retired word", () => {
  const sources = ["provider", "cli", "emulator", "tools", "bench"]
    .flatMap(filesIn)
    .filter((path) => path.endsWith(".ts") && !path.includes(".generated."));
  expect(retiredIn(sources.flatMap(shownIn))).toEqual([]);
});

test("comments use no retired word", () => {
  const words: typeof RETIRED = [...RETIRED, [/\bbeside\b/i, "next to, in addition to"]];
  const comments = ["provider", "cli", "emulator", "tools", "bench"]
    .flatMap(filesIn)
    .filter((path) => path.endsWith(".ts") && !path.includes(".generated."))
    .flatMap(linesOf)
    .filter(({ text }) => /^\s*(\/\*\*|\*|\/\/)/.test(text));
  expect(retiredIn(comments, words)).toEqual([]);
});
