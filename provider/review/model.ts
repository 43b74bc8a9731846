import type { AccessLevel } from "../access/levels";
import type { Omission } from "../access/liveOrganization";
import type { Ending } from "../matrix/desired";

/**
 * The severity of a finding, worst first: `high` gives someone access who should not have it, `low` is housekeeping.
 */
export type Severity = "high" | "medium" | "low";

/** What a finding is about; if empty, the organization as a whole. */
export interface FindingSubject {
  /** The person, by e-mail address. */
  readonly person?: string;
  /** The project, by its number. */
  readonly projectId?: number;
  /** The role, by its name. */
  readonly role?: string;
  /** The API key, by its position in the review's `keys`. */
  readonly key?: number;
  /** The e-mail domain. */
  readonly domain?: string;
}

/** Something that needs a reviewer's attention. */
export interface ReviewFinding {
  /** The rule that found it, such as `sso-not-enforced`. */
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** The evidence: values from PostHog. */
  readonly evidence: readonly string[];
  /** How to fix it. */
  readonly fix: string;
  readonly subject: FindingSubject;
  /** The same for the same finding in every run and every version. */
  readonly fingerprint: string;
}

/** What someone can do with one type of resource. */
export interface ReviewedResource {
  /** Type of resource, such as `feature_flag`. */
  readonly resource: string;
  readonly level: AccessLevel;
  /** Where the level comes from: `through role Analysts`. */
  readonly through: string;
}

/** What someone can do in one project. */
export interface ReviewedAccess {
  readonly projectId: number;
  readonly level: AccessLevel;
  /** Where the level comes from: `as organization owner`. */
  readonly through: string;
  /** The types of resource with rules in the project, alphabetically; for all others PostHog's default applies. */
  readonly resources: readonly ReviewedResource[];
}

/** Someone in the organization, and everything they can do. */
export interface ReviewedPerson {
  readonly userUuid: string;
  readonly email: string;
  readonly name?: string;
  /** `owner`, `admin` or `member`. */
  readonly level: string;
  /** Names of their roles, alphabetically. */
  readonly roles: readonly string[];
  readonly joinedAt?: string;
  readonly lastLogin?: string;
  readonly has2fa?: boolean;
  /** Whether people of their e-mail domain can sign in only by single sign-on; missing if domains are unreadable. */
  readonly ssoEnforced?: boolean;
  /** One entry per project, in the order of the review's projects. */
  readonly access: readonly ReviewedAccess[];
}

/** A project's access for everyone without a rule. */
export interface ReviewedProject {
  readonly projectId: number;
  readonly name: string;
  /** The access of everyone who is not listed. */
  readonly defaultAccess: AccessLevel;
}

/** An API key, and what it can reach. */
export interface ReviewedKey {
  readonly kind: "personal" | "project";
  /** E-mail address of the key's owner. */
  readonly owner?: string;
  readonly label?: string;
  readonly maskValue?: string;
  readonly scopes: readonly string[];
  /**
   * The projects where it can do anything. `resources` lists what its scopes cover, each with the lower of what the
   * scope allows and, for a personal key, what its owner can do. `level` is the highest of them; it is `admin` only if
   * its scopes allow administering the project. A key with all scopes (`*`) has its owner's level, and as `resources`
   * the project itself and the types on which it has rules.
   */
  readonly access: readonly ReviewedAccess[];
  /** Why it can do nothing in any project: `it has no scopes`; missing if it can. */
  readonly withoutAccess?: string;
  /** E-mail address of the person who created a project's key; missing if PostHog does not show it. */
  readonly creator?: string;
  readonly createdAt?: string;
  readonly lastUsedAt?: string;
  readonly lastRolledAt?: string;
}

/** The organization of a review. */
export interface ReviewedOrganization {
  /** Its UUID. */
  readonly id: string;
  readonly name: string;
  /** PostHog's address. */
  readonly host: string;
}

/** Who can do what in an organization and why, and what needs a reviewer's attention. */
export interface AccessReview {
  readonly organization: ReviewedOrganization;
  /** When it was read, ISO 8601. */
  readonly readAt: string;
  /** Sorted alphabetically. */
  readonly projects: readonly ReviewedProject[];
  /**
   * Sorted by e-mail address. Equal entries of `access` are one object, so that large organizations fit into memory.
   */
  readonly people: readonly ReviewedPerson[];
  /** Missing if none are readable. */
  readonly keys?: readonly ReviewedKey[];
  /** Worst first. */
  readonly findings: readonly ReviewFinding[];
  /** What could not be read, so that no finding can mention it. */
  readonly omissions: readonly Omission[];
}

/** The thresholds from which on something becomes a finding. */
export interface ReviewThresholds {
  /** How many days before it expires a SAML certificate becomes a finding. */
  readonly certificateDays: number;
  /** Days without use after which an API key counts as stale. */
  readonly unusedKeyDays: number;
  /** The maximum number of owners without a finding. */
  readonly mostOwners: number;
  /** The maximum number of write scopes on one API key without a finding. */
  readonly mostWriteScopes: number;
}

export const defaultThresholds: ReviewThresholds = {
  certificateDays: 30,
  unusedKeyDays: 90,
  mostOwners: 5,
  mostWriteScopes: 10,
};

/** The options of a review. Everything has a default. */
export interface ReviewOptions {
  readonly thresholds?: Partial<ReviewThresholds>;
  /** The company's e-mail domains, lower case. Default: the organization's verified domains. */
  readonly companyDomains?: readonly string[];
  /** Grants of a matrix that are about to end. */
  readonly endings?: readonly MatrixEnding[];
}

/** A grant of a matrix that is about to end, with its names in PostHog. */
export interface MatrixEnding extends Ending {
  /** Name of the team's role in PostHog. */
  readonly role?: string;
  /** The project's number, if it is known. */
  readonly projectId?: number;
}
