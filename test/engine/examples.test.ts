import { readFileSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { type ConfigValue, PulumiStack, Secret, type StackResult } from "../../tools/stack";
import { changesOf, withStack } from "./harness";

const root = join(__dirname, "..", "..");

type Organizations<Name extends string> = Readonly<Record<Name, Emulator>>;

/** Runs an example unchanged, against one emulator for each seed in its folder. */
async function withExample<Name extends string>(
  example: string,
  seeds: readonly Name[],
  configure: (organizations: Organizations<Name>) => Record<string, ConfigValue>,
  body: (stack: PulumiStack, organizations: Organizations<Name>) => Promise<void>,
): Promise<void> {
  const folder = join(root, "examples", example);
  const started = new Map<Name, Emulator>();
  try {
    for (const name of seeds) {
      started.set(name, await startEmulator({ seed: join(folder, `${name}.yaml`) }));
    }
    const organizations = Object.fromEntries(started) as Organizations<Name>;
    const program = { folder, main: "index.ts" };
    const stack = await PulumiStack.create({ program, name: example, config: configure(organizations) });
    try {
      await body(stack, organizations);
    } finally {
      await stack.close();
    }
  } finally {
    await Promise.all([...started.values()].map((emulator) => emulator.close()));
  }
}

/** The writes, without the part of the path that names the organization. */
function writesTo({ requests }: Emulator): string[] {
  const writes = requests.filter(({ method }) => method !== "GET");
  return writes.map(({ method, path }) => `${method} ${path.replace(/^.*?(?=projects)/, "")}`).sort();
}

const unchanged = async (stack: PulumiStack): Promise<StackResult> =>
  stack.preview({ flags: ["--refresh", "--expect-no-changes"] });

test("adopt-existing exports what exists, adopts it, and finds nothing to change", () =>
  withExample(
    "adopt-existing",
    ["organization"],
    ({ organization }) => ({ "posthog:host": organization.url, "posthog:apiKey": new Secret("phx_owner") }),
    async (stack, { organization }) => {
      const example = join(root, "examples", "adopt-existing");
      const committed = readFileSync(join(example, "index.ts"), "utf8");
      await stack.tool(["export", "--force", "--stack", "dev"]);
      const exported = readFileSync(join(stack.project, "index.ts"), "utf8");
      expect(exported).toBe(committed.replace("http://127.0.0.1:8010", organization.url));

      const { stdout } = await stack.tool(["adopt", "--stack", "dev"]);
      const [, shown = ""] =
        /```text\n(Stack dev[\s\S]*?)```/.exec(readFileSync(join(example, "README.md"), "utf8")) ?? [];
      const timeless = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT[\d-]+Z/, "<moment>");
      expect(timeless(stdout)).toBe(timeless(shown));

      expect(changesOf(await unchanged(stack))).toEqual([]);
      expect(writesTo(organization)).toEqual([]);

      const elsewhere = exported.replace(/("Production", timezone: )"UTC"/, '$1"Europe/Berlin"');
      await stack.setProgram({ source: elsewhere, language: "typescript" });
      expect(changesOf(await stack.preview())).toEqual(["update production: timezone"]);

      await stack.setProgram({
        source: exported.replace(', "temp@acme.example"', ""),
        language: "typescript",
      });
      expect(changesOf(await stack.preview())).toEqual(["delete temp@acme.example"]);
    },
  ));

test("two-organisations sets up both, each with its own key, and leaves no credential in plain text", () =>
  withExample(
    "two-organisations",
    ["acme", "globex"],
    ({ acme, globex }) => ({
      "posthog:accounts": {
        acme: { host: acme.url, apiKey: new Secret("phx_acme") },
        globex: { host: globex.url, apiKey: new Secret("phx_globex") },
      },
    }),
    async (stack, { acme, globex }) => {
      await stack.up();
      for (const { store, requests } of [acme, globex]) {
        expect(store.projects.all().map(({ name }) => name)).toEqual(["Product"]);
        expect(store.accessRules.all().length).toBe(3);
        expect(requests.filter(({ status }) => (status ?? 500) >= 400)).toEqual([]);
      }
      expect(await stack.outputs()).toEqual({
        projects: { acme: `${acme.url}/project/1`, globex: `${globex.url}/project/1` },
        flagsKeys: { acme: "[secret]", globex: "[secret]" },
      });
      expect(await stack.exportText()).not.toMatch(/phx_(acme|globex)|phs_\w{10}/);
      expect(changesOf(await unchanged(stack))).toEqual([]);

      const tenant = join(stack.project, "tenant.ts");
      const written = readFileSync(tenant, "utf8");
      await writeFile(tenant, written.replace('name: "Product"', '$&, timezone: "Europe/Berlin"'));
      expect(changesOf(await stack.preview()).sort()).toEqual([
        "update acme-product: timezone",
        "update globex-product: timezone",
      ]);
      await writeFile(tenant, written);

      const program = readFileSync(join(root, "examples/two-organisations/index.ts"), "utf8");
      const mixedUp = program.replace("gus@globex.example", "ana@acme.example");
      await stack.setProgram({ source: mixedUp, language: "typescript" });
      const { text } = await stack.preview({ fails: true });
      expect(text).toContain("ana@acme.example is not a member of the organization");

      await stack.destroy();
      for (const { store } of [acme, globex]) {
        expect(store.projects.all().filter((project) => !project.is_pending_deletion)).toEqual([]);
      }
    },
  ));

test("policies check the access matrix: advisory by default, more with a stricter file, and no open production", () =>
  withExample(
    "access-matrix",
    ["organization"],
    ({ organization }) => ({
      "posthog:host": organization.url,
      "posthog:apiKey": new Secret("phx_owner"),
      "posthog:email": "owner@acme.example",
      "posthog:password": new Secret("a-long-enough-password"),
    }),
    async (stack, { organization }) => {
      const project = join(stack.folder, "project");
      await cp(join(root, "examples", "policies"), join(project, "policies"), {
        recursive: true,
        filter: (path) => !path.includes("node_modules", root.length),
      });
      const pack = ["--policy-pack", "policies"];
      const readme = readFileSync(join(root, "examples/policies/README.md"), "utf8");
      const { text } = await stack.preview({ flags: pack });
      expect(violationsOf(text)).toEqual(["[advisory] keys-rotate access-reports/production"]);
      expect(readme).toContain(policiesPart(text));

      const strict = [...pack, "--policy-pack-config", "policies/strict.json"];
      const { text: stricter } = await stack.preview({ flags: strict, fails: true });
      expect(violationsOf(stricter)).toEqual([
        "[mandatory] keys-rotate access-local_evaluation/production",
        "[mandatory] keys-rotate access-reports/production",
      ]);

      const matrix = join(project, "access.yaml");
      await writeFile(
        matrix,
        (await readFile(matrix, "utf8")).replace(/(defaultAccess): none/, "$1: member"),
      );
      const { text: opened } = await stack.preview({ flags: pack, fails: true });
      expect(violationsOf(opened)).toContain("[mandatory] production-closed access-production");
      expect(readme).toContain(policiesPart(opened).split("\n").slice(2, 7).join("\n"));
      const signIn = "POST /api/login/";
      expect(writesTo(organization).filter((write) => write !== signIn)).toEqual([]);
    },
  ));

/** A run's output about its policy packs, with the pack's folder as people see it. */
function policiesPart(text: string): string {
  return /^Policies:\n[\s\S]*?(?=\n\n)/m.exec(text)?.[0] ?? "no policies";
}

function violationsOf(text: string): string[] {
  const lines = policiesPart(text).matchAll(/- (\[\w+\]).*? {2}(\S+) {2}\(\S+: (\S+)\)/g);
  return [...lines].map(([, level, rule, resource]) => `${level} ${rule} ${resource}`).sort();
}

test("the README's program works as described", async () => {
  const [, source = ""] =
    /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  await withStack({ source, language: "typescript" }, async (stack, { store }) => {
    expect(changesOf(await stack.up()).sort()).toEqual([
      "create analyst",
      "create flags",
      "create production",
    ]);
    expect(await stack.outputs()).toEqual({ token: expect.stringMatching(/^phc_/), flagsKey: "[secret]" });
    const production = store.projects.all().find(({ name }) => name === "Production");
    const rules = store.accessRules.all().filter((rule) => rule.team_id === production?.id);
    expect(rules.map(({ access_level }) => access_level).sort()).toEqual(["member", "none"]);
  });
});
