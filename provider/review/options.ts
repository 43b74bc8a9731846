import type { MatrixEnding } from "./ending";

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

/** What holds where nothing else is asked for. */
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
