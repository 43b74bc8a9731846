import type { AccessReview, Severity } from "../../provider/review/model";
import { reviewRules } from "../../provider/review/rules";
import { type SarifResult, sarifLog } from "../common/sarif";

const levels: Readonly<Record<Severity, SarifResult["level"]>> = {
  high: "error",
  medium: "warning",
  low: "note",
};

/**
 * A review's findings as SARIF.
 *
 * @param file the file in which to show findings: the matrix, or a constant name.
 */
export function reviewSarif(review: AccessReview, file: string): string {
  const rules = reviewRules.map(({ id, title, help }) => ({ id, text: `${title}.`, help }));
  return sarifLog(
    "review",
    rules,
    review.findings.map((finding) => ({
      rule: finding.rule,
      level: levels[finding.severity],
      message: [finding.message, ...finding.evidence, `Fix: ${finding.fix}`].join("\n"),
      file,
      fingerprint: finding.fingerprint,
    })),
    review.omissions.map(({ what, why, fix, isExpected }) => ({
      message: [`Not read: ${what}. ${why}`, `Fix: ${fix}`].join("\n"),
      level: isExpected === true ? "note" : "error",
    })),
  );
}
