import type { AccessReview, Severity } from "./model";
import { severities } from "./reviewOrganization";

/** What of a review is wanted. */
export interface Narrowing {
  /** E-mail addresses; everybody by default. */
  readonly people?: readonly string[];
  /** The least severity of the findings; all by default. */
  readonly severity?: Severity;
}

/** The part of a review that is about some people, with the findings that matter enough. */
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

/** Whether something is as severe as `least`, or more. */
export function isAtLeastAsSevere(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(least);
}
