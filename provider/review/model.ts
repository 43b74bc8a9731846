import type { AccessLevel } from "../access/levels";
import type { Omission } from "../access/liveOrganization";
import type { Ending } from "../matrix/desired";

/** How much a finding matters, worst first: `high` lets someone in who should not be, `low` is housekeeping. */
export type Severity = "high" | "medium" | "low";

/** What a finding is about; with nothing said, the organization as a whole. */
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

/** Something that a reviewer should look at. */
export interface ReviewFinding {
  /** Which rule found it, such as `sso-not-enforced`. */
  readonly rule: string;
  readonly severity: Severity;
  /** What is the case, in one sentence. */
  readonly message: string;
  /** What shows it: values as PostHog has them. */
  readonly evidence: readonly string[];
  /** What to do about it. */
  readonly fix: string;
  readonly subject: FindingSubject;
  /** Equal for the same finding in every run and every version. */
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
  /** The types of resource on which the project has rules, by the alphabet; on all others PostHog's default holds. */
  readonly resources: readonly ReviewedResource[];
}

/** Someone in the organization, and everything they can do. */
export interface ReviewedPerson {
  readonly userUuid: string;
  readonly email: string;
  readonly name?: string;
  /** `owner`, `admin` or `member`. */
  readonly level: string;
  /** Names of their roles, by the alphabet. */
  readonly roles: readonly string[];
  readonly joinedAt?: string;
  readonly lastLogin?: string;
  readonly has2fa?: boolean;
  /** Whether their e-mail domain lets them in by single sign-on only; missing where domains cannot be read. */
  readonly ssoEnforced?: boolean;
  /** One entry for each project, in the order of the review's projects. */
  readonly access: readonly ReviewedAccess[];
}

/** A project's access for everyone without a rule. */
export interface ReviewedProject {
  readonly projectId: number;
  readonly name: string;
  /** The access of everyone who is not named. */
  readonly defaultAccess: AccessLevel;
}

/** An API key, and what it can reach. */
export interface ReviewedKey {
  readonly kind: "personal" | "project";
  /** E-mail address of the person whose key it is. */
  readonly owner?: string;
  readonly label?: string;
  readonly maskValue?: string;
  readonly scopes: readonly string[];
  /**
   * The projects where it can do anything. `resources` are what its scopes name, each with the lower of what the scope
   * allows and, of a personal key, what its owner can. `level` is the highest of them, `admin` only where its scopes
   * allow to administer the project. A key for everything (`*`) has the level of its owner, and as `resources` the
   * project itself and the types on which it has rules.
   */
  readonly access: readonly ReviewedAccess[];
  /** Why it can do nothing in any project: `it has no scopes`; missing if it can. */
  readonly withoutAccess?: string;
  /** E-mail address of the person who created a project's key; missing where PostHog does not tell. */
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

/** Who can do what in an organization and why, and what a reviewer should look at. */
export interface AccessReview {
  readonly organization: ReviewedOrganization;
  /** When it was read, ISO 8601. */
  readonly readAt: string;
  /** By the alphabet. */
  readonly projects: readonly ReviewedProject[];
  /** By e-mail address. Equal entries of `access` are one object, so that large organizations fit. */
  readonly people: readonly ReviewedPerson[];
  /** Missing where none can be read. */
  readonly keys?: readonly ReviewedKey[];
  /** Worst first. */
  readonly findings: readonly ReviewFinding[];
  /** What could not be read, so that no finding mentions it. */
  readonly omissions: readonly Omission[];
}

/** From when on something is worth a reviewer's look. */
export interface ReviewThresholds {
  /** Days before its end from which on a SAML certificate is a finding. */
  readonly certificateDays: number;
  /** Days without use after which an API key is stale. */
  readonly unusedKeyDays: number;
  /** More owners than these are too many. */
  readonly mostOwners: number;
  /** More scopes that write than these are too many for one API key. */
  readonly mostWriteScopes: number;
}

/** The defaults. */
export const defaultThresholds: ReviewThresholds = {
  certificateDays: 30,
  unusedKeyDays: 90,
  mostOwners: 5,
  mostWriteScopes: 10,
};

/** What a review is made with. Everything has a default. */
export interface ReviewOptions {
  readonly thresholds?: Partial<ReviewThresholds>;
  /** The e-mail domains of the company, lower case. Default: the organization's verified domains. */
  readonly companyDomains?: readonly string[];
  /** What a matrix says of grants that are about to end. */
  readonly endings?: readonly MatrixEnding[];
}

/** A grant of a matrix that is about to end, with the names that PostHog has for what it is about. */
export interface MatrixEnding extends Ending {
  /** Name of the team's role in PostHog. */
  readonly role?: string;
  /** The project's number, if it is known. */
  readonly projectId?: number;
}
