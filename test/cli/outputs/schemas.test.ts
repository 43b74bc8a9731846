import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "../../../cli/program";
import { reportSchemas, reportSchemaTexts } from "../../../tools/docs/reportSchemas";
import { root } from "../../support/sources";
import { cases, recordedText } from "./recorded";
import { hasSchema, readBy, throughSchema } from "./schemas";

test.each([...reportSchemaTexts()])(
  "%s is generated from the schema that the command prints with",
  (path, text) => {
    expect(existsSync(join(root, path))).toBe(true);
    expect(readFileSync(join(root, path), "utf8")).toBe(text);
  },
);

const printed = cases.flatMap(({ name, prints }) =>
  prints === undefined || !hasSchema(prints) ? [] : [{ name, prints }],
);

test("there are recordings of every command except export, which had no report", () => {
  expect(printed.length).toBeGreaterThan(25);
});

test.each(printed)("$name of version 0.1.0 matches the schema", ({ name, prints }) => {
  const { reports, read } = throughSchema(prints, recordedText(name)) ?? {};
  expect(read).toEqual(reports);
});

test.each(Object.keys(reportSchemas) as (keyof typeof reportSchemas)[])(
  "the schema of %s accepts what later versions add, and nothing else",
  (name) => {
    expect(() => readBy(name, {})).toThrow();
    expect(() => readBy(name, { schemaVersion: 2 })).toThrow();
  },
);

test("every command that reports has --json", () => {
  const without = createProgram()
    .commands.filter(({ options }) => !options.some(({ long }) => long === "--json"))
    .map((command) => command.name());
  expect(without).toEqual(["completion", "emulate"]);
});
