import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { handlers } from "../../provider/handlers";
import { ensureHost, lackOfGo } from "../../tools/engine/hosts";
import { exampleLanguages } from "../../tools/examples";
import type { Value } from "../../tools/examples/tree";
import { run } from "../../tools/processes";
import { makeSchema } from "../../tools/schema/document";
import { tokenOf } from "../../tools/schema/spec";
import { generateSdk } from "../../tools/sdks/generate";
import { installPythonSdk, lackOfPython } from "../../tools/sdks/python";
import { readSources } from "../../tools/sources";
import { documentedExamples, withContext } from "../support/examples";
import { describePart } from "../support/parts";
import { root } from "../support/sources";
import { changesOf, withStack } from "./harness";
import { credentialsOf, pluginFolder } from "./nativeHarness";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "languages-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The documentation's first examples, with the resources that they leave to the reader. */
const documented = documentedExamples().map(({ name, example }) => ({ name, example: withContext(example) }));

/** Every resource's outputs in the documentation's examples. */
const outputs = { projectId: 7, roleId: "role-of-mocks" };

const declarations = z.record(
  z.string(),
  z.array(z.object({ type: z.string(), name: z.string(), inputs: z.record(z.string(), z.unknown()) })),
);
type Declarations = z.infer<typeof declarations>;

/** What the documentation's examples declare in any language, as sent to the engine. */
function declared(): Declarations {
  const plain = (value: Value): unknown => {
    switch (value.kind) {
      case "text":
        return value.text;
      case "number":
        return value.number;
      case "boolean":
        return value.boolean;
      case "list":
        return value.items.map(plain);
      case "entries":
        return Object.fromEntries(value.entries.map((entry) => [entry.name, plain(entry.value)]));
      case "reference":
        return z.record(z.string(), z.unknown()).parse(outputs)[value.output];
    }
  };
  return Object.fromEntries(
    documented.map(({ name, example }) => [
      name,
      example.resources.map(({ type, name, args }) => ({
        type: tokenOf(type),
        name,
        inputs: Object.fromEntries(args.map((arg) => [arg.name, plain(arg.value)])),
      })),
    ]),
  );
}

/** The declarations that a program printed, sorted. */
function inOrder(all: Declarations): Declarations {
  const sorted = Object.entries(all).map(([name, resources]): [string, Declarations[string]] => [
    name,
    [...resources].sort((one, other) => (one.name < other.name ? -1 : 1)),
  ]);
  return Object.fromEntries(sorted);
}

/** Writes the documentation's examples in a language as files in a folder. */
function writePrograms(
  place: string,
  fence: string,
  extension: string,
  wrap: (program: string, name: string) => string,
) {
  const schema = makeSchema(readSources(root), handlers);
  const language = exampleLanguages.find((candidate) => candidate.fence === fence);
  mkdirSync(place, { recursive: true });
  for (const { name, example } of documented) {
    const program = language?.print(example, schema) ?? "";
    writeFileSync(join(place, `${name}.${extension}`), wrap(program, name));
  }
}

/** Runs an example on the real engine, from the first preview to the end. */
async function live(example: string, host: string, env: Readonly<Record<string, string>>) {
  const settings = z.looseObject({}).parse(parse(readFileSync(join(example, "Pulumi.yaml"), "utf8")));
  const plugins = { providers: [{ name: "posthog", path: await pluginFolder() }] };
  const program = { folder: example, settings: { ...settings, plugins } };
  await withStack(
    program,
    async (stack, posthog) => {
      // The DNS record exists when PostHog looks for it, so nothing waits.
      posthog.store.domains.onChange(({ kind, after }) => {
        if (kind !== "created") return;
        posthog.publishDns(`_posthog-challenge.${after.domain}`, after.verification_challenge);
      });
      const names = [
        "access",
        "access-Engineering",
        "access-production",
        "access-staging",
        "analyst-in-production",
        "deploy",
        "production",
        "sign-on",
        "staging",
      ];
      expect(changesOf(await stack.preview()).sort()).toEqual(names.map((name) => `create ${name}`));
      expect(posthog.store.projects.all()).toHaveLength(1);
      await stack.up();
      const projects = posthog.store.projects.all().map(({ name }) => name);
      expect(projects.sort()).toEqual(["Default project", "Production", "Staging"]);
      await stack.preview({ flags: ["--expect-no-changes"] });
      const shown = await stack.outputs();
      expect(shown).toEqual({
        projects: { staging: expect.any(String), production: expect.any(String) },
        roles: { Engineering: posthog.store.roles.all()[0]?.id },
        deployKey: "[secret]",
        dnsRecord: expect.stringContaining("_posthog-challenge.acme.example TXT "),
        people: posthog.store.users
          .all()
          .map(({ email }) => email)
          .sort(),
      });
      const { deployKey } = await stack.outputs({ showSecrets: true });
      expect(deployKey).toMatch(/^phx_/);
      const state = await stack.exportText();
      for (const secret of [posthog.apiKey, posthog.password, String(deployKey)])
        expect(state).not.toContain(secret);
      await stack.destroy({ env: credentialsOf(posthog) });
      posthog.finishDeletions();
      expect(posthog.store.projects.all().map(({ name }) => name)).toEqual(["Default project"]);
      expect(posthog.store.roles.all()).toEqual([]);
    },
    { env, plugins: host },
  );
}

describePart("python", lackOfPython(), () => {
  let path: string;
  // The first time, this builds the host and the generator, and fetches Pulumi's SDK.
  beforeAll(async () => {
    await ensureHost("python");
    path = await installPythonSdk(join(folder, "python"));
  }, 900_000);

  test("the quickstart in Python runs on the real engine, and no secret is in plain text", async () => {
    const env = { PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: "1" };
    await live(join(root, "examples", "python-quickstart"), await ensureHost("python"), env);
  });

  test("the documentation's first examples declare the same in Python as in TypeScript", async () => {
    const place = join(folder, "python", "programs");
    writePrograms(
      place,
      "python",
      "py",
      (program) => `import pulumi\nimport pulumi_posthog as posthog\n\n${program}\n`,
    );
    const driver = join(root, "test", "fixtures", "snippets", "main.py");
    const env = { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: "1" };
    const { code, stdout, text } = await run("python3", [driver, place, JSON.stringify(outputs)], { env });
    expect(code === 0 ? "" : text).toBe("");
    expect(inOrder(declarations.parse(JSON.parse(stdout)))).toEqual(inOrder(declared()));
  });
});

describePart("go", lackOfGo(), () => {
  const env = { GOWORK: "off", GOFLAGS: "-trimpath -mod=readonly -buildvcs=false" };
  let quickstart: string;
  beforeAll(async () => {
    await ensureHost("go");
    quickstart = join(folder, "go-quickstart");
    cpSync(join(root, "examples", "go-quickstart"), quickstart, { recursive: true });
    await generateSdk("go", join(quickstart, "sdks", "posthog"));
  }, 900_000);

  test("the quickstart in Go runs on the real engine, and no secret is in plain text", async () => {
    await live(quickstart, await ensureHost("go"), env);
  });

  test("the documentation's first examples declare the same in Go as in TypeScript", async () => {
    const place = join(folder, "go-programs");
    const indented = (program: string): string => program.replace(/^(?=.)/gm, "\t");
    writePrograms(place, "go", "go", (program, name) =>
      [
        'package main\n\nimport (\n\t"example.com/pulumi-posthog/sdk/go/posthog"\n\t"github.com/pulumi/pulumi/sdk/v3/go/pulumi"\n)\n',
        `func init() {\n\tprograms[${JSON.stringify(name)}] = declare${name}\n}\n`,
        `func declare${name}(ctx *pulumi.Context) error {\n${indented(program)}\n\treturn nil\n}\n`,
      ].join("\n"),
    );
    for (const name of ["go.mod", "go.sum"]) copyFileSync(join(quickstart, name), join(place, name));
    copyFileSync(join(root, "test", "fixtures", "snippets", "main.go"), join(place, "main.go"));
    cpSync(join(quickstart, "sdks"), join(place, "sdks"), { recursive: true });
    const { code, stdout, text } = await run("go", ["run", ".", JSON.stringify(outputs)], {
      cwd: place,
      env: { ...process.env, ...env },
    });
    expect(code === 0 ? "" : text).toBe("");
    expect(inOrder(declarations.parse(JSON.parse(stdout)))).toEqual(inOrder(declared()));
  });
});
