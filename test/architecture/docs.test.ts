import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { needsRows } from "../../provider/engine/needs";
import { handlers } from "../../provider/handlers";
import { environmentNames } from "../../provider/posthog/configuration";
import { version } from "../../provider/posthog/version";
import { anchor } from "../../tools/docs/markdown";
import { leftOver, makeDocumentation } from "../../tools/docs/pages";
import { blocksOf, problemsIn } from "../support/programs";
import { filesIn, root, textOf } from "../support/sources";

const documents = filesIn(".").filter((path) => path.endsWith(".md") && !path.startsWith("test/"));

describe("pages generated from the sources", () => {
  const { pages, contradictions } = makeDocumentation(root, handlers);

  test("docstrings match the handlers", () => expect(contradictions).toEqual([]));

  test("are as `npm run docs` generates them", () => {
    const stale = [...pages].filter(([path, text]) => !existsSync(join(root, path)) || textOf(path) !== text);
    expect([...stale.map(([path]) => path), ...leftOver(root, pages)]).toEqual([]);
  });
});

describe("what people read", () => {
  test("every resource is in the README, with its page", () => {
    const readme = textOf("README.md");
    const pages = filesIn("docs/resources");
    expect(pages.length).toBeGreaterThanOrEqual(handlers.size);
    expect(pages.filter((path) => !readme.includes(`](${path})`))).toEqual([]);
  });

  test("every setting is in the README, with its key and its variables", () => {
    const readme = textOf("README.md");
    const names = Object.entries(environmentNames).flatMap(([key, variables]) => [
      `posthog:${key}`,
      ...variables,
    ]);
    expect([...names, "posthog:accounts"].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test("the quick start lists exactly the scopes that resources need", () => {
    const [, chosen = ""] = /```text\n((?:\w+:write\n)+)```/.exec(textOf("README.md")) ?? [];
    const definitions = [...handlers.keys()].flatMap((type) => handlers.get(type)?.definition ?? []);
    const names = definitions.flatMap(({ needs }) => needsRows(needs).flatMap((row) => row.needs.scopes));
    const written = [...new Set(names.filter((name) => name.endsWith(":write")))].sort();
    expect(chosen.trim().split("\n")).toEqual(written);
    const covered = names.every(
      (name) => name.startsWith("<") || written.includes(name.replace(":read", ":write")),
    );
    expect(covered).toBe(true);
  });

  test("the changelog has a section for this version", () => {
    expect(textOf("CHANGELOG.md")).toMatch(
      new RegExp(`^(## \\[${version}\\] - \\d{4}-\\d\\d-\\d\\d|The first version, ${version})`, "m"),
    );
  });

  test("every explained message is printed by the package", () => {
    const rows = [...textOf("docs/errors.md").matchAll(/^\| (`.+?) \|/gm)].map(([, message = ""]) => message);
    const quoted = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text));
    const sources = filesIn("provider")
      .map((path) => textOf(path))
      .join("\n");
    expect(quoted.length).toBeGreaterThan(15);
    expect(quoted.filter((text) => !sources.includes(text))).toEqual([]);
  });

  test("every common problem in the README names the `doctor` checks that find it", () => {
    const rows = [...textOf("README.md").matchAll(/^\| \*\*.+ \| (`[^|]+) \|$/gm)].map(
      ([, checks = ""]) => checks,
    );
    const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
    const doctor = filesIn("cli")
      .map((path) => textOf(path))
      .join("\n");
    expect(rows).not.toEqual([]);
    expect(named.filter((name) => !doctor.includes(`"${name}"`))).toEqual([]);
  });

  test("links point to existing files and headings", () => {
    expect(documents.flatMap(deadLinks)).toEqual([]);
  });

  test("examples compile, except for names that they leave to the reader", () => {
    expect(problemsIn(documents.flatMap((path) => blocksOf(path, textOf(path))))).toEqual([]);
  });
});

function deadLinks(path: string): string[] {
  const prose = textOf(path).replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(https?|mailto):/.test(target) && !isThere(path, target))
    .map((target) => `${path} links to ${target}`);
}

function isThere(from: string, target: string): boolean {
  const [file = "", heading] = target.split("#");
  const path = file === "" ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(root, path))) return false;
  if (heading === undefined) return true;
  const headings = [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) => anchor(text));
  return headings.includes(`#${heading}`);
}
