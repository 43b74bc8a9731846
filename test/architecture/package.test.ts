import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { version } from "../../provider/posthog/version";
import { filesIn, importsOf, root, textOf } from "../support/sources";

const entry = z.union([z.string(), z.strictObject({ types: z.string(), default: z.string() })]);
const manifest = z
  .looseObject({
    name: z.string(),
    version: z.string(),
    main: z.string(),
    types: z.string(),
    bin: z.record(z.string(), z.string()),
    files: z.array(z.string()),
    exports: z.record(z.string(), entry),
    typesVersions: z.record(z.string(), z.record(z.string(), z.array(z.string()))),
    scripts: z.record(z.string(), z.string()),
    workspaces: z.array(z.string()),
    dependencies: z.record(z.string(), z.string()),
    peerDependencies: z.record(z.string(), z.string()),
    peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })),
    pulumi: z.looseObject({ resource: z.unknown() }).partial(),
  })
  .parse(JSON.parse(textOf("package.json")));

const compiled = z
  .looseObject({ include: z.array(z.string()) })
  .parse(JSON.parse(textOf("tsconfig.json"))).include;

/** Whether the build generates this path or the repository contains it. */
function isMade(path: string): boolean {
  const built = /^(?:\.\/)?dist\/(.+?)(\.d\.ts|\.js)?$/.exec(path);
  if (built === null) return existsSync(join(root, path));
  const source = built[1] ?? "";
  return (
    compiled.includes(source.split("/")[0] ?? "") &&
    existsSync(join(root, built[2] ? `${source}.ts` : source))
  );
}

test("the version is the same everywhere", () => {
  const lock = z
    .looseObject({
      version: z.string(),
      packages: z.looseObject({ "": z.looseObject({ version: z.string() }) }),
    })
    .parse(JSON.parse(textOf("package-lock.json")));
  expect([version, lock.version, lock.packages[""].version]).toEqual(Array(3).fill(manifest.version));
});

test("the build creates everything that the package refers to", () => {
  const exported = Object.values(manifest.exports).flatMap((to) =>
    typeof to === "string" ? [to] : Object.values(to),
  );
  const typed = Object.values(manifest.typesVersions["*"] ?? {}).flat();
  const targets = [manifest.main, manifest.types, ...Object.values(manifest.bin), ...exported, ...typed];
  expect(targets.filter((path) => !isMade(path))).toEqual([]);
  const included = manifest.files.filter((path) => !path.startsWith("!"));
  expect(included.filter((path) => !isMade(path))).toEqual([]);
});

test("programs that do not read `exports` find the same types", () => {
  const entries = Object.entries(manifest.exports).flatMap(([name, to]) =>
    typeof to === "string" || name === "." ? [] : [[name.slice(2), [to.types.slice(2)]]],
  );
  expect(manifest.typesVersions["*"]).toEqual(Object.fromEntries(entries));
});

test("every script runs the setup first", () => {
  const entries = Object.entries(manifest.scripts).map(([name]) => [
    name,
    `node tools/bootstrap.mjs ${name}`,
  ]);
  expect(manifest.scripts).toEqual(Object.fromEntries(entries));
});

const exampleSchema = z.looseObject({ name: z.string(), dependencies: z.record(z.string(), z.string()) });
const examples = filesIn("examples").filter((path) => /^examples\/[^/]+\/package\.json$/.test(path));
const foldersOf = (paths: readonly string[]): string[] => paths.map((path) => path.replace(/\/[^/]+$/, ""));

test("examples are workspaces, except those with SDKs of other providers", () => {
  const own = foldersOf(examples).filter((folder) => !manifest.workspaces.includes(folder));
  expect(own).toEqual(["auth0", "entra", "google", "keycloak", "okta"].map((name) => `examples/${name}`));
  const locked = foldersOf(filesIn("examples").filter((path) => path.endsWith("/package-lock.json")));
  for (const folder of locked) {
    const { name: _, ...entry } = exampleSchema.parse(JSON.parse(textOf(`${folder}/package.json`)));
    const lock = z
      .looseObject({ packages: z.looseObject({ "": z.unknown() }) })
      .parse(JSON.parse(textOf(`${folder}/package-lock.json`)));
    expect(lock.packages[""]).toMatchObject({ dependencies: entry.dependencies });
  }
  const withSdk = examples.filter((path) => {
    const { dependencies } = exampleSchema.parse(JSON.parse(textOf(path)));
    return Object.keys(dependencies).some((name) => /^@pulumi\/(?!pulumi$|policy$)/.test(name));
  });
  expect(locked).toEqual(foldersOf(withSdk));
});

test("the lock file knows every example that is a workspace, so that `npm ci` links it", () => {
  const lock = z
    .looseObject({ packages: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(textOf("package-lock.json")));
  const linked = manifest.workspaces.flatMap((folder) => {
    const {
      name,
      private: _,
      ...entry
    } = z.looseObject({ name: z.string() }).parse(JSON.parse(textOf(`${folder}/package.json`)));
    return [
      [folder, { name, ...entry }],
      [`node_modules/${name}`, { resolved: folder, link: true }],
    ];
  });
  const known = Object.entries(lock.packages).filter(([path]) => /(^|\/)example/.test(path));
  expect(Object.fromEntries(known)).toEqual(Object.fromEntries(linked));
});

test("Pulumi never downloads a plugin for this package", () => {
  expect(manifest.pulumi.resource).toBeUndefined();
});

test("dependencies that only some programs need are optional", () => {
  const optional = Object.entries(manifest.peerDependenciesMeta).filter(([, { optional }]) => optional);
  expect(optional.map(([name]) => name)).toEqual(Object.keys(manifest.peerDependencies));
  expect(Object.keys(manifest.peerDependencies)).toEqual(["@pulumi/policy"]);
});

test("its dependencies are exactly the packages that it loads", () => {
  const shipped = ["provider", "cli", "emulator"].flatMap(filesIn);
  const packages = shipped
    .filter((path) => path.endsWith(".ts"))
    .flatMap(importsOf)
    .filter(({ to, typesOnly }) => !typesOnly && !to.startsWith("node:") && !shipped.includes(to))
    .map(({ to }) =>
      to
        .split("/")
        .slice(0, to.startsWith("@") ? 2 : 1)
        .join("/"),
    );
  const { dependencies, peerDependencies } = manifest;
  const foreign = [...new Set(packages)].filter((name) => !(name in dependencies));
  expect(foreign).toEqual(Object.keys(peerDependencies));
  expect(Object.keys(manifest.dependencies).filter((name) => !packages.includes(name))).toEqual([]);
});

test("installing the package runs no script", () => {
  const atInstallation = ["preinstall", "install", "postinstall", "prepare", "prepublish"];
  expect(atInstallation.filter((name) => name in manifest.scripts)).toEqual([]);
});
