import { createHash } from "node:crypto";
import type { AttributedDifference } from "../../provider/drift/model";
import { describeCause, describeDifference, subjectOf } from "../../provider/drift/report";
import {
  fileInRepository,
  type SarifOmission,
  type SarifResult,
  type SarifRule,
  sarifLog,
} from "../shared/sarif";
import type { DriftResult } from "./run";

const rules: readonly SarifRule[] = [
  {
    id: "drift-changed",
    text: "PostHog has another value than the stack or the matrix.",
    help: "An update after a refresh (pulumi up --refresh) puts the declared value back; without the refresh it sees no difference. Of a matrix, update the stack that applies it in that way.",
  },
  {
    id: "drift-gone",
    text: "Something of the stack or the matrix is not there in PostHog.",
    help: "An update after a refresh (pulumi up --refresh) makes it anew.",
  },
  {
    id: "drift-unmanaged",
    text: "PostHog has something that neither a stack nor a matrix manages.",
    help: "Nobody reviews it, and no update changes it: declare it, or remove it.",
  },
];

/**
 * A report for code scanning. What differs is shown where the program declares it.
 *
 * @param file what is shown for everything else: the matrix, or the program's Pulumi.yaml.
 * @param folder the program's folder; files are named as they are called in its repository.
 */
export function printSarif({ report, nameOf }: DriftResult, file: string, folder = process.cwd()): string {
  const result = (one: AttributedDifference): SarifResult => ({
    rule: `drift-${one.kind}`,
    level: one.kind === "unmanaged" && !report.countsUnmanaged ? "note" : "warning",
    message: `${subjectOf(one)} ${describeDifference(one)}\n${describeCause(one.cause, nameOf)}`,
    file: fileInRepository(one.place?.file ?? file, folder),
    line: one.place?.line,
    fingerprint: fingerprintOf(one),
  });
  const omissions: SarifOmission[] = [
    ...report.unread.map(
      ({ type, name, message }): SarifOmission => ({
        message: `not compared: ${type} ${name}: ${message}`,
        level: "error",
      }),
    ),
    ...report.notes.map((message): SarifOmission => ({ message, level: "note" })),
  ];
  return sarifLog("drift", rules, [...report.differences, ...report.unmanaged].map(result), omissions);
}

/** The same as long as the same thing differs in the same way. */
function fingerprintOf({ kind, type, urn, name, identity, property, actual }: AttributedDifference): string {
  const about = JSON.stringify([kind, type, urn ?? name ?? identity, property, actual]);
  return createHash("sha256").update(about).digest("hex").slice(0, 32);
}
