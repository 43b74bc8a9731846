import fc from "fast-check";
import ts from "typescript";
import { construct, Expression, Lists, quote, render } from "../../../cli/export/code";
import { Names } from "../../../cli/export/names";

/** The value of a TypeScript expression without references. */
function evaluate(text: string): unknown {
  const { outputText } = ts.transpileModule(`result = ${text};`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  return new Function(`let result; ${outputText}; return result;`)();
}

/** The compiler's errors for a program. */
function errorsOf(source: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === "program.ts"
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)
      : getSourceFile.call(host, name, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram(["program.ts"], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("class", "a-b", "1", "constructor")), tie("value"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value;

test("a value written as TypeScript evaluates to itself", () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(evaluate(render(value))).toEqual(value);
    }),
  );
});

test.each([
  ['say "hi"', '"say \\"hi\\""'],
  ["two\nlines", "`two\nlines`"],
  ["a `tick`\n", '"a `tick`\\n"'],
  ["line\u2028separator", '"line\\u2028separator"'],
  ["\ufeffmark", '"\\ufeffmark"'],
])("the text %j is written as %s", (text, code) => {
  expect(quote(text)).toBe(code);
  expect(evaluate(code)).toBe(text);
});

test("a field called __proto__ is a field", () => {
  const value = Object.fromEntries([["__proto__", "member"]]);
  expect(Object.entries(evaluate(render(value)) as object)).toEqual([["__proto__", "member"]]);
});

test.each(["R\\nD", "C:\\new\\team", "two\nlines", 'say "\\n"', "\u0085"])(
  "a field called %j keeps its name in the program",
  (name) => {
    const code = render({ [name]: "member" });
    expect(evaluate(code)).toEqual({ [name]: "member" });
    expect(code).not.toContain("\n");
  },
);

test("a field with the name of an inherited property is checked as a field of the record", () => {
  const names = ["toString", "constructor", "valueOf", "hasOwnProperty"];
  const code = render(Object.fromEntries(names.map((name) => [name, "viewer"])));
  const source = `const levels: { roles?: Record<string, "viewer"> } = { roles: ${code} }; export { levels };`;
  expect(errorsOf(source)).toEqual([]);
  expect(errorsOf(source.replace(/"viewer"/, '"editor"'))).not.toEqual([]);
});

test("a call is on one line if it fits", () => {
  const role = new Expression("analysts");
  expect(construct("Role", ["a", { name: "A" }], "const a = ")).toBe(
    'const a = new posthog.Role("a", { name: "A" });',
  );
  expect(
    construct("ProjectAccess", [
      "p",
      { projectId: 1, members: { [`${"x".repeat(90)}@a.b`]: "admin" } },
      { dependsOn: [role] },
    ]),
  ).toBe(
    `new posthog.ProjectAccess(\n  "p",\n  {\n    projectId: 1,\n    members: { "${"x".repeat(90)}@a.b": "admin" },\n  },\n  { dependsOn: [analysts] },\n);`.replace(
      /members: \{ (.*) \}/,
      "members: {\n      $1,\n    }",
    ),
  );
});

test("every object gets a unique name that TypeScript allows, and the first one gets the plain name", () => {
  const [variables, names] = [new Names(), new Names()];
  const things: [string, string][] = [
    ["Analysts", "1"],
    ["analysts", "2"],
    ["ANALYSTS!", "2"],
    ["class", "3"],
    ["数据", "4"],
    ["2 fast", "5"],
    ["Ünï", "6"],
  ];
  const resources = things.map(([name, id]) => names.resource(name, id, "role"));
  expect(resources).toEqual(["analysts", "analysts-2", "analysts-22", "class", "role-4", "2-fast", "uni"]);
  expect(resources.map((resource) => variables.variable(resource, "Role"))).toEqual([
    "analysts",
    "analysts2",
    "analysts22",
    "classRole",
    "role4",
    "role2Fast",
    "uni",
  ]);
  expect(variables.variable("analysts", "Project")).toBe("analystsProject");
});

test("only a long list is moved out of the program", () => {
  const lists = new Lists();
  expect(lists.put("few", "string[]", ["a"], "Few.")).toEqual(["a"]);
  expect(lists.text).toBeUndefined();
  const many = Array.from({ length: 30 }, (_, at) => String(at));
  expect(lists.put("many", "string[]", many, "Many */ of them.")).toEqual(new Expression("lists.many"));
  expect(lists.text).toMatch(
    /^\/\*\* Many \* \/ of them\. \*\/\nexport const many: string\[\] = \[\n {2}"0",\n/,
  );
});
