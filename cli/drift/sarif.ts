import { createHash } from "node:crypto";
import type { AttributedDifference } from "../../provider/drift/model";
import { describeCause, describeDifference, subjectOf } from "../../provider/drift/report";
import {
  fileInRepository,
  type SarifOmission,
  type SarifResult,
  type SarifRule,
  sarifLog,
} from "../common/sarif";
import type { DriftResult } from "./run";

const rules: readonly SarifRule[] = [
  {
    id: "drift-changed",
    text: "PostHog has another value than the stack or the matrix.",
    help: "pulumi up --refresh restores the declared value; an update without a refresh sees no difference. For a matrix, run it on the stack that applies the matrix.",
  },
  {
    id: "drift-gone",
    text: "An object of the stack or the matrix no longer exists in PostHog.",
    help: "pulumi up --refresh creates it again.",
  },
  {
    id: "drift-unmanaged",
    text: "PostHog has an object that neither a stack nor a matrix manages.",
    help: "Nobody reviews it, and no update changes it: declare it, or remove it.",
  },
];

/**
 * A report for code scanning, which shows each difference at its declaration in the program.
 *
 * @param file for everything else: the matrix, or the program's Pulumi.yaml.
 * @param folder the program's folder; file names are relative to its repository.
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

/** Stays the same as long as the same thing differs in the same way. */
function fingerprintOf({ kind, type, urn, name, identity, property, actual }: AttributedDifference): string {
  const about = JSON.stringify([kind, type, urn ?? name ?? identity, property, actual]);
  return createHash("sha256").update(about).digest("hex").slice(0, 32);
}
