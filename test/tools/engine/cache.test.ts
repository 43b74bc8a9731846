import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureEngine } from "../../../tools/engine";
import {
  cacheFolder,
  engineFolder,
  fillAtomically,
  isComplete,
  makeReady,
} from "../../../tools/engine/cache";
import { BUILT_PROGRAMS, ENGINE_PROGRAMS, ENGINE_VERSION } from "../../../tools/engine/versionCheck";
import { run } from "../../../tools/processes";

let cache: string;
let folder: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "engine-cache-"));
  folder = engineFolder({ XDG_CACHE_HOME: cache }, "1.2.3");
});
afterEach(() => rm(cache, { recursive: true, force: true }));

async function fill(temporary: string, programs: readonly string[] = ENGINE_PROGRAMS): Promise<void> {
  for (const program of programs) {
    await writeFile(join(temporary, "bin", program), "#!/bin/sh\n");
    await chmod(join(temporary, "bin", program), 0o755);
  }
}

test.each([
  ["XDG_CACHE_HOME if it is set", { XDG_CACHE_HOME: "/var/cache/me" }, "/var/cache/me/pulumi-posthog"],
  ["the home folder's .cache if it is empty", { XDG_CACHE_HOME: "" }, /\/\.cache\/pulumi-posthog$/],
])("the cache is in %s", (_name, env, expected) => {
  expect(cacheFolder(env)).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
});

test("a finished setup gets the final name and leaves no temporary files", async () => {
  await fillAtomically(folder, fill);
  expect(await isComplete(folder)).toBe(true);
  expect(await readdir(join(cache, "pulumi-posthog"))).toEqual(["engine-1.2.3"]);
});

test("a setup that fails halfway leaves no files, and reports its own reason", async () => {
  const failing = fillAtomically(folder, async (temporary) => {
    await fill(temporary, ENGINE_PROGRAMS.slice(0, 2));
    throw new Error("the network went away");
  });
  await expect(failing).rejects.toThrow("the network went away");
  expect(await readdir(join(cache, "pulumi-posthog"))).toEqual([]);
});

test.each([
  ["lacks a program", (temporary: string) => fill(temporary, ENGINE_PROGRAMS.slice(1))],
  [
    "has a program that cannot be run",
    async (temporary: string) => {
      await fill(temporary);
      await chmod(join(temporary, "bin", "pulumi"), 0o644);
    },
  ],
])("a setup that succeeds but %s is not trusted", async (_name, work) => {
  await expect(fillAtomically(folder, work)).rejects.toThrow("not all there");
  expect(await isComplete(folder)).toBe(false);
});

test("a damaged engine is replaced", async () => {
  await fillAtomically(folder, fill);
  await rm(join(folder, "bin", "pulumi"));
  await fillAtomically(folder, fill);
  expect(await isComplete(folder)).toBe(true);
});

test("two simultaneous setups both succeed, with one engine", async () => {
  await Promise.all([fillAtomically(folder, fill), fillAtomically(folder, fill)]);
  expect(await readdir(join(cache, "pulumi-posthog"))).toEqual(["engine-1.2.3"]);
  expect(await isComplete(folder)).toBe(true);
});

test("the leftovers of an interrupted setup are removed after a day, not while it may still run", async () => {
  await fillAtomically(folder, fill);
  for (const name of ["old", "young"]) await fillAtomically(`${folder}.partial-${name}`, fill);
  const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000);
  await utimes(`${folder}.partial-old`, twoDaysAgo, twoDaysAgo);
  await fillAtomically(engineFolder({ XDG_CACHE_HOME: cache }, "4.5.6"), fill);
  expect((await readdir(join(cache, "pulumi-posthog"))).sort()).toEqual([
    "engine-1.2.3",
    "engine-1.2.3.partial-young",
    "engine-4.5.6",
  ]);
});

describe("an engine of an earlier setup, which lacks a launcher", () => {
  const launchers = ENGINE_PROGRAMS.filter((program) => !BUILT_PROGRAMS.some((built) => built === program));

  /** An engine folder with only these programs. */
  async function engineOf(programs: readonly string[], made = folder): Promise<string> {
    await mkdir(join(made, "bin"), { recursive: true });
    await fill(made, programs);
    return made;
  }

  test.each(launchers.map((launcher) => [launcher]))(
    "gets %s, and keeps its built programs",
    async (launcher) => {
      await engineOf(ENGINE_PROGRAMS.filter((program) => program !== launcher));
      const built = await stat(join(folder, "bin", "pulumi"));
      expect(await makeReady(folder)).toBe(true);
      expect((await readdir(join(folder, "bin"))).sort()).toEqual([...ENGINE_PROGRAMS].sort());
      expect((await stat(join(folder, "bin", "pulumi"))).ino).toBe(built.ino);
      expect(await readFile(join(folder, "bin", launcher), "utf8")).toContain("@pulumi/pulumi/cmd/");
    },
  );

  test("an existing launcher, such as that of Pulumi's installer, stays unchanged", async () => {
    const [kept = "", lacking = ""] = launchers;
    await engineOf([...BUILT_PROGRAMS, kept]);
    await writeFile(join(folder, "bin", kept), "#!/bin/sh\n# the installer's\n");
    expect(await makeReady(folder)).toBe(true);
    expect(await readFile(join(folder, "bin", kept), "utf8")).toContain("the installer's");
    expect(await readFile(join(folder, "bin", lacking), "utf8")).toContain("exec node");
  });

  test.each(BUILT_PROGRAMS)("is not repaired if %s is missing, which needs a build", async (program) => {
    await engineOf(ENGINE_PROGRAMS.filter((other) => other !== program).slice(0, 2));
    const before = await readdir(join(folder, "bin"));
    expect(await makeReady(folder)).toBe(false);
    expect(await readdir(join(folder, "bin"))).toEqual(before);
  });

  test("is completed by the next command, without a build", async () => {
    const env = { XDG_CACHE_HOME: cache, PATH: "" };
    const made = await engineOf(BUILT_PROGRAMS, engineFolder(env, ENGINE_VERSION));
    const engine = await ensureEngine({ env });
    expect(engine).toEqual({ bin: join(made, "bin"), version: ENGINE_VERSION, origin: "cache" });
    expect(await isComplete(made)).toBe(true);
  });

  test("on PATH is not changed: nothing is written to an existing installation", async () => {
    const installed = join(await engineOf(ENGINE_PROGRAMS, join(cache, "installed")), "bin");
    await writeFile(join(installed, "pulumi"), "#!/bin/sh\necho v3.230.0\n");
    const before = await readdir(installed);
    const found = await ensureEngine({ env: { XDG_CACHE_HOME: cache, PATH: installed } });
    expect(found).toEqual({ bin: installed, version: "3.230.0", origin: "path" });

    await rm(join(installed, "pulumi-analyzer-policy"));
    await engineOf(BUILT_PROGRAMS, engineFolder({ XDG_CACHE_HOME: cache }, ENGINE_VERSION));
    const other = await ensureEngine({ env: { XDG_CACHE_HOME: cache, PATH: installed } });
    expect(other.origin).toBe("cache");
    expect(await readdir(installed)).toEqual(before.filter((name) => name !== "pulumi-analyzer-policy"));
  });

  test("the launcher of policy packs looks for the SDK from the pack's folder, wherever it is run", async () => {
    await engineOf(BUILT_PROGRAMS);
    await makeReady(folder);
    const pack = join(cache, "pack");
    const sdk = join(pack, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    await mkdir(sdk, { recursive: true });
    await writeFile(join(sdk, "index.js"), "console.log(JSON.stringify(process.argv.slice(2)));");
    const result = await run(join(folder, "bin", "pulumi-analyzer-policy"), ["127.0.0.1:1", pack], {
      cwd: cache,
    });
    expect(result).toMatchObject({ code: 0, stdout: `["127.0.0.1:1",${JSON.stringify(pack)}]\n` });
  });
});
