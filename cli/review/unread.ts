import type { Omission, OrganizationPart } from "../../provider/access/liveOrganization";
import { printable } from "../../provider/audit/printable";
import type { AccessReview, Severity } from "../../provider/review/model";
import { isAtLeastAsSevere } from "../../provider/review/reviewOrganization";

/** The worst that rules find in each part of an organization. */
const worstFound: Readonly<Record<OrganizationPart, Severity>> = {
  projects: "high",
  rules: "high",
  domains: "high",
  keys: "high",
  invites: "low",
};

/**
 * What went unread though findings of that severity could be in it. What nobody like the caller can ever read does not
 * count, or no run would pass.
 *
 * @param allowed parts that may be missing.
 */
export function unjudged(
  { omissions }: Pick<AccessReview, "omissions">,
  failOn: Severity,
  allowed: readonly OrganizationPart[] = [],
): Omission[] {
  return omissions.filter(
    ({ part, isExpected }) =>
      isExpected !== true && !allowed.includes(part) && isAtLeastAsSevere(worstFound[part], failOn),
  );
}

/** What could not be read, and what would let it be, for beside files that may not be looked into. */
export function unreadLines({ omissions }: Pick<AccessReview, "omissions">): string[] {
  return omissions
    .flatMap(({ what, why, fix }) => [`not read: ${what}. ${why}`, `fix: ${fix}`])
    .map(printable);
}

/** Why a run does not pass although it has found nothing. */
export function unjudgedLine(unread: readonly Omission[], failOn: Severity): string {
  const parts = [...new Set(unread.map(({ part }) => part))].join(",");
  return `not reviewed: findings as severe as ${failOn} may be in what could not be read; --allow-unread ${parts} lets that pass`;
}
