import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Parts of the suite that need something that not every machine has; tests declare them with `describePart`. */

/** Takes `--require a,b` out of the arguments, which are otherwise Jest's. */
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

/** What the test files noted: each part that they have, and why it was not run, if so. */
export function readNotes(folder) {
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

/** The line that names what was not run and why; nothing where all was run. */
export function notRunLine(notes) {
  const lacking = notes.filter((note) => note.lacking !== undefined);
  const parts = [...new Set(lacking.map((note) => `${note.part} (${note.lacking})`))];
  return parts.length === 0 ? undefined : `not run: ${parts.sort().join(", ")}`;
}

/** Why the run does not count although the tests passed: a required part that did not run, or that no test has. */
export function missingRequired(required, notes) {
  return required.flatMap((part) => {
    const own = notes.filter((note) => note.part === part);
    if (own.length === 0)
      return [`--require ${part}: none of the tests that were run has a part of this name.`];
    return own.some((note) => note.lacking !== undefined) ? [`--require ${part}: it was not run.`] : [];
  });
}
