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
  /** The people, keys and projects of the review, derived from the index. */
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

/** A finding, without its rule's name. */
export interface Found extends Omit<ReviewFinding, "rule" | "fingerprint"> {
  /** What the fingerprint consists of besides rule and subject. */
  readonly identity: string;
}

/** One thing that a reviewer should look for. Unknown values are never findings. */
export interface ReviewRule {
  /** Stable name, such as `sso-not-enforced`. */
  readonly id: string;
  /** The finding as a headline: `Single sign-on not enforced`. */
  readonly title: string;
  /** Why it matters. */
  readonly help: string;
  /** The worst severity of its findings. */
  readonly severity: Severity;
  find(situation: Situation): Found[];
}

/** The organization as a whole. */
export const wholeOrganization: FindingSubject = {};
