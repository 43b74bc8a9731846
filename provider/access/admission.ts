import { organizationLevels } from "./levels";
import { emailDomain } from "./values";

/** Somebody in the organization, as far as getting in goes. */
export interface AdmittedMember {
  readonly email: string;
  /** Organization level as PostHog's number: 1 member, 8 admin, 15 owner. */
  readonly level: number;
}

/** What becomes of everybody once only verified e-mail domains are admitted. */
export interface AdmissionVerdict {
  /** Why it must not be switched on. */
  readonly refusal?: { readonly why: string; readonly fix: string };
  /** E-mail addresses of those who would be shut out. */
  readonly shutOut: readonly string[];
}

/**
 * Judges admitting only people of verified e-mail domains: never so that whoever switches it on is shut out, nor so
 * that no owner is left inside.
 *
 * @param caller e-mail address of whoever switches it on, where that is known.
 * @param domains the verified domains, lower case.
 */
export function judgeVerifiedDomains(
  members: readonly AdmittedMember[],
  caller: string | undefined,
  domains: readonly string[],
): AdmissionVerdict {
  const isIn = (email: string): boolean => domains.includes(emailDomain(email));
  const shutOut = members.map(({ email }) => email).filter((email) => !isIn(email));
  const verified = domains.length === 0 ? "none is verified" : `verified are ${domains.join(", ")}`;
  if (caller !== undefined && !isIn(caller)) {
    return {
      refusal: {
        why: `It would shut out ${caller}, the key's own owner: of the organization's e-mail domains ${verified}.`,
        fix: "Verify the owner's domain first (OrganizationDomain), or apply it with the key of somebody inside.",
      },
      shutOut,
    };
  }
  if (members.some(({ email, level }) => level === organizationLevels.owner && isIn(email)))
    return { shutOut };
  return {
    refusal: {
      why: `It would shut out every owner: of the organization's e-mail domains ${verified}.`,
      fix: "Verify an owner's domain first (OrganizationDomain).",
    },
    shutOut,
  };
}
