import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Parts of the suite that not every machine can run. Tests declare them with `describePart`. */

/** Takes `--require a,b` out of the arguments; the rest are Jest's. */
export function takeRequired(args) {
  const rest = [];
  const required = [];
  for (let index = 0; index < args.length; index++) {
    const [flag, value] = args[index].split(/=(.*)/s);
    if (flag !== "--require") rest.push(args[index]);
    else required.push(...(value ?? args[++index] ?? "").split(","));
  }
  return { rest, required: required.filter((part) => part !== "") };
}

/** The notes of the test files: each part they have, and why it did not run, if so. */
export function readNotes(folder) {
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

/** A line that names the parts that did not run, and why; undefined if all ran. */
export function notRunLine(notes) {
  const lacking = notes.filter((note) => note.lacking !== undefined);
  const parts = [...new Set(lacking.map((note) => `${note.part} (${note.lacking})`))];
  return parts.length === 0 ? undefined : `not run: ${parts.sort().join(", ")}`;
}

/** Why the run fails although its tests passed: a required part did not run, or no test declares it. */
export function missingRequired(required, notes) {
  return required.flatMap((part) => {
    const own = notes.filter((note) => note.part === part);
    if (own.length === 0)
      return [`--require ${part}: none of the tests that were run has a part of this name.`];
    return own.some((note) => note.lacking !== undefined) ? [`--require ${part}: it was not run.`] : [];
  });
}
