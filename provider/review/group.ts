import type { ReviewFinding, Severity } from "./model";
import { reviewRules } from "./rules";

/** Findings of one rule and one severity. */
export interface FindingGroup {
  readonly rule: string;
  readonly severity: Severity;
  /** What each of them is, as a headline. */
  readonly title: string;
  readonly findings: readonly ReviewFinding[];
}

/** Puts findings of one rule and one severity together, in the order in which the first of each comes. */
export function groupFindings(findings: readonly ReviewFinding[]): FindingGroup[] {
  const titles = new Map(reviewRules.map(({ id, title }) => [id, title]));
  const groups = new Map<string, ReviewFinding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.rule}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].flatMap((same) =>
    same
      .slice(0, 1)
      .map(({ rule, severity }) => ({ rule, severity, title: titles.get(rule) ?? rule, findings: same })),
  );
}
