import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingRequired, notRunLine, readNotes, takeRequired } from "./parts.mjs";
import { CommandFailed, readText, remove, report, runNode, step, WORKSHOP } from "./shell.mjs";

/**
 * The whole suite: format and lint, types, tests. Arguments go to Jest and select tests. With `--require
 * browser,python`, a run without these parts fails.
 */
export async function runSuite(args) {
  const { rest, required } = takeRequired(args);
  if (rest.length === 0) {
    await step("Format and lint", () =>
      runNode("node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings"]),
    );
    await step("Types", () => runNode("node_modules/typescript/bin/tsc", typeCheckArguments()));
  }
  await runTests(rest, required);
}

function typeCheckArguments() {
  return [
    "-p",
    "tsconfig.check.json",
    "--incremental",
    "--tsBuildInfoFile",
    join(WORKSHOP, "types.tsbuildinfo"),
  ];
}

async function runTests(args, required) {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-posthog-test-"));
  const results = join(folder, "results.json");
  const parts = join(folder, "parts");
  mkdirSync(parts);
  process.env.TEST_PARTS_FOLDER = parts;
  process.env.TEST_PARTS_REQUIRED = required.join(",");
  try {
    await runNode("node_modules/jest/bin/jest.js", ["--json", `--outputFile=${results}`, ...args]);
    requireParts(required, readNotes(parts));
  } finally {
    const text = readText(results);
    if (text !== "") console.log(countLine(JSON.parse(text)));
    const notRun = notRunLine(readNotes(parts));
    if (notRun !== undefined) console.log(notRun);
    remove(folder);
  }
}

function requireParts(required, notes) {
  const missing = missingRequired(required, notes);
  for (const line of missing) report(line);
  if (missing.length > 0) throw new CommandFailed(1);
}

/** The last line, for people and machines. A file that could not run counts as one failure. */
export function countLine({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests }) {
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : "";
  return `${numPassedTests} passed, ${failed} failed${skipped}`;
}
