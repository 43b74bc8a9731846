import type { AccessSnapshot, Person } from "./snapshot";

/** Someone in the organization, and how they sign in. */
export interface LiveMember extends Person {
  /** First and last name; missing if they gave none. */
  readonly name?: string;
  /** When they joined, ISO 8601. */
  readonly joinedAt?: string;
  /** When they last signed in, ISO 8601; missing if they never did or the server does not show it. */
  readonly lastLogin?: string;
  /** Whether two-factor authentication is on; missing if the server does not show it. */
  readonly has2fa?: boolean;
  /** Whether a social or single sign-on account is linked; missing if the server does not show it. */
  readonly hasSocialAuth?: boolean;
}

/** An invitation that was not accepted yet, expired or not. */
export interface LiveInvite {
  readonly id: string;
  readonly email: string;
  /** Organization level as PostHog's number. */
  readonly level: number;
  readonly isExpired: boolean;
  /** When it was created, ISO 8601. */
  readonly createdAt?: string;
}

/** An API key that reaches the organization. */
export interface LiveKey {
  /** A person's own key, or a secret key of a project. */
  readonly kind: "personal" | "project";
  /** E-mail address of the person whose key it is; personal keys only. */
  readonly owner?: string;
  /** The key's name; missing for other people's keys, which PostHog does not show. */
  readonly label?: string;
  /** The first and last characters, by which people recognize it. */
  readonly maskValue?: string;
  /** Sorted; `*` is everything that its owner may do. */
  readonly scopes: readonly string[];
  /** The numbers of the projects that it is restricted to; empty for all that its owner can reach. */
  readonly projectIds: readonly number[];
  readonly createdAt?: string;
  /** When it was last used, ISO 8601; PostHog records it once an hour. */
  readonly lastUsedAt?: string;
  /** When it last got a new value, ISO 8601. */
  readonly lastRolledAt?: string;
  /** Why PostHog rejects it in this organization, whatever its scopes; missing if PostHog accepts it. */
  readonly refused?: string;
  /** E-mail address of the person who created it; only for project keys, and missing if the account is gone. */
  readonly creator?: string;
  /** Whether its creator has left the organization; missing if the caller cannot see every member. */
  readonly creatorLeft?: boolean;
}

/** How people of one e-mail domain sign in. */
export interface LiveDomain {
  readonly domain: string;
  readonly isVerified: boolean;
  /** The one way in which its people may sign in, or `off`. */
  readonly enforcement: string;
  readonly jitProvisioning: boolean;
  readonly samlConfigured: boolean;
  /** When the identity provider's certificate expires, ISO 8601. */
  readonly certificateExpiresAt?: string;
  readonly scimEnabled: boolean;
  /** Why its people can sign in without single sign-on; missing if they cannot. */
  readonly bypass?: string;
  /** Why none of its people can sign in; missing if they can. */
  readonly lockOut?: string;
}

/** Parts of an organization that can be missing from what was read of it. */
export const organizationParts = ["invites", "keys", "domains", "rules", "projects"] as const;

/** The name of a part of an organization that can be missing. */
export type OrganizationPart = (typeof organizationParts)[number];

/** Something that could not be read, so that no report can mention it. */
export interface Omission {
  /** The part of the organization that it belongs to. */
  readonly part: OrganizationPart;
  /** Set if nothing failed: the caller can never see it, such as other people's keys without a session. */
  readonly isExpected?: true;
  /** What is missing: `the personal API keys of other members`. */
  readonly what: string;
  readonly why: string;
  /** What would make it readable. */
  readonly fix: string;
}

/** Everything about a live organization that decides or shows who can do what. */
export interface LiveOrganization {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  /** PostHog's address. */
  readonly host: string;
  /** When it was read, ISO 8601. */
  readonly readAt: string;
  /** Sorted by e-mail address. */
  readonly members: readonly LiveMember[];
  /** People, roles, projects and the rules on projects and whole types, without those on single objects. */
  readonly access: AccessSnapshot;
  /** The role that new members get. */
  readonly defaultRoleId?: string;
  /** Whether everyone has to use two-factor authentication; missing if the server does not show it. */
  readonly enforces2fa?: boolean;
  /** Missing if unreadable. */
  readonly invites?: readonly LiveInvite[];
  /** Missing if none are readable. */
  readonly keys?: readonly LiveKey[];
  /** Missing if unreadable. */
  readonly domains?: readonly LiveDomain[];
  /** What remains of removed single sign-on; missing if unreadable. */
  readonly leftovers?: readonly Leftover[];
  /** What could not be read. */
  readonly omissions: readonly Omission[];
}

/** A single sign-on setting that was removed but still exists. */
export type Leftover =
  /** A provider with SAML or SCIM on that no domain uses. */
  | { readonly kind: "unused"; readonly provider: string; readonly id: string; readonly holds: string }
  /** A provider that PostHog created from what another one left on a domain. */
  | { readonly kind: "copy"; readonly provider: string; readonly id: string; readonly original: string }
  /** A provider that may be such a copy: it has its domain's name, as PostHog's copies do. */
  | { readonly kind: "namesake"; readonly provider: string; readonly id: string }
  /** A domain with the settings of a deleted provider. */
  | { readonly kind: "settings"; readonly domain: string };
