import type * as pulumi from "@pulumi/pulumi";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/** Somebody in the organization. */
export interface OrganizationMemberResult {
  /** The user's UUID, which stays when the e-mail address changes. */
  readonly userUuid: string;
  /** Id of the membership, which access rules name. */
  readonly membershipId: string;
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** `member`, `admin` or `owner`. */
  readonly level: string;
  /** When they joined, ISO 8601. */
  readonly joinedAt?: string;
  /** When the membership last changed, ISO 8601. */
  readonly updatedAt?: string;
  /** When they last signed in, ISO 8601; missing if never. */
  readonly lastLogin?: string;
  /** Whether they use two-factor authentication. */
  readonly is2faEnabled?: boolean;
  /** Whether they have signed in with a social account. */
  readonly hasSocialAuth?: boolean;
}

/** What {@link getOrganizationMembers} answers. */
export interface GetOrganizationMembersResult {
  readonly members: readonly OrganizationMemberResult[];
}

/**
 * Looks up everybody in the organization, as far as the key's owner sees them.
 *
 * Scopes: `organization_member:read`. PostHog: organization members API.
 */
export function getOrganizationMembers(args: LookupArgs = {}): Promise<GetOrganizationMembersResult> {
  return lookUp((readers) => readers.getOrganizationMembers, args);
}

/** {@link getOrganizationMembers} with outputs of resources as arguments. */
export function getOrganizationMembersOutput(
  args: Inputs<LookupArgs> = {},
): pulumi.Output<GetOrganizationMembersResult> {
  return lookUpOutput((readers) => readers.getOrganizationMembers, args);
}
