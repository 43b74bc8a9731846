import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { printableLines } from "../../provider/access/messages";
import { version } from "../../provider/posthog/version";
import { jsonText } from "./output";

export interface SarifRule {
  readonly id: string;
  /** What it reports, in one sentence. */
  readonly text: string;
  /** Why it matters. */
  readonly help: string;
}

export interface SarifResult {
  /** Id of the rule. */
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  /** The file to show it in, relative to the repository. */
  readonly file: string;
  /** Counted from 1; by default the first line. */
  readonly line?: number;
  /** The same for the same thing in every run, so that it is shown once. */
  readonly fingerprint: string;
}

/** Something that was not checked, so that results may be missing. */
export interface SarifOmission {
  readonly message: string;
  /** `error` makes the run incomplete; `note` is for what such runs never check. */
  readonly level: "error" | "note";
}

/**
 * A log in the Static Analysis Results Interchange Format (SARIF 2.1.0), which code hosts show alongside the code.
 *
 * @param category keeps the logs of several commands apart.
 * @param omissions what was not checked; one of level `error` makes the run unsuccessful. Without the list, the log does
 * not say whether the run succeeded.
 */
export function sarifLog(
  category: string,
  rules: readonly SarifRule[],
  results: readonly SarifResult[],
  omissions?: readonly SarifOmission[],
): string {
  const driver = {
    name: "pulumi-posthog",
    version,
    informationUri: "https://www.npmjs.com/package/pulumi-posthog",
    rules: rules.map(({ id, text, help }) => ({
      id,
      shortDescription: { text },
      fullDescription: { text: help },
      help: { text: help },
    })),
  };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        automationDetails: { id: `pulumi-posthog/${category}/` },
        ...(omissions === undefined ? {} : { invocations: [invocation(omissions)] }),
        results: results.map((result) => toSarif(result, rules)),
      },
    ],
  };
  return jsonText(log);
}

function invocation(omissions: readonly SarifOmission[]) {
  return {
    executionSuccessful: omissions.every(({ level }) => level !== "error"),
    toolExecutionNotifications: omissions.map(({ message, level }) => ({
      level,
      message: { text: printableLines(message) },
    })),
  };
}

function toSarif(
  { rule, level, message, file, line = 1, fingerprint }: SarifResult,
  rules: readonly SarifRule[],
) {
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level,
    message: { text: printableLines(message) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
          // Only the line is known, but GitHub requires all four.
          region: { startLine: line, startColumn: 1, endLine: line, endColumn: 2 },
        },
      },
    ],
    // GitHub reads only this name; without it, all results of one rule on one line become one alert.
    partialFingerprints: { primaryLocationLineHash: fingerprint },
  };
}

/** A file's path in its repository, as code hosts show it; outside a repository, relative to the folder. */
export function fileInRepository(file: string, folder = process.cwd()): string {
  return relative(repositoryOf(folder), resolve(folder, file)).split(sep).join("/");
}

function repositoryOf(folder: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
  }
  return folder;
}
