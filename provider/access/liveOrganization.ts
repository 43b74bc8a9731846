import type { AccessSnapshot, Person } from "./snapshot";

/** Someone in the organization, with how they come in. */
export interface LiveMember extends Person {
  /** First and last name; missing where they gave none. */
  readonly name?: string;
  /** When they joined, ISO 8601. */
  readonly joinedAt?: string;
  /** When they last signed in, ISO 8601; missing where they never did, or the server does not tell. */
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
  /** When it was made, ISO 8601. */
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
  /** The projects that it is restricted to, by number; empty for all that its owner reaches. */
  readonly projectIds: readonly number[];
  readonly createdAt?: string;
  /** When it was last used, ISO 8601; PostHog notes it once an hour. */
  readonly lastUsedAt?: string;
  /** When it last got a new value, ISO 8601. */
  readonly lastRolledAt?: string;
  /** Why PostHog rejects it in this organization, whatever its scopes; missing if it does not. */
  readonly refused?: string;
  /** E-mail address of the person who created it; project keys only, and missing where the account is gone. */
  readonly creator?: string;
  /** Whether its creator is in the organization no more; missing where not every member can be seen. */
  readonly creatorLeft?: boolean;
}

/** How people of one e-mail domain come in. */
export interface LiveDomain {
  readonly domain: string;
  readonly isVerified: boolean;
  /** The one way that its people may sign in, or `off`. */
  readonly enforcement: string;
  readonly jitProvisioning: boolean;
  readonly samlConfigured: boolean;
  /** When the identity provider's certificate ends, ISO 8601. */
  readonly certificateExpiresAt?: string;
  readonly scimEnabled: boolean;
  /** Why its people can come in without single sign-on; missing when they cannot. */
  readonly bypass?: string;
  /** Why none of its people can sign in; missing if they can. */
  readonly lockOut?: string;
}

/** Parts of an organization that can be missing from what was read of it. */
export const organizationParts = ["invites", "keys", "domains", "rules", "projects"] as const;

/** The name of such a part. */
export type OrganizationPart = (typeof organizationParts)[number];

/** Something that could not be read, so that no report mentions it. */
export interface Omission {
  /** The part of the organization that it belongs to. */
  readonly part: OrganizationPart;
  /** Set if nothing failed: the caller can never see it, such as other people's keys without a session. */
  readonly isExpected?: true;
  /** What is missing: `the personal API keys of other members`. */
  readonly what: string;
  readonly why: string;
  /** What would let it be read. */
  readonly fix: string;
}

/** Everything about a live organization that decides, or shows, who can do what. */
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
  /** People, roles, projects and the rules on projects and whole types; rules on single objects are not in it. */
  readonly access: AccessSnapshot;
  /** The role that new members get. */
  readonly defaultRoleId?: string;
  /** Whether everyone has to use two-factor authentication; missing if the server does not show it. */
  readonly enforces2fa?: boolean;
  /** Missing where they cannot be read. */
  readonly invites?: readonly LiveInvite[];
  /** Missing where none can be read. */
  readonly keys?: readonly LiveKey[];
  /** Missing where they cannot be read. */
  readonly domains?: readonly LiveDomain[];
  /** What remains of removed single sign-on; missing if it cannot be read. */
  readonly leftovers?: readonly Leftover[];
  /** What could not be read. */
  readonly omissions: readonly Omission[];
}

/** Something of single sign-on that was taken away, and is still there. */
export type Leftover =
  /** A provider with SAML or SCIM on that serves nobody. */
  | { readonly kind: "unused"; readonly provider: string; readonly id: string; readonly holds: string }
  /** A provider that PostHog made out of what another one left on a domain. */
  | { readonly kind: "copy"; readonly provider: string; readonly id: string; readonly original: string }
  /** A provider that may be such a copy: it is named after its domain, as PostHog names them. */
  | { readonly kind: "namesake"; readonly provider: string; readonly id: string }
  /** A domain with the settings of a provider that was deleted. */
  | { readonly kind: "settings"; readonly domain: string };
