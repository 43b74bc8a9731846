import ts from "typescript";
import { parse as parseYaml } from "yaml";
import * as z from "zod";
import type { Freedom, Json, JsonObject } from "../../support/contradictions";

/** How to read an output, and which parts may change. */
interface Form extends Freedom {
  /** The output as data. Texts for people become the names in them. */
  read(text: string, names: readonly string[]): Json;
}

export const formNames = [
  "doctor",
  "review",
  "review.csv",
  "changes",
  "drift",
  "sarif",
  "adopt",
  "audit",
  "audit.csv",
  "audit.rows",
  "cursor",
  "matrix",
  "program",
  "exports",
  "version",
  "text",
  "anything",
] as const;

const through = ["people[].access[]", "keys[].access[]"].flatMap((access) => [
  `${access}.through`,
  `${access}.resources[].through`,
]);

/** What each form must keep. */
export const forms: Readonly<Record<(typeof formNames)[number], Form>> = {
  // Servers differ in what doctor finds, and the emulator in how well it matches them: names and fields must stay.
  doctor: { read: readDoctor, sets: ["names"], records: ["checks"] },
  review: {
    read: readJson,
    sentences: [
      "findings[].message",
      "findings[].evidence",
      "findings[].fix",
      "keys[].withoutAccess",
      ...through,
    ],
    sets: ["findings"],
    records: ["omissions"],
  },
  "review.csv": { read: readReviewCsv, sentences: ["rows[].through"], sets: ["rows"] },
  changes: {
    read: readJson,
    sentences: ["people[].summary", "people[].changes[].through", "warnings", "notes"],
    records: ["omissions"],
  },
  drift: {
    read: readJson,
    sentences: ["differences[].title", "unmanaged[].title", "unread[].message", "unread[].fix", "notes"],
    sets: ["differences", "unmanaged"],
    records: ["differences[].cause", "unmanaged[].cause", "moved"],
  },
  sarif: {
    read: readJson,
    sentences: [
      "runs[].results[].message.text",
      ...["shortDescription", "fullDescription", "help"].map(
        (text) => `runs[].tool.driver.rules[].${text}.text`,
      ),
    ],
    values: ["runs[].tool.driver.version", "runs[].results[].ruleIndex"],
    sets: ["runs[].results", "runs[].tool.driver.rules"],
    records: ["runs[].invocations[].toolExecutionNotifications"],
  },
  adopt: {
    read: readJson,
    sentences: ["adopted[].differs", "left[].why"],
    values: ["backup"],
    sets: ["adopted", "left", "later"],
  },
  // What PostHog logs, and whom it names, is up to the emulator.
  audit: { read: readLines, records: [""] },
  "audit.csv": { read: (text) => ({ columns: numbered(cellsOf(text.split(/\r?\n/)[0] ?? "")) }) },
  "audit.rows": {
    read: (text) => ({ hasHeader: text.startsWith("createdAt,"), cells: cellsOf(text).length > 10 }),
  },
  cursor: { read: readJson, values: ["seen"] },
  matrix: { read: (text) => z.json().parse(parseYaml(text)) },
  program: { read: readProgram },
  exports: {
    read: (text) => [...text.matchAll(/^export (\w+)=\S/gm)].map(([, name = ""]) => name),
    sets: [""],
  },
  version: { read: (text) => /^\d+\.\d+\.\d+(-[\w.]+)?\n$/.test(text) },
  text: { read: namesInText, sets: [""] },
  anything: { read: (text) => text !== "" },
};

function readJson(text: string): Json {
  return z.json().parse(JSON.parse(text));
}

function readLines(text: string): Json {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => z.json().parse(JSON.parse(line)));
}

const doctorSchema = z.looseObject({
  ok: z.boolean(),
  checks: z.array(
    z.looseObject({
      name: z.string(),
      status: z.enum(["ok", "warning", "problem", "skipped"]),
      message: z.string(),
      details: z.array(z.string()).optional(),
      fix: z.string().optional(),
    }),
  ),
});

function readDoctor(text: string): Json {
  const whole = readJson(text);
  const { checks } = doctorSchema.parse(whole);
  return { ...z.record(z.string(), z.json()).parse(whole), names: checks.map(({ name }) => name) };
}

/** The rows by the header's names. A row of what could not be read has sentences. */
function readReviewCsv(text: string): Json {
  const [header = "", ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
  const columns = cellsOf(header);
  const rows = lines.map((line): JsonObject => {
    const cells = cellsOf(line);
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""]));
  });
  return {
    columns: numbered(columns),
    rows: rows.map((row) => (row.kind === "not read" ? { kind: row.kind, through: row.through ?? "" } : row)),
  };
}

/** The cells of a line. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = ""]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}

/** Columns by position: programs find them by name or by number. */
function numbered(columns: readonly string[]): JsonObject {
  return Object.fromEntries(columns.map((column, index) => [String(index), column]));
}

/** A program's resources with the names of their arguments. */
function readProgram(text: string): Json {
  const resources: Record<string, JsonObject> = {};
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node)) {
      const [name, args] = node.arguments ?? [];
      if (name !== undefined && args !== undefined && ts.isObjectLiteralExpression(args)) {
        const names = args.properties.flatMap(({ name: property }) => property?.getText() ?? []);
        resources[`${node.expression.getText()} ${name.getText()}`] = Object.fromEntries(
          names.map((property) => [property, true]),
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("index.ts", text, ts.ScriptTarget.ES2022, true));
  return resources;
}

/** The names in a text, in any markup. */
function namesInText(text: string, names: readonly string[]): string[] {
  const plain = text.replaceAll("\\", "");
  return names.filter((name) => new RegExp(`(?<![\\w.])${name.replace(/[.]/g, "\\.")}(?![\\w])`).test(plain));
}
