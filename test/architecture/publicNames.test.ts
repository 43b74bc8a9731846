import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { loadSeed } from "../../emulator/seed/seed";
import { parseMatrix } from "../../provider/matrix/parse";
import { withFolder } from "../support/command";
import { contradictions } from "../support/contradictions";
import { blocksOf, compile, problemsIn, type TextProgram } from "../support/programs";
import { type PublicFields, publicNames } from "../support/publicNames";
import { root, textOf } from "../support/sources";

const folder = "test/fixtures/publicNames";
const recorded = z
  .record(z.string(), z.record(z.string(), z.json()))
  .parse(JSON.parse(textOf(`${folder}/names.json`)));
const pages = textOf(`${folder}/programs.md`)
  .split(/^## /m)
  .slice(1)
  .map((section) => ({ path: section.slice(0, section.indexOf("\n")), text: section }));
const programs = pages.flatMap(({ path, text }): TextProgram[] =>
  path.endsWith(".ts")
    ? [{ path: join(root, path), text: fenced(text, "ts")[0] ?? "" }]
    : blocksOf(path, text),
);
const program = compile(programs);

const fieldsSchema = z.record(z.string(), z.array(z.string()));
const namesSchema = z.record(
  z.string(),
  z.looseObject({ fields: fieldsSchema.optional(), takes: fieldsSchema.optional() }),
);

/** A name that no program could use: its constructor took a handler, and handlers were never exported. */
const retired: ReadonlySet<string> = new Set(["DynamicProvider.value is missing"]);

/** The new required fields. */
function added(before: object | undefined, now: PublicFields | undefined): string[] {
  if (before === undefined || now === undefined) return [];
  return Object.entries(now).flatMap(([name, marks]) =>
    name in before || marks.includes("optional") ? [] : [name],
  );
}

/** A page's code blocks in one language. */
function fenced(text: string, language: string): string[] {
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))];
  return blocks.map(([, block = ""]) => block);
}

describe("programs of version 0.1.0 still compile", () => {
  test("programs", () => {
    expect(programs.length).toBeGreaterThan(40);
    expect(problemsIn(programs, program)).toEqual([]);
  });

  const yaml = pages.flatMap(({ path, text }) => fenced(text, "yaml").map((block) => ({ path, block })));

  test.each(yaml.filter(({ block }) => /^access_matrix:/m.test(block)))("a matrix of $path", ({ block }) => {
    expect(parseMatrix(block).problems).toEqual([]);
  });

  test.each(yaml.filter(({ block }) => /^organizations:/m.test(block)))("a seed of $path", ({ block }) => {
    return withFolder(async (pathOf) => {
      writeFileSync(pathOf("seed.yaml"), block);
      expect(loadSeed(pathOf("seed.yaml")).organizations.length).toBeGreaterThan(0);
    });
  });
});

describe("programs can import everything that version 0.1.0 had", () => {
  const today = publicNames(program);

  test.each(Object.keys(recorded))("%s", (entry) => {
    const names = recorded[entry] ?? {};
    expect(Object.keys(names).length).toBeGreaterThan(0);
    const missing = contradictions(names, z.json().parse(today[entry] ?? {}), { sets: "all" });
    expect(missing.filter((one) => !retired.has(one))).toEqual([]);
  });

  test("no argument became required", () => {
    const before = namesSchema.parse(recorded["pulumi-posthog"]);
    const required = Object.entries(before).flatMap(([name, { fields, takes }]) => {
      const now = today["pulumi-posthog"]?.[name];
      const written = name.endsWith("Args") ? added(fields, now?.fields) : added(takes, now?.takes);
      return written.map((field) => `${name}.${field}`);
    });
    expect(required).toEqual([]);
  });
});
