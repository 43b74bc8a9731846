import { chmod, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, engineFolder, fillAtomically, isComplete } from "../../tools/engine/cache";
import { ENGINE_PROGRAMS } from "../../tools/engine/versions";

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
  ["XDG_CACHE_HOME where it is set", { XDG_CACHE_HOME: "/var/cache/me" }, "/var/cache/me/pulumi-posthog"],
  ["the home folder's .cache where it is empty", { XDG_CACHE_HOME: "" }, /\/\.cache\/pulumi-posthog$/],
])("the cache is in %s", (_name, env, expected) => {
  expect(cacheFolder(env)).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
});

test("a finished set-up gets the final name, and nothing else is left", async () => {
  await fillAtomically(folder, fill);
  expect(await isComplete(folder)).toBe(true);
  expect(await readdir(join(cache, "pulumi-posthog"))).toEqual(["engine-1.2.3"]);
});

test("a set-up that fails half-way leaves nothing, and its own reason", async () => {
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
])("a set-up that ends well but %s is not trusted", async (_name, work) => {
  await expect(fillAtomically(folder, work)).rejects.toThrow("not all there");
  expect(await isComplete(folder)).toBe(false);
});

test("a damaged engine is replaced", async () => {
  await fillAtomically(folder, fill);
  await rm(join(folder, "bin", "pulumi"));
  await fillAtomically(folder, fill);
  expect(await isComplete(folder)).toBe(true);
});

test("of two set-ups at once both end well, with one engine", async () => {
  await Promise.all([fillAtomically(folder, fill), fillAtomically(folder, fill)]);
  expect(await readdir(join(cache, "pulumi-posthog"))).toEqual(["engine-1.2.3"]);
  expect(await isComplete(folder)).toBe(true);
});

test("what an interrupted set-up left is swept after a day, not while it may still run", async () => {
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
