import { indexAccess } from "../access/effective";
import type { LiveOrganization } from "../access/liveOrganization";
import { judgeRules } from "../access/ruleEffect";
import { distinctNames } from "../access/snapshot";
import { fingerprintOf } from "./identity";
import { reviewKeys } from "./keys";
import {
  type AccessReview,
  defaultThresholds,
  type ReviewFinding,
  type ReviewOptions,
  type Severity,
} from "./model";
import { reviewPeople, reviewProjects } from "./people";
import type { Found, Situation } from "./rule";
import { reviewRules } from "./rules";

/** The severities, worst first. */
export const severities: readonly Severity[] = ["high", "medium", "low"];

/** Determines who can do what in an organization and why, and what needs a reviewer's attention. */
export function reviewOrganization(live: LiveOrganization, options: ReviewOptions = {}): AccessReview {
  const index = indexAccess(live.access);
  const projects = reviewProjects(live, index);
  const people = reviewPeople(live, index, projects);
  const keys = reviewKeys(live, index, people, projects);
  // Findings are sentences, in which two projects with the same name could not be distinguished.
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

/** Which part of a review to keep. */
interface Narrowing {
  /** E-mail addresses; everyone by default. */
  readonly people?: readonly string[];
  /** The least severity of the findings; all by default. */
  readonly severity?: Severity;
}

/** The part of a review about some people, with only the findings that are severe enough. */
export function narrowReview(review: AccessReview, { people, severity }: Narrowing): AccessReview {
  const wanted = people && new Set(people.map((email) => email.toLowerCase()));
  const isWanted = (email: string | undefined): boolean =>
    wanted === undefined || (email !== undefined && wanted.has(email.toLowerCase()));
  const keys = review.keys?.map((key, at) => ({ key, at })).filter(({ key }) => isWanted(key.owner));
  const positions = new Map(keys?.map(({ at }, position) => [at, position]));
  return {
    ...review,
    people: review.people.filter(({ email }) => isWanted(email)),
    keys: keys?.map(({ key }) => key),
    findings: review.findings
      .filter(
        (finding) =>
          isAtLeastAsSevere(finding.severity, severity ?? "low") && isWanted(finding.subject.person),
      )
      .map((finding) => {
        const { key, ...subject } = finding.subject;
        return key === undefined ? finding : { ...finding, subject: { ...subject, key: positions.get(key) } };
      }),
  };
}

export function isAtLeastAsSevere(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(least);
}
