import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { pruneDeclarations } from "./declarations.mjs";
import { ROOT, readText, remove, report, runNode, step, WORKSHOP, writeWhole } from "./shell.mjs";

const DIST = join(ROOT, "dist");
const STAMP = join(DIST, ".stamp");
const FRESH = "dist-";
const STALE = "stale-";
const COMPILER = "node_modules/typescript/bin/tsc";
const SOURCES = [
  "provider",
  "cli",
  "emulator",
  "tools",
  "bench",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];

/** Compiles the sources into `dist` if they have changed. */
export async function build() {
  const stamp = sourceStamp(SOURCES.map((source) => join(ROOT, source)));
  if (readText(STAMP) === stamp) return;
  await step("Compiling TypeScript", () => compile(stamp));
}

/** A text that changes when a source is added, removed or written. */
function sourceStamp(paths) {
  const hash = createHash("sha256");
  for (const path of paths) describe(path, hash);
  return hash.digest("hex");
}

function describe(path, hash) {
  const about = statSync(path, { throwIfNoEntry: false });
  if (about === undefined) return;
  if (!about.isDirectory()) hash.update(`${path} ${about.mtimeMs} ${about.size}\n`);
  else for (const name of readdirSync(path).sort()) describe(join(path, name), hash);
}

/** Removes what killed runs left. Only the holder of the lock compiles. */
function removeLeftovers() {
  mkdirSync(WORKSHOP, { recursive: true });
  const leftovers = readdirSync(WORKSHOP).filter((name) => name.startsWith(FRESH) || name.startsWith(STALE));
  for (const name of leftovers) remove(join(WORKSHOP, name));
}

/** Compiles next to `dist` and swaps the two at the end, so that `dist` is always complete. */
async function compile(stamp) {
  // A compiler can outlive its killed parent and still write. Its folder has another process id, so it is not this one.
  const [fresh, stale] = [`${FRESH}${process.pid}`, `${STALE}${process.pid}`].map((name) =>
    join(WORKSHOP, name),
  );
  removeLeftovers();
  try {
    await runNode(COMPILER, ["-p", "tsconfig.json", "--outDir", fresh]);
    await runNode("tools/bootstrap/bundle.mjs", [fresh]);
    // npm marks commands as executable when it installs them; in a clone that is before they are compiled.
    chmodSync(join(fresh, "cli/main.js"), 0o755);
    pruneDeclarations(fresh, readText(join(ROOT, "package.json")));
    writeWhole(join(fresh, ".stamp"), stamp);
    if (existsSync(DIST)) renameSync(DIST, stale);
    renameSync(fresh, DIST);
  } catch (error) {
    report("The sources do not compile: see the messages above.");
    throw error;
  } finally {
    remove(fresh);
    remove(stale);
  }
}
