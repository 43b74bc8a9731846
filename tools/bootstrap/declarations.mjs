import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { readText, remove } from "./shell.mjs";

/**
 * Removes the declarations that no program can reach by importing the package: they describe its internals, and the
 * public ones do not need them.
 *
 * @param folder The compiled files, which will become `dist`.
 * @param manifest The text of `package.json`.
 */
export function pruneDeclarations(folder, manifest) {
  const entries = Object.values(JSON.parse(manifest).exports ?? {}).flatMap(({ types }) => types ?? []);
  const reached = new Set();
  for (const entry of entries) reach(join(folder, entry.replace(/^(\.\/)?dist\//, "")), reached);
  const all = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".d.ts"));
  for (const path of all) if (!reached.has(join(folder, path))) remove(join(folder, path));
}

function reach(path, reached) {
  if (reached.has(path)) return;
  reached.add(path);
  for (const [, target] of readFileSync(path, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g)) {
    const module_ = normalize(join(dirname(path), target));
    const file = `${module_}.d.ts`;
    reach(readText(file) === "" ? join(module_, "index.d.ts") : file, reached);
  }
}
