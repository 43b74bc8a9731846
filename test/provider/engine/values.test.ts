import fc from "fast-check";
import * as z from "zod";
import { changedFields } from "../../../provider/engine/diff";
import { issuesToFindings } from "../../../provider/engine/issues";
import { shellText } from "../../../provider/engine/shell";
import { dropUndefined, sameJson } from "../../../provider/engine/state";
import { containsUnknown, knownOnly, unknownValue } from "../../../provider/engine/unknown";

const json = fc.jsonValue({ maxDepth: 3 });

describe("values that are not known yet", () => {
  test("are found at any depth", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(containsUnknown({ deep: [value, { deeper: unknownValue }] })).toBe(true);
        expect(containsUnknown({ deep: [value] })).toBe(false);
      }),
    );
  });

  test("remove their property, and no other", () => {
    expect(knownOnly({ name: "Staging", projects: [1, unknownValue] })).toEqual({ name: "Staging" });
  });
});

describe("properties on their way to the engine", () => {
  test("lose undefined at any depth, because its encoder refuses it", () => {
    expect(dropUndefined({ a: undefined, b: { c: undefined, d: [undefined, 1] } })).toEqual({
      b: { d: [null, 1] },
    });
  });

  test("are equal to themselves whatever the order of their keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(sameJson(value, reversed)).toBe(true);
      }),
    );
  });

  const different: [unknown, unknown][] = [
    [1, "1"],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 1, b: 2 }],
    [[], {}],
    [0, null],
    [false, undefined],
  ];
  test.each(different)("%j is not %j", (one, other) => {
    expect(sameJson(one, other)).toBe(false);
  });
});

describe("the arguments that differ", () => {
  const fields = {
    projectId: { replaces: true },
    user: {
      replaces: true,
      same: (one: unknown, other: unknown) => String(one).toLowerCase() === String(other).toLowerCase(),
    },
    accessLevel: {},
    adminsOnly: { replaces: true, default: false },
  };
  const table: [string, object, object, string[], string[]][] = [
    ["none, when nothing changed", { accessLevel: "admin" }, { accessLevel: "admin" }, [], []],
    ["one in place", { accessLevel: "admin" }, { accessLevel: "none" }, ["accessLevel"], []],
    ["one that replaces", { projectId: 1 }, { projectId: 2 }, ["projectId"], ["projectId"]],
    ["none, when the spelling differs only", { user: "Ann@acme.com" }, { user: "ann@ACME.com" }, [], []],
    [
      "an unknown one, which never replaces",
      { projectId: 1 },
      { projectId: unknownValue },
      ["projectId"],
      [],
    ],
    ["one that was taken out", { accessLevel: "admin" }, {}, ["accessLevel"], []],
    ["one that is emptied instead of left alone", {}, { accessLevel: null }, ["accessLevel"], []],
    ["none, when it stays empty", { accessLevel: null }, { accessLevel: null }, [], []],
    ["none, when the default is written down", {}, { adminsOnly: false }, [], []],
    ["one that departs from its default", {}, { adminsOnly: true }, ["adminsOnly"], ["adminsOnly"]],
    ["one that goes back to its default", { adminsOnly: true }, {}, ["adminsOnly"], ["adminsOnly"]],
    ["nothing that is no argument", { uuid: "1" }, {}, [], []],
  ];
  test.each(table)("%s", (_, stored, declared, changed, replaced) => {
    const changes = changedFields({ args: z.object({}), fields }, { ...stored }, { ...declared });
    expect(changes.map(({ name }) => name)).toEqual(changed);
    expect(changes.filter(({ replaces }) => replaces).map(({ name }) => name)).toEqual(replaced);
  });
});

describe("what is wrong with arguments", () => {
  const schema = z.strictObject({
    name: z.string("must be text").min(1, "must not be empty"),
    level: z.union([z.enum(["none", "admin"]), z.literal(8)], { error: "must be none or admin" }),
    list: z.array(z.string("must be text")).optional(),
    adopt: z.boolean().optional(),
    levels: z.record(z.string(), z.string()).optional(),
    number: z.number().int().refine(Number.isSafeInteger, "must be a project's number").optional(),
  });
  const findings = (properties: Record<string, unknown>): string[] => {
    const parsed = schema.safeParse(properties);
    if (parsed.success) return [];
    return issuesToFindings(parsed.error, properties, ["name", "level", "list"]).map(
      ({ property, message }) => `${property}: ${message}`,
    );
  };
  const table: [string, Record<string, unknown>, string[]][] = [
    ["a missing one", { level: 8 }, ["name: is required"]],
    ["an empty one", { name: "", level: 8 }, ["name: must not be empty"]],
    ["one of the wrong type", { name: 5, level: 8 }, ["name: must be text"]],
    ["one outside a list of values", { name: "x", level: "superuser" }, ["level: must be none or admin"]],
    ["one of the wrong type that is too short as well", { name: [], level: 8 }, ["name: must be text"]],
    [
      "one that the schema has no words for",
      { name: "x", level: 8, adopt: "yes", levels: [1], list: 5 },
      ["list: must be a list", "adopt: must be true or false", "levels: must be an object"],
    ],
    [
      "a number that is far too large",
      { name: "x", level: 8, number: 1e308 },
      ["number: must be a project's number"],
    ],
    ["an entry of a list", { name: "x", level: 8, list: ["a", 2] }, ["list[1]: must be text"]],
    [
      "an unknown name, with the nearest",
      { name: "x", level: 8, lvel: 8 },
      ["lvel: unknown argument; did you mean level?"],
    ],
    [
      "nothing, while a value is not known yet",
      { name: unknownValue, level: unknownValue, list: [unknownValue] },
      [],
    ],
  ];
  test.each(table)("%s", (_, properties, expected) => {
    expect(findings(properties)).toEqual(expected);
  });

  test("is reported without the value, which may be a secret", () => {
    expect(findings({ name: 5, level: "hush-hush" }).join()).not.toContain("hush");
  });

  test("is found in time that grows with its number: a list of 5,000 wrong entries takes no minute", () => {
    const list = Array.from({ length: 5_000 }, (_, at) => at);
    expect(findings({ name: "x", level: 8, list })).toHaveLength(list.length);
  });
});

describe("the provider's text in the state", () => {
  test("is the same in every version, since users' states contain it", () => {
    expect(shellText("Project")).toBe(
      'exports.handler=()=>require("module").createRequire(process.cwd()+"/_.js")("pulumi-posthog/runtime").provider("Project")',
    );
  });
});
