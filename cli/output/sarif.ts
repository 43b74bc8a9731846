import { version } from "../../provider/version";

/** One kind of result. */
export interface SarifRule {
  readonly id: string;
  /** What it finds, in one sentence. */
  readonly text: string;
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

/** A log in the Static Analysis Results Interchange Format (SARIF 2.1.0), which code hosts show beside the code. */
export function sarifLog(rules: readonly SarifRule[], results: readonly SarifResult[]): string {
  const driver = {
    name: "pulumi-posthog",
    version,
    rules: rules.map(({ id, text }) => ({ id, shortDescription: { text } })),
  };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver }, results: results.map((result) => toSarif(result, rules)) }],
  };
  return JSON.stringify(log, undefined, 2);
}

function toSarif(
  { rule, level, message, file, line, fingerprint }: SarifResult,
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
          region: { startLine: line ?? 1 },
        },
      },
    ],
    partialFingerprints: { "pulumiPosthog/v1": fingerprint },
  };
}
