import { createHash } from "node:crypto";
import type { AccessReview, ReviewFinding, Severity } from "../../provider/review/model";
import { reviewRules } from "../../provider/review/rules";
import { type SarifResult, sarifLog } from "../shared/sarif";

const levels: Readonly<Record<Severity, SarifResult["level"]>> = {
  high: "error",
  medium: "warning",
  low: "note",
};

/**
 * A review's findings as SARIF.
 *
 * @param file what findings are shown beside: the matrix, or a name that stays the same.
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
      fingerprint: fingerprint(finding, review),
    })),
    review.omissions.map(({ what, why, fix, isExpected }) => ({
      message: [`Not read: ${what}. ${why}`, `Fix: ${fix}`].join("\n"),
      level: isExpected === true ? "note" : "error",
    })),
  );
}

/** What a finding is about; numbers in its words do not count, such as those of days, which change every day. */
function fingerprint(
  { rule, subject, message }: ReviewFinding,
  { organization, keys }: AccessReview,
): string {
  const key = subject.key === undefined ? undefined : keys?.[subject.key];
  const { person, projectId, role, domain } = subject;
  const words = message.replace(/\d+/g, "#");
  const about = [organization.id, rule, person, projectId, role, domain, key?.kind, key?.maskValue, words];
  return createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 32);
}
