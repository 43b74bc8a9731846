import type * as pulumi from "@pulumi/pulumi";
import type { AccessReview } from "../review/model";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/** The arguments of {@link getAccessReview}. */
export interface GetAccessReviewArgs extends LookupArgs {
  /** Only these projects, by number. Default: all that the key's owner sees. */
  projects?: (number | string)[];
  /** The company's e-mail domains. Default: the organization's verified domains. */
  companyDomains?: string[];
  /** Days before its end from which on a SAML certificate is a finding. Default 30. */
  certificateDays?: number;
  /** Days without use after which an API key is a finding. Default 90. */
  unusedKeyDays?: number;
  /** More owners than these are a finding. Default 5. */
  mostOwners?: number;
  /** More scopes that write than these are a finding on an API key. Default 10. */
  mostWriteScopes?: number;
}

/**
 * Looks up who can do what in the organization and why, people and API keys, and what of it somebody should look at.
 * What cannot be read is listed in `omissions`, and nothing is said of it.
 *
 * Scopes: `organization:read`, `organization_member:read`, `project:read`, `access_control:read`. Other people's personal
 * API keys take the session of an organization admin. PostHog: members, roles, access control, organization domains and
 * API keys APIs.
 */
export function getAccessReview(args: GetAccessReviewArgs = {}): Promise<AccessReview> {
  return lookUp((readers) => readers.getAccessReview, args);
}

/** {@link getAccessReview} with outputs of resources as arguments. */
export function getAccessReviewOutput(args: Inputs<GetAccessReviewArgs> = {}): pulumi.Output<AccessReview> {
  return lookUpOutput((readers) => readers.getAccessReview, args);
}
