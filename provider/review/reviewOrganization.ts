import { indexAccess } from "../access/effective";
import type { LiveOrganization } from "../access/liveOrganization";
import { judgeRules } from "../access/ruleEffect";
import { distinctNames } from "../access/snapshot";
import { fingerprintOf } from "./identity";
import { reviewKeys } from "./keys";
import type { AccessReview, ReviewFinding, Severity } from "./model";
import { defaultThresholds, type ReviewOptions } from "./options";
import { reviewPeople, reviewProjects } from "./people";
import { reviewRules } from "./rules";
import type { Found, Situation } from "./rules/rule";

/** The severities, worst first. */
export const severities: readonly Severity[] = ["high", "medium", "low"];

/** Works out who can do what in an organization and why, and what of it a reviewer should look at. */
export function reviewOrganization(live: LiveOrganization, options: ReviewOptions = {}): AccessReview {
  const index = indexAccess(live.access);
  const projects = reviewProjects(live, index);
  const people = reviewPeople(live, index, projects);
  const keys = reviewKeys(live, index, people, projects);
  // Findings are sentences: two projects of one name would be one in them.
  const named = { ...live, access: { ...live.access, projects: distinctNames(live.access.projects) } };
  const findings = findAll({
    live: named,
    index,
    review: { people, keys, projects: reviewProjects(named, index) },
    judge: judgeRules(live.access),
    thresholds: { ...defaultThresholds, ...options.thresholds },
    companyDomains: companyDomains(live, options),
    endings: options.endings ?? [],
    now: Date.parse(live.readAt),
  });
  const { id, name, host, readAt, omissions } = live;
  return { organization: { id, name, host }, readAt, projects, people, keys, findings, omissions };
}

function findAll(situation: Situation): ReviewFinding[] {
  const found = reviewRules.flatMap((rule) =>
    rule.find(situation).map((one) => toFinding(rule.id, one, situation)),
  );
  return severities.flatMap((severity) => found.filter((finding) => finding.severity === severity));
}

function toFinding(rule: string, { identity, ...found }: Found, { live, review }: Situation): ReviewFinding {
  const key = found.subject.key === undefined ? undefined : review.keys?.[found.subject.key];
  const { subject } = found;
  return {
    rule,
    ...found,
    fingerprint: fingerprintOf({ organizationId: live.id, rule, subject, identity, key }),
  };
}

function companyDomains(
  { domains }: LiveOrganization,
  { companyDomains: given }: ReviewOptions,
): Set<string> | undefined {
  const names = given ?? domains?.filter(({ isVerified }) => isVerified).map(({ domain }) => domain);
  return names === undefined || names.length === 0
    ? undefined
    : new Set(names.map((name) => name.toLowerCase()));
}
