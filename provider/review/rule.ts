import type { AccessIndex } from "../access/effective";
import type { LiveOrganization } from "../access/liveOrganization";
import type { RuleJudge } from "../access/ruleEffect";
import type {
  AccessReview,
  FindingSubject,
  MatrixEnding,
  ReviewFinding,
  ReviewThresholds,
  Severity,
} from "./model";

/** Everything that rules check. */
export interface Situation {
  readonly live: LiveOrganization;
  /** Who can do what. */
  readonly index: AccessIndex;
  /** What follows from it: the people, keys and projects of the review. */
  readonly review: Pick<AccessReview, "people" | "keys" | "projects">;
  /** Why a rule has no effect. */
  readonly judge: RuleJudge;
  readonly thresholds: ReviewThresholds;
  /** The e-mail domains of the company, lower case; missing if unknown. */
  readonly companyDomains?: ReadonlySet<string>;
  readonly endings: readonly MatrixEnding[];
  /** When the organization was read, in milliseconds since 1970. */
  readonly now: number;
}

/** What a rule finds, without its name. */
export interface Found extends Omit<ReviewFinding, "rule" | "fingerprint"> {
  /** What the fingerprint is made of besides rule and subject. */
  readonly identity: string;
}

/** One thing that a reviewer should look for. What is not known is never a finding. */
export interface ReviewRule {
  /** Stable name, such as `sso-not-enforced`. */
  readonly id: string;
  /** What it finds, as a headline: `Single sign-on not enforced`. */
  readonly title: string;
  /** Why one should care. */
  readonly help: string;
  /** The worst severity that it gives. */
  readonly severity: Severity;
  find(situation: Situation): Found[];
}

/** The organization as a whole. */
export const wholeOrganization: FindingSubject = {};
