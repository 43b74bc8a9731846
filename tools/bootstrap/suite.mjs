import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText, remove, runNode, step, WORKSHOP } from "./shell.mjs";

/** The whole suite: format and lint, types, tests. With arguments, only the tests that they name to jest. */
export async function runSuite(args) {
  if (args.length === 0) {
    await step("Format and lint", () =>
      runNode("node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings"]),
    );
    await step("Types", () => runNode("node_modules/typescript/bin/tsc", typeCheckArguments()));
  }
  await runTests(args);
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

async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-posthog-test-"));
  const report = join(folder, "report.json");
  try {
    await runNode("node_modules/jest/bin/jest.js", ["--json", `--outputFile=${report}`, ...args]);
  } finally {
    const text = readText(report);
    if (text !== "") console.log(countLine(JSON.parse(text)));
    remove(folder);
  }
}

/** The closing line for people and machines. A file that could not be run counts as one failure. */
export function countLine({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests }) {
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : "";
  return `${numPassedTests} passed, ${failed} failed${skipped}`;
}
