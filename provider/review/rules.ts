import { groupBy } from "../access/values";
import { directGrantBesideRole, grantEnding, projectOpenToEverybody, ruleWithoutEffect } from "./accessRules";
import { keyOfLeaver, keyOverScoped, keyStale } from "./keyRules";
import {
  inviteExpired,
  memberOutsideDomains,
  memberWithoutSecondFactor,
  ownersTooFew,
  ownersTooMany,
  roleWithoutMembers,
} from "./memberRules";
import type { ReviewFinding, Severity } from "./model";
import type { ReviewRule } from "./rule";
import {
  certificateExpiring,
  domainUnverified,
  identityProviderLeftover,
  ssoBypass,
  ssoNotEnforced,
} from "./signOnRules";

/** Everything that a review looks for; findings of the same severity have this order. */
export const reviewRules: readonly ReviewRule[] = [
  ssoNotEnforced,
  ssoBypass,
  domainUnverified,
  certificateExpiring,
  identityProviderLeftover,
  keyOfLeaver,
  keyOverScoped,
  keyStale,
  projectOpenToEverybody,
  memberOutsideDomains,
  memberWithoutSecondFactor,
  ownersTooFew,
  ownersTooMany,
  ruleWithoutEffect,
  directGrantBesideRole,
  roleWithoutMembers,
  inviteExpired,
  grantEnding,
];

/** Findings of one rule and one severity. */
export interface FindingGroup {
  readonly rule: string;
  readonly severity: Severity;
  /** Each finding as a headline. */
  readonly title: string;
  readonly findings: readonly ReviewFinding[];
}

/** Groups findings by rule and severity, in the order of the first of each. */
export function groupFindings(findings: readonly ReviewFinding[]): FindingGroup[] {
  const titles = new Map(reviewRules.map(({ id, title }) => [id, title]));
  const groups = groupBy(findings, ({ rule, severity }) => `${severity} ${rule}`);
  return [...groups.values()].map((same) => {
    const [{ rule, severity }] = same;
    return { rule, severity, title: titles.get(rule) ?? rule, findings: same };
  });
}
