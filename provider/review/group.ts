import { groupBy } from "../access/values";
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
  const groups = groupBy(findings, ({ rule, severity }) => `${severity} ${rule}`);
  return [...groups.values()].map((same) => {
    const [{ rule, severity }] = same;
    return { rule, severity, title: titles.get(rule) ?? rule, findings: same };
  });
}
