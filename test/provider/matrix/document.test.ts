import { type MatrixDocument, readText, readValue } from "../../../provider/matrix/document";
import { problemLine } from "../../../provider/matrix/problem";

const problems = (text: string) => readText(text).problems.map((problem) => problemLine(problem));
const place = (document: MatrixDocument, path: (string | number)[], onName?: boolean) => {
  const { line, column } = document.position(path, onName) ?? {};
  return `${line}:${column}`;
};

const nested = (depth: number) => `a: ${"[".repeat(depth)}${"]".repeat(depth)}`;
const bomb = (levels: number) =>
  Array.from(
    { length: levels },
    (_, level) => `l${level}: &l${level} [${Array(9).fill(level === 0 ? "1" : `*l${level - 1}`)}]`,
  ).join("\n");

describe("a text", () => {
  const document = readText("one: {two: [1, three]}\nfour:\n  five: six\n  seven:\n    - eight\nnine:\n");

  test("is read as plain values", () => {
    expect(document.problems).toEqual([]);
    expect(document.value).toEqual({
      one: { two: [1, "three"] },
      four: { five: "six", seven: ["eight"] },
      nine: null,
    });
  });

  test.each<[string, (string | number)[], string]>([
    ["a value on the line of its name stands where it begins", ["one", "two"], "1:12"],
    ["an item of a list stands where it begins", ["one", "two", 1], "1:16"],
    ["text stands where it begins", ["four", "five"], "3:9"],
    ["a mapping below its name stands at the name", ["four"], "2:1"],
    ["a list below its name stands at the name", ["four", "seven"], "4:3"],
    ["what was not written stands where its parent is", ["four", "missing", "deeper"], "2:1"],
    ["the whole stands at the beginning", [], "1:1"],
  ])("%s", (_, path, expected) => {
    expect(place(document, path)).toBe(expected);
  });

  test("knows the position of every name", () => {
    expect(place(document, ["one", "two"], true)).toBe("1:7");
    expect(place(document, ["four", "five"], true)).toBe("3:3");
  });

  test("may be JSON", () => {
    const json = readText('{"a": {"b": true}}');
    expect(json.value).toEqual({ a: { b: true } });
    expect(place(json, ["a", "b"])).toBe("1:13");
  });

  test("keeps dates and numbers used as names as they are written", () => {
    expect(readText("until: 2026-12-31\n2024: x\n1.0: y").value).toEqual({
      until: "2026-12-31",
      "2024": "x",
      "1.0": "y",
    });
    expect(readText("%YAML 1.1\n---\nuntil: 2026-12-31").value).toEqual({ until: "2026-12-31" });
  });

  test("may begin with a byte order mark and end its lines as Windows does", () => {
    const document = readText("\uFEFFa:\r\n  b: c\r\n");
    expect(document.value).toEqual({ a: { b: "c" } });
    expect(place(document, ["a", "b"])).toBe("2:6");
  });
});

describe("anchors", () => {
  test("are replaced by what they name, with the position of the use", () => {
    const document = readText("a: &x {b: c}\nd: *x\n");
    expect(document.value).toEqual({ a: { b: "c" }, d: { b: "c" } });
    expect(place(document, ["d"])).toBe("2:4");
    expect(place(document, ["d", "b"])).toBe("1:11");
  });

  test("are merged by <<, where the keys next to it take precedence, and the first of several", () => {
    const document = readText(
      "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd: {<<: *b}\n",
    );
    expect(document.value).toMatchObject({ c: { x: 3, y: 1, z: 2 }, d: { y: 2, z: 2 } });
    expect(place(document, ["c", "z"])).toBe("2:17");
  });

  test("of one name replace each other from there on", () => {
    expect(readText("a: &x 1\nb: *x\nc: &x 2\nd: *x").value).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  test("used a thousand times are accepted", () => {
    const uses = Array.from({ length: 1000 }, (_, index) => `u${index}: *x`).join("\n");
    expect(problems(`a: &x {b: c}\n${uses}`)).toEqual([]);
  });
});

describe("invalid YAML is refused", () => {
  test.each<[string, string, string[]]>([
    [
      "a name that is duplicated",
      "a: 1\nb:\n  c: 1\n  c: 2\na: 3",
      [
        "matrix:4:3 b.c: is duplicated; the first one is on line 3",
        "matrix:5:1 a: is duplicated; the first one is on line 1",
      ],
    ],
    ["an anchor that does not exist", "a: *x", ["matrix:1:4 a: unknown anchor &x: define it above"]],
    [
      "an anchor that stands further down",
      "a: *x\nb: &x 1",
      ["matrix:1:4 a: unknown anchor &x: define it above"],
    ],
    ["an anchor in itself", "a: &x [1, *x]", ["matrix:1:11 a[1]: *x refers to itself"]],
    ["a merge of what is no mapping", "a: {<<: [1]}", ["matrix:1:10 a.<<: can merge only mappings"]],
    ["a list as name", "? [a]\n: 1", ["matrix:1:3 has a name that is not plain text"]],
    ["no name", "a:\n  : 1", ["matrix:2:3 a: has a name that is not plain text"]],
    [
      "several documents",
      "a: 1\n---\nb: 2",
      ["matrix:2:1 has several documents; a matrix is one document, so remove the ---"],
    ],
    ["a tab", "a:\n\tb: 1", ["matrix:2:1 is not YAML: Tabs are not allowed as indentation"]],
    ["a tag", "a: !env x", ["matrix:1:4 is not YAML: Unresolved tag: !env"]],
    ["deep nesting", nested(100_000), [expect.stringMatching(/^matrix:1:\d+ is nested too deeply$/)]],
    ["a bomb of aliases", bomb(12), ["matrix:1:1 is too large once its aliases are expanded"]],
    [
      "a text without end",
      "x".repeat(2_000_001),
      ["matrix:1:1 is too long: 2000001 characters; the maximum is 2000000"],
    ],
  ])("%s", (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test("with one problem per line, and on every invalid line", () => {
    expect(problems("a: [\nb: }\nc: 'x")).toEqual([
      expect.stringMatching(/^matrix:2:1 is not YAML/),
      expect.stringMatching(/^matrix:3:1 is not YAML/),
    ]);
  });

  test("within seconds, for any input", () => {
    const started = Date.now();
    for (const text of [bomb(400), nested(900_000), "[".repeat(1_900_000), "{a: ".repeat(400_000)])
      expect(problems(text)).toHaveLength(1);
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

test("an object of the program is used unchanged and has no positions", () => {
  const value = { access_matrix: {} };
  const document = readValue(value);
  expect(document.value).toBe(value);
  expect(document.position(["access_matrix"])).toBeUndefined();
});
