import { filesIn, type Import, importsOf } from "../support/sources";

const folders = ["provider", "cli", "emulator", "tools", "bench"];
const files = folders.flatMap(filesIn);
const sources = files.filter((path) => path.endsWith(".ts"));
const imports = sources.flatMap(importsOf);

/** Imports that break a rule, one line each. */
function breaches(rule: (one: Import) => boolean): string[] {
  return imports.filter(rule).map(({ from, to }) => `${from} imports ${to}`);
}

const isIn =
  (...prefixes: string[]) =>
  (path: string): boolean =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

const isFrontHalf = isIn("provider/resources", "provider/components");
const isBackHalf = isIn("provider/handlers", "provider/engine", "provider/posthog");
const isPure = isIn(
  "provider/matrix",
  "provider/access",
  "provider/sso",
  "provider/review",
  "provider/audit",
  "provider/drift",
);
const isOurs = isIn(...folders, "examples", "test");

/** What Node loads for a source, directly or through other sources. */
function loadedBy(start: string): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    for (const { from, to, typesOnly } of imports) {
      if (from !== path || typesOnly || seen.has(to)) continue;
      seen.add(to);
      visit(to);
    }
  };
  visit(start);
  return seen;
}

test("sources and their imports are found", () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(imports).toContainEqual({
    from: "provider/index.ts",
    to: "provider/resources/project.ts",
    typesOnly: false,
  });
  expect(imports.filter(({ to }) => isOurs(to) && !files.includes(to)).map(({ to }) => to)).toEqual([]);
});

describe("the two halves of a resource never mix", () => {
  test("classes and components import neither handlers nor the client, nor the libraries below them", () => {
    const back = isIn("provider/handlers", "provider/posthog", "zod", "axios");
    expect(breaches(({ from, to }) => isFrontHalf(from) && back(to))).toEqual([]);
  });

  test("... not even through other sources", () => {
    const back = isIn("provider/handlers", "provider/posthog", "axios");
    const reached = sources
      .filter(isFrontHalf)
      .flatMap((path) => [...loadedBy(path)].filter(back).map((to) => `${path} loads ${to}`));
    expect(reached).toEqual([]);
  });

  test("handlers, lifecycle and client load no part of Pulumi's SDK", () => {
    const isSdk = isIn("@pulumi/pulumi");
    expect(breaches(({ from, to, typesOnly }) => isBackHalf(from) && isSdk(to) && !typesOnly)).toEqual([]);
    expect([...loadedBy("provider/runtime.ts")].filter(isSdk)).toEqual([]);
  });

  test("handlers and client do not import the classes", () => {
    const isFront = isIn(
      "provider/resources",
      "provider/components",
      "provider/functions",
      "provider/index.ts",
    );
    expect(breaches(({ from, to }) => isBackHalf(from) && isFront(to))).toEqual([]);
  });
});

describe("every folder keeps its role", () => {
  test("decisions are pure: they import only each other and parsers", () => {
    const allowed = isIn("zod", "yaml", "fast-xml-parser", "fastest-levenshtein", "node:crypto");
    expect(breaches(({ from, to }) => isPure(from) && !isPure(to) && !allowed(to))).toEqual([]);
  });

  test("the client is the lowest layer: it imports only pure decisions", () => {
    const isClient = isIn("provider/posthog");
    expect(
      breaches(({ from, to }) => isClient(from) && isIn("provider")(to) && !isClient(to) && !isPure(to)),
    ).toEqual([]);
  });

  test("the emulator shares no code with the provider, so that tests cannot agree with themselves", () => {
    const isEmulator = isIn("emulator");
    const forbidden = (to: string): boolean => (isOurs(to) && !isEmulator(to)) || isIn("pulumi-posthog")(to);
    expect(breaches(({ from, to }) => isEmulator(from) && forbidden(to))).toEqual([]);
  });

  test("the provider imports nothing from outside its folder", () => {
    const isProvider = isIn("provider");
    expect(breaches(({ from, to }) => isProvider(from) && isOurs(to) && !isProvider(to))).toEqual([]);
  });

  test("the rules of the policy pack are decisions too; only its outermost files import Pulumi", () => {
    const isPack = isIn("provider/policy");
    const isOutermost = isIn("provider/policy/index.ts", "provider/policy/policies.ts");
    const allowed = isIn("provider/policy", "provider/access", "provider/engine/unknown.ts", "zod");
    const outermost = isIn("@pulumi/policy", "@pulumi/pulumi");
    expect(
      breaches(({ from, to }) => isPack(from) && !allowed(to) && !(isOutermost(from) && outermost(to))),
    ).toEqual([]);
    expect(breaches(({ from, to }) => isIn("@pulumi/policy")(to) && !isOutermost(from))).toEqual([]);
  });

  test("programs load no part of the policy pack, so they do not need Pulumi's policy package", () => {
    const isPack = isIn("provider/policy", "@pulumi/policy");
    expect(
      ["provider/index.ts", "provider/runtime.ts", "cli/main.ts"].flatMap((entry) =>
        [...loadedBy(entry)].filter(isPack),
      ),
    ).toEqual([]);
    expect(loadedBy("provider/policy/index.ts")).toContain("@pulumi/policy");
  });

  test("only the client touches axios", () => {
    expect(breaches(({ from, to }) => isIn("axios")(to) && !isIn("provider/posthog")(from))).toEqual([]);
  });
});
