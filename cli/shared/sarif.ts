import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { version } from "../../provider/version";

/** One kind of result. */
export interface SarifRule {
  readonly id: string;
  /** What it finds, in one sentence. */
  readonly text: string;
  /** Why one should care. */
  readonly help: string;
}

/** One thing that was found. */
export interface SarifResult {
  /** Id of its rule. */
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  /** The file that it is about, relative to the repository. */
  readonly file: string;
  /** Counted from 1; the first by default. */
  readonly line?: number;
  /** Equal for the same thing in every run, so that it is told once. */
  readonly fingerprint: string;
}

/** Something that could not be looked at, so that there are no results of it. */
export interface SarifOmission {
  readonly message: string;
  /** `error` where it makes the run incomplete, `note` where it is never looked at in such runs. */
  readonly level: "error" | "note";
}

/**
 * A log in the Static Analysis Results Interchange Format (SARIF 2.1.0), which code hosts show beside the code.
 *
 * @param category what was looked for, so that a code host keeps the logs of several commands apart.
 * @param omissions what was not looked at; one of level `error` makes the run one that did not succeed. Without the
 * list nothing is said of that.
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
  return JSON.stringify(log, undefined, 2);
}

function invocation(omissions: readonly SarifOmission[]) {
  return {
    executionSuccessful: omissions.every(({ level }) => level !== "error"),
    toolExecutionNotifications: omissions.map(({ message, level }) => ({
      level,
      message: { text: message },
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
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
          // Only the line is known; GitHub asks for all four.
          region: { startLine: line, startColumn: 1, endLine: line, endColumn: 2 },
        },
      },
    ],
    // The only name that GitHub looks at; without it, all that one rule finds on one line is one alert.
    partialFingerprints: { primaryLocationLineHash: fingerprint },
  };
}

/** A file as its repository calls it, which code hosts go by; outside of one, as the folder calls it. */
export function fileInRepository(file: string, folder = process.cwd()): string {
  return relative(repositoryOf(folder), resolve(folder, file)).split(sep).join("/");
}

function repositoryOf(folder: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
  }
  return folder;
}
