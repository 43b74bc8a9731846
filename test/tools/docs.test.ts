import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { defineResource } from "../../provider/engine/define";
import type { Definition } from "../../provider/engine/definition";
import { anchor, cell, table } from "../../tools/docs/markdown";
import { leftOver, makeDocumentation } from "../../tools/docs/pages";
import { blocksOf, fieldTextOf } from "../../tools/sources/docstring";

const schema = z.strictObject({
  name: z.string(),
  size: z.enum(["small", "large"]).optional(),
  parts: z.array(z.string()).optional(),
});
type Shape = (typeof schema)["shape"];

const box: Definition<Shape> = {
  type: "Box",
  args: schema,
  fields: { name: { replaces: true }, size: {}, parts: {} },
  existing: "refuse",
  title: () => "a box",
  needs: {
    always: [{ scope: "box:write" }],
    when: [
      { argument: "size", is: ["large"], needs: [{ feature: "large_boxes" }] },
      { argument: "parts", is: "filled", needs: [{ scope: "part:read" }] },
    ],
  },
  find: async () => undefined,
  observe: async () => undefined,
  create: async () => ({ id: "1", args: {}, outputs: {} }),
  update: async (_connection, live) => live,
  delete: async () => {},
};

const source = `
import type * as pulumi from "@pulumi/pulumi";
/** Arguments of all. */
export interface CommonArgs {
  /** Who pays. Default: nobody. */
  account?: pulumi.Input<string>;
}
/** The base. */
export abstract class PosthogResource {
  /** Where it stands. */
  declare public readonly place: pulumi.Output<string>;
}
/** A part. */
export interface Part {
  /** Which | one. */
  id: pulumi.Input<number>;
}
type Size = "small" | "large";
/** The arguments of a box. */
export interface BoxArgs extends CommonArgs {
  /** Its name, at most 3.5 metres. Replaces. */
  name: pulumi.Input<string>;
  /** Its size. Default \`small\`. Updated in place. */
  size?: pulumi.Input<Size>;
  /** Its parts. */
  parts?: pulumi.Input<pulumi.Input<Part | null>[]>;
}
/**
 * A box
 * of cardboard.
 *
 * \`\`\`ts
 * new posthog.Box("one", { name: "A" });
 *
 * new posthog.Box("two", { name: "B", size: "large" });
 * \`\`\`
 *
 * Not for liquids.
 *
 * Destroying it shreds it.
 *
 * \`Box.get(name, id)\` takes its number.
 *
 * Scopes: \`box:write\`, with \`parts\` also \`part:read\`. Level: none. It is heavy.
 */
export class Box extends PosthogResource {
  declare public readonly name: pulumi.Output<string>;
  /** How heavy it is, in kilograms. */
  declare public readonly weight: pulumi.Output<number | undefined>;
  constructor(name: string, args: BoxArgs) {
    super();
  }
}
`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "docs-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), text);
}

async function documentation(text = source, definition = box): Promise<ReturnType<typeof makeDocumentation>> {
  await write("provider/resources/box.ts", text);
  return makeDocumentation(root, new Map([["Box", defineResource(definition)]]));
}

describe("the page of a resource", () => {
  test("is complete, in the order in which people read it", async () => {
    const { pages, contradictions } = await documentation();
    expect(contradictions).toEqual([]);
    expect(pages.get("docs/resources/box.md")).toBe(
      await readFile(join(__dirname, "..", "fixtures", "docs", "box.md"), "utf8"),
    );
  });

  test("is linked from the index, like hand-written pages and the permissions page", async () => {
    await write("docs/errors.md", "# When something goes wrong\n");
    const { pages } = await documentation();
    const index = pages.get("docs/README.md");
    expect(index).toContain("| [Box](resources/box.md) | A box of cardboard. |");
    expect(index).toContain("- [When something goes wrong](errors.md)");
    expect(pages.get("docs/permissions.md")).toContain("| `parts` | `part:read` |");
  });

  test("is stale once its resource is removed, unless a person wrote it", async () => {
    const { pages } = await documentation();
    await write("docs/resources/box.md", pages.get("docs/resources/box.md") ?? "");
    await write("docs/resources/old.md", "<!-- Made by `npm run docs` -->\n# Old\n");
    await write("docs/resources/essay.md", "# On boxes\n");
    expect(leftOver(root, pages)).toEqual(["docs/resources/old.md"]);
  });
});

describe("a source that contradicts itself is reported", () => {
  const table: [string, [string, string], string][] = [
    ["an argument without a docstring", ["/** Its parts. */", ""], "BoxArgs.parts has no docstring"],
    [
      "an output without a docstring",
      ["/** How heavy it is, in kilograms. */", ""],
      "weight has no docstring",
    ],
    ["a nested type without a docstring", ["/** A part. */", ""], "Part has no docstring"],
    ["an argument that no schema knows", ["  size?:", "  sise?:"], "BoxArgs.sise is unknown to the handler"],
    ["an argument that is not documented", ["  size?:", "  sise?:"], "the argument size is not in BoxArgs"],
    ["a required argument that is documented as optional", ["  name:", "  name?:"], "name is required"],
    ["an optional argument that is documented as required", ["size?:", "size:"], "size is optional"],
    ["a replacement that is not documented", [" Replaces.", ""], "a change of name replaces"],
    ["a replacement that is denied", ["Replaces.", "Updated in place."], "a change of name replaces"],
    [
      "a replacement that does not happen",
      ["Updated in place.", "Replaces."],
      "a change of size is made in place",
    ],
    ["a scope that is not named", ["`part:read`", "more"], "it declares the scope part:read"],
    [
      "a missing word on destroying",
      ["Destroying", "Shredding"],
      "no paragraph that begins with `Destroying`",
    ],
    [
      "a missing sentence about `get`",
      ["`Box.get(name, id)` takes", "It has"],
      "does not say what `get` takes",
    ],
    ["a missing sentence about scopes", ["Scopes:", "Needs:"], "no paragraph that begins with `Scopes:`"],
  ];
  test.each(table)("%s", async (_, [from, to], problem) => {
    expect(source.replaceAll("\\`", "`")).toContain(from);
    const { contradictions } = await documentation(source.replace(from, to));
    expect(contradictions).toContainEqual(expect.stringContaining(`Box: `));
    expect(contradictions).toContainEqual(expect.stringContaining(problem));
  });

  test("a class without a handler", async () => {
    await write("provider/resources/box.ts", source);
    expect(makeDocumentation(root, new Map()).contradictions).toEqual(["Box: it has no handler"]);
  });
});

describe("reading a docstring", () => {
  test.each([
    [
      "Label. Default: none. Updated in place.",
      { what: "Label.", default: "none", replaces: false, change: "in place" },
    ],
    [
      "Name. Updated in place; the id stays.",
      { what: "Name.", default: "", replaces: false, change: "in place; the id stays" },
    ],
    ["Domain. Unique. Replaces.", { what: "Domain. Unique.", default: "", replaces: true, change: "" }],
    ["Share.\nDefault 0.25.", { what: "Share.", default: "0.25", replaces: undefined, change: "" }],
    [
      "Off or on. Default 0: one look. Needs a session.",
      { what: "Off or on. Needs a session.", default: "0: one look", replaces: undefined, change: "" },
    ],
    [
      "By default all of it.",
      { what: "By default all of it.", default: "", replaces: undefined, change: "" },
    ],
  ])("%s", (docstring, expected) => {
    expect(fieldTextOf(docstring)).toEqual(expected);
  });

  test("a code example stays whole, with its blank lines", () => {
    expect(blocksOf("One.\n\n```ts\na();\n\nb();\n```\n\nTwo\nlines.").map(({ text }) => text)).toEqual([
      "One.",
      "```ts\na();\n\nb();\n```",
      "Two\nlines.",
    ]);
  });
});

describe("markdown", () => {
  test("a table omits columns without any text", () => {
    expect(
      table(
        ["A", "B", "C"],
        [
          ["1", "", "2"],
          ["3", "", ""],
        ],
      ),
    ).toBe("| A | C |\n| --- | --- |\n| 1 | 2 |\n| 3 |   |");
  });
  test("a bar in a cell does not end the cell", () => expect(cell("a | b")).toBe("a \\| b"));
  test("an anchor links to a heading", () => expect(anchor("What it needs")).toBe("#what-it-needs"));
});
