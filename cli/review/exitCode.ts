import type { Omission, OrganizationPart } from "../../provider/access/liveOrganization";
import { printable } from "../../provider/access/messages";
import type { AccessReview, Severity } from "../../provider/review/model";
import { isAtLeastAsSevere } from "../../provider/review/reviewOrganization";

/** The flags that decide the exit code. */
export interface ExitFlags {
  /** The least severity that makes the command fail. */
  readonly failOn?: Severity;
  /** Parts of the organization that may be unreadable without failing. */
  readonly allowUnread?: readonly OrganizationPart[];
}

/** The worst severity that rules can find in each part of an organization. */
const worstFound: Readonly<Record<OrganizationPart, Severity>> = {
  projects: "high",
  rules: "high",
  domains: "high",
  keys: "high",
  invites: "low",
};

/**
 * The exit code of a review: 2 with findings as severe as --fail-on, 1 if unreadable parts may contain such findings,
 * otherwise 0. Findings that --severity hides also count.
 */
export function exitCodeOf(
  review: Pick<AccessReview, "findings" | "omissions">,
  { failOn, allowUnread }: ExitFlags,
): 0 | 1 | 2 {
  if (failOn === undefined) return 0;
  if (review.findings.some(({ severity }) => isAtLeastAsSevere(severity, failOn))) return 2;
  return unjudged(review, failOn, allowUnread).length > 0 ? 1 : 0;
}

/** Why a review without findings does not pass, as lines; empty if it passes. */
export function whyNotPassed(review: AccessReview, flags: ExitFlags): string[] {
  const { failOn, allowUnread } = flags;
  if (failOn === undefined || exitCodeOf(review, flags) !== 1) return [];
  return [unjudgedLine(unjudged(review, failOn, allowUnread), failOn)];
}

/**
 * Unreadable parts that may contain findings of that severity. Parts that the caller can never read do not count,
 * otherwise no run would pass.
 *
 * @param allowed parts that may be missing.
 */
function unjudged(
  { omissions }: Pick<AccessReview, "omissions">,
  failOn: Severity,
  allowed: readonly OrganizationPart[] = [],
): Omission[] {
  return omissions.filter(
    ({ part, isExpected }) =>
      isExpected !== true && !allowed.includes(part) && isAtLeastAsSevere(worstFound[part], failOn),
  );
}

/** The unreadable parts, and the fix, for a terminal. */
export function unreadLines({ omissions }: Pick<AccessReview, "omissions">): string[] {
  return omissions
    .flatMap(({ what, why, fix }) => [`not read: ${what}. ${why}`, `fix: ${fix}`])
    .map(printable);
}

function unjudgedLine(unread: readonly Omission[], failOn: Severity): string {
  const parts = [...new Set(unread.map(({ part }) => part))].join(",");
  return `incomplete: findings as severe as ${failOn} may be in what could not be read; --allow-unread ${parts} ignores that`;
}
