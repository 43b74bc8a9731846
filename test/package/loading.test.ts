import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { shellText } from "../../provider/engine/shell";
import { handlers } from "../../provider/handlers";
import { type RunResult, run } from "../../tools/processes";
import { root } from "../support/sources";

/**
 * Loads every resource from the text in its state, as Pulumi's dynamic provider process does, in the program's
 * folder.
 */
const LOADER = `
const Module = require("node:module");
const texts = JSON.parse(process.argv[1]);
const methods = ["configure", "check", "diff", "create", "read", "update", "delete"];
for (const [type, text] of Object.entries(texts)) {
  const loaded = new Module("provider");
  loaded._compile(text, "");
  const provider = loaded.exports.handler();
  const missing = methods.filter((method) => typeof provider[method] !== "function");
  console.log(type, missing.join(" ") || "complete");
}
`;

/** Programs in both module systems. */
const PROGRAMS = {
  "program.js":
    'const posthog = require("pulumi-posthog"); const { startEmulator } = require("pulumi-posthog/emulator"); console.log(typeof posthog.Project, typeof startEmulator);',
  "program.mjs":
    'import { Project } from "pulumi-posthog"; import { startEmulator } from "pulumi-posthog/emulator"; console.log(typeof Project, typeof startEmulator);',
};

/** Policy packs in both module systems. */
const PACKS = {
  "pack.js":
    'const { posthogPolicies } = require("pulumi-posthog/policy"); console.log(posthogPolicies().length > 0);',
  "pack.mjs":
    'import { posthogPolicies, posthogPolicyPack } from "pulumi-posthog/policy"; console.log(typeof posthogPolicyPack === "function" && posthogPolicies().length > 0);',
};

const texts = Object.fromEntries([...handlers.keys()].map((type) => [type, shellText(type)]));
const complete = [...handlers.keys()].map((type) => `${type} complete\n`).join("");

let folder: string;
beforeAll(async () => {
  if (!existsSync(join(root, "dist/provider/runtime.js"))) {
    throw new Error("dist/ is not there: these tests load what the build made. Run: npm run build");
  }
  folder = await realpath(await mkdtemp(join(tmpdir(), "posthog-package-")));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function load(cwd: string): Promise<RunResult> {
  return run(process.execPath, ["-e", LOADER, JSON.stringify(texts)], { cwd });
}

/** Every package installed in this clone; scoped ones by their full name. */
async function installed(): Promise<string[]> {
  const names = await readdir(join(root, "node_modules"));
  const nested = names.map(async (name) =>
    name.startsWith("@")
      ? (await readdir(join(root, "node_modules", name))).map((inner) => `${name}/${inner}`)
      : [name],
  );
  return (await Promise.all(nested))
    .flat()
    .filter((name) => !name.startsWith(".") && name !== "pulumi-posthog");
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path, "dir");
}

/** Unpacks what `npm publish` would upload. */
async function unpack(into: string): Promise<void> {
  const packed = join(folder, "packed");
  await mkdir(packed, { recursive: true });
  const packing = await run("npm", ["pack", "--ignore-scripts", "--pack-destination", packed], { cwd: root });
  const [tarball] = (await readdir(packed)).filter((name) => name.endsWith(".tgz"));
  if (packing.code !== 0 || tarball === undefined) throw new Error(`npm pack failed:\n${packing.text}`);
  const unpacking = await run("tar", ["-xzf", join(packed, tarball), "-C", packed]);
  if (unpacking.code !== 0) throw new Error(`tar failed:\n${unpacking.text}`);
  await mkdir(dirname(into), { recursive: true });
  await rename(join(packed, "package"), into);
}

/** A program's folder with npm's layout of `node_modules`: all packages in one folder. */
async function npmLayout(): Promise<string> {
  const program = join(folder, "npm");
  await unpack(join(program, "node_modules", "pulumi-posthog"));
  for (const name of await installed()) {
    await link(join(root, "node_modules", name), join(program, "node_modules", name));
  }
  return program;
}

/** ... with pnpm's layout: links to a store, where a package sees only its own dependencies. */
async function pnpmLayout(): Promise<string> {
  const program = join(folder, "pnpm");
  const store = join(program, "node_modules", ".pnpm", "pulumi-posthog@0.1.0", "node_modules");
  await unpack(join(store, "pulumi-posthog"));
  const manifest: { dependencies: object } = require("../../package.json");
  for (const name of Object.keys(manifest.dependencies)) {
    await link(join(root, "node_modules", name), join(store, name));
  }
  await link(join(store, "pulumi-posthog"), join(program, "node_modules", "pulumi-posthog"));
  await link(
    join(root, "node_modules", "@pulumi", "pulumi"),
    join(program, "node_modules", "@pulumi", "pulumi"),
  );
  return program;
}

/** ... with the layout of `npm link` and workspaces: a link to the clone. */
async function linkedLayout(): Promise<string> {
  const program = join(folder, "linked");
  await link(root, join(program, "node_modules", "pulumi-posthog"));
  return program;
}

describe("the text in the state loads every resource", () => {
  test("from the clone's own folder, and from a folder in it", async () => {
    expect(await load(root)).toMatchObject({ stderr: "", stdout: complete });
    expect(await load(join(root, "examples", "quickstart"))).toMatchObject({ stderr: "", stdout: complete });
  });

  const layouts: [string, () => Promise<string>][] = [
    ["an installation by npm", npmLayout],
    ["an installation by pnpm", pnpmLayout],
    ["a link to the clone", linkedLayout],
  ];
  test.each(layouts)("from %s, where programs find the package too", async (_, layout) => {
    const program = await layout();
    expect(await load(program)).toMatchObject({ stderr: "", stdout: complete });
    for (const [name, text] of Object.entries(PROGRAMS)) {
      await writeFile(join(program, name), text);
      const result = await run(process.execPath, [join(program, name)]);
      expect(result).toMatchObject({ stderr: "", stdout: "function function\n" });
    }
  });

  test("and from nowhere else: without the package, the error shows what is missing", async () => {
    const program = join(folder, "without");
    await mkdir(program);
    const result = await load(program);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain("Cannot find module 'pulumi-posthog/runtime'");
  });
});

describe("the policy pack", () => {
  test("is found by packs in both module systems if Pulumi's policy package is installed", async () => {
    const pack = join(folder, "npm");
    for (const [name, text] of Object.entries(PACKS)) {
      await writeFile(join(pack, name), text);
      const result = await run(process.execPath, [join(pack, name)]);
      expect(result).toMatchObject({ stderr: "", stdout: "true\n" });
    }
  });

  test("reports that package if it is missing, as in programs without a pack", async () => {
    const program = join(folder, "pnpm");
    await writeFile(join(program, "pack.js"), PACKS["pack.js"]);
    const result = await run(process.execPath, [join(program, "pack.js")]);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain("Cannot find module '@pulumi/policy'");
  });
});

test("the text is short, contains only the resource's name, and is the same for every version", () => {
  for (const [type, text] of Object.entries(texts)) {
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).toBe(
      `exports.handler=()=>require("module").createRequire(process.cwd()+"/_.js")("pulumi-posthog/runtime").provider("${type}")`,
    );
  }
});

test("the declarations for programs need no package except Pulumi's", () => {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { fileName } of ts.preProcessFile(readFileSync(path, "utf8")).importedFiles) {
      const target = join(dirname(path), fileName);
      if (fileName.startsWith("."))
        visit([`${target}.d.ts`, join(target, "index.d.ts")].find(existsSync) ?? target);
      else packages.add(fileName);
    }
  };
  visit(join(root, "dist/provider/index.d.ts"));
  expect([...packages]).toEqual(["@pulumi/pulumi"]);
});

test("the built command starts by its name, as npx starts it in a clone", async () => {
  const { code, stdout } = await run(join(root, "dist/cli/main.js"), ["--help"]);
  expect({ code, start: stdout.slice(0, 21) }).toEqual({ code: 0, start: "Usage: pulumi-posthog" });
});
