import type * as pulumi from "@pulumi/pulumi";
import type { OrganizationSetting } from "../access/organizationSettings";
import type { DetailFilter } from "../audit/entry";
import type { AccessReview } from "../review/model";
import type { SsoStatus } from "../sso/status";

/** The arguments of every function. */
export interface FunctionArgs {
  /** Name of an entry of `posthog:accounts`. Default: the top-level configuration. */
  account?: string;
  /** The organization, as UUID or slug. Default: `posthog:organizationId`, or the key's only organization. */
  organizationId?: string;
}

/** @deprecated The earlier name of {@link FunctionArgs}. */
export type LookupArgs = FunctionArgs;

/** Arguments that accept outputs of resources. */
export type Inputs<Args> = {
  [Name in keyof Args]: Args[Name] extends (infer Item)[] | undefined
    ? pulumi.Input<pulumi.Input<Item>[]> | undefined
    : pulumi.Input<Args[Name]>;
};

/** The arguments of `getAccessReview`. */
export interface GetAccessReviewArgs extends FunctionArgs {
  /** Only these projects, by number. Default: every project that the key's owner can see. */
  projects?: (number | string)[];
  /** The company's e-mail domains. Default: the organization's verified domains. */
  companyDomains?: string[];
  /** How many days before a SAML certificate expires it becomes a finding. Default 30. */
  certificateDays?: number;
  /** Days without use after which an API key is a finding. Default 90. */
  unusedKeyDays?: number;
  /** The maximum number of owners without a finding. Default 5. */
  mostOwners?: number;
  /** The maximum number of write scopes on an API key without a finding. Default 10. */
  mostWriteScopes?: number;
}

/** The arguments of `getActivityLog`: which entries to read. Several values of one filter are alternatives. */
export interface GetActivityLogArgs extends FunctionArgs {
  /**
   * The project whose log to read, by number. Default: the organization's log, which only organization admins may read.
   */
  projectId?: number | string;
  /** First moment, inclusive, ISO 8601. */
  startDate?: string;
  /** Last moment, inclusive, ISO 8601. */
  endDate?: string;
  /** Who made the change, by e-mail address (members only) or user UUID. */
  users?: string[];
  /** Kinds of object, such as `Role`, `OrganizationMembership` or `PersonalAPIKey`. */
  scopes?: string[];
  /** Kinds of change: `created`, `updated`, `deleted` and others. */
  activities?: string[];
  /** Programs that made the change; this package sends `pulumi-posthog`. */
  clients?: string[];
  /** Where the change came from: IPv4 or IPv6 addresses, in which `*` matches anything. */
  ipAddresses?: string[];
  /** Projects by number, in the organization's log. */
  projects?: (number | string)[];
  /** Objects, by PostHog's id. */
  itemIds?: string[];
  /** Text to find in the details of an entry. */
  searchText?: string;
  /** Conditions on the details, by path: `{ "changes[].field": { operation: "exact", value: "level" } }`. At most 100. */
  detailFilters?: Record<string, DetailFilter>;
  /** Whether PostHog's staff made the change on a user's behalf. */
  wasImpersonated?: boolean;
  /** Whether the entry has no user: PostHog did it, or an API key outside projects. */
  isSystem?: boolean;
  /** Whether to return the oldest entries first. Default false: latest first. */
  oldestFirst?: boolean;
  /** The maximum number of entries. Default: everything that PostHog keeps. */
  limit?: number;
}

/** One field that an entry of the activity log changed. */
export interface ActivityChangeResult {
  readonly field?: string;
  /** `changed`, `created`, `deleted` and others. */
  readonly action?: string;
  /** The value before, as JSON; PostHog masks secret ones. */
  readonly before?: unknown;
  /** The value after, as JSON; PostHog masks secret ones. */
  readonly after?: unknown;
}

/** One entry of the activity log. */
export interface ActivityResult {
  readonly id: string;
  /** When it happened, ISO 8601. */
  readonly createdAt: string;
  /** The kind of change: `created`, `updated`, `deleted` and others. */
  readonly activity: string;
  /** The kind of object. */
  readonly scope: string;
  /** PostHog's id of the object. */
  readonly itemId?: string;
  /** The object's name. */
  readonly name?: string;
  /** The object's project; missing for objects of the organization, and on older servers. */
  readonly projectId?: number;
  /**
   * E-mail address of the person who made the change; missing if the account is gone, or if PostHog or an API key
   * outside projects made it.
   */
  readonly user?: string;
  /** UUID of that user. */
  readonly userUuid?: string;
  /** The program that made the change; missing for browsers, and on older servers. */
  readonly client?: string;
  /** Where the change came from; missing on older servers. */
  readonly ipAddress?: string;
  readonly wasImpersonated: boolean;
  readonly isSystem: boolean;
  readonly changes: readonly ActivityChangeResult[];
  /** PostHog's other notes, as JSON. */
  readonly context?: unknown;
}

/** The result of `getActivityLog`. */
export interface GetActivityLogResult {
  readonly activities: readonly ActivityResult[];
}

/** A feature of an organization's plan. */
export interface PlanFeature {
  /** PostHog's key of the feature, such as `saml`. */
  readonly key: string;
  /** How much of it the plan includes; missing if there is no limit. */
  readonly limit?: number;
  /** What the limit counts, such as `months`. */
  readonly unit?: string;
}

/** The result of `getOrganization`. */
export interface GetOrganizationResult {
  /** UUID of the organization. */
  readonly organizationId: string;
  readonly name: string;
  readonly slug?: string;
  /** The level of the key's owner: `member`, `admin` or `owner`. */
  readonly level?: string;
  readonly memberCount?: number;
  /** When it was created, ISO 8601. */
  readonly createdAt?: string;
  /** The plan's features; missing if the server does not list them. */
  readonly features?: readonly PlanFeature[];
  /** The settings, named like the arguments of `OrganizationSettings`; settings that the server lacks are missing. */
  readonly settings: Readonly<Partial<Record<OrganizationSetting, string | boolean | null>>>;
}

/** A member of the organization. */
export interface OrganizationMemberResult {
  /** The user's UUID, which stays when the e-mail address changes. */
  readonly userUuid: string;
  /** Id of the membership, which access rules refer to. */
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

/** The result of `getOrganizationMembers`. */
export interface GetOrganizationMembersResult {
  readonly members: readonly OrganizationMemberResult[];
}

/** A personal API key, without its value. */
export interface PersonalApiKeyResult {
  /** PostHog's id of the key. */
  readonly keyId?: string;
  readonly label?: string;
  /** First and last characters of the key. */
  readonly maskValue?: string;
  readonly scopes: readonly string[];
  /** The projects that it is restricted to, by number; empty for no restriction. */
  readonly projects: readonly number[];
  /** The organizations that it is restricted to, by UUID; empty for no restriction. */
  readonly organizations: readonly string[];
  /** ISO 8601. */
  readonly createdAt?: string;
  /** ISO 8601; missing if never. PostHog updates it at most once an hour. */
  readonly lastUsedAt?: string;
  /** When it was last rotated, ISO 8601; missing if never. */
  readonly lastRolledAt?: string;
}

/** A member's personal API key in the organization's inventory, which has neither ids nor labels. */
export interface InventoriedKeyResult {
  /** E-mail address of the key's owner. */
  readonly owner?: string;
  /** First and last characters of the key. */
  readonly maskValue?: string;
  readonly scopes: readonly string[];
  /** How much of the organization it can reach: `all` (and other organizations too), `organization` or `projects`. */
  readonly reach: string;
  /** The projects that it is restricted to, by number. */
  readonly projects: readonly number[];
  /** ISO 8601. */
  readonly createdAt?: string;
  /** ISO 8601; missing if never. */
  readonly lastUsedAt?: string;
}

/** The result of `getPersonalApiKeys`. */
export interface GetPersonalApiKeysResult {
  /** The signed-in person's own keys; without a session, only the configured key. */
  readonly keys: readonly PersonalApiKeyResult[];
  /**
   * Every member's keys that can reach the organization. Requires the session of an organization admin and the plan
   * feature `organization_security_settings`; missing otherwise, and on older servers.
   */
  readonly inventory?: readonly InventoriedKeyResult[];
}

/** The arguments of `getProjectAccess`. */
export interface GetProjectAccessArgs extends FunctionArgs {
  /** The project's number. */
  projectId: number | string;
}

/** The access rules on one type of resource in a project. */
export interface ResourceAccessResult {
  /** The level of everyone without a rule of their own; missing if PostHog's default applies. */
  readonly default?: string;
  /** The levels of people, by e-mail address. */
  readonly members: Readonly<Record<string, string>>;
  /** The levels of roles, by name. */
  readonly roles: Readonly<Record<string, string>>;
}

/** The result of `getProjectAccess`, in the form of the arguments of `ProjectAccess`. */
export interface GetProjectAccessResult {
  readonly projectId: number;
  /** The level of every member of the organization without a rule of their own. */
  readonly defaultAccess: string;
  /** The levels of people in the project, by e-mail address. */
  readonly members: Readonly<Record<string, string>>;
  /** The levels of roles in the project, by name. */
  readonly roles: Readonly<Record<string, string>>;
  /** The rules on whole types of resource, such as `feature_flag`, by type. */
  readonly resources: Readonly<Record<string, ResourceAccessResult>>;
}

/** A project of the organization. */
export interface ProjectResult {
  readonly projectId: number;
  readonly name: string;
  readonly uuid?: string;
  /** IANA name of its time zone. */
  readonly timezone?: string;
  /** The public token that applications send events with (`phc_...`). It is not a secret. */
  readonly apiToken?: string;
  /** Whether PostHog is deleting it. */
  readonly isPendingDeletion: boolean;
}

/** The result of `getProjects`. */
export interface GetProjectsResult {
  readonly projects: readonly ProjectResult[];
}

/** A member of a role. */
export interface RoleMemberResult {
  readonly userUuid: string;
  readonly email: string;
  /** When they joined the role, ISO 8601. */
  readonly joinedAt?: string;
}

/** A role of the organization. */
export interface RoleResult {
  readonly roleId: string;
  readonly name: string;
  /** Whether new members of the organization get it. */
  readonly isDefault: boolean;
  readonly members: readonly RoleMemberResult[];
}

/** The result of `getRoles`. */
export interface GetRolesResult {
  readonly roles: readonly RoleResult[];
}

/** The arguments of `getSamlServiceProvider`. */
export interface GetSamlServiceProviderArgs {
  /** Name of an entry of `posthog:accounts`. Default: the top-level configuration. */
  account?: string;
  /** PostHog's address, such as `https://eu.posthog.com`. Default: the configured one. */
  host?: string;
}

/** The result of `getSamlServiceProvider`. */
export interface GetSamlServiceProviderResult {
  /** PostHog's entity id ("audience"). */
  readonly entityId: string;
  /** Where the identity provider sends people back to ("ACS URL", "single sign-on URL", "reply URL"). */
  readonly acsUrl: string;
}

/** Every function, with its arguments and its result. */
export interface Functions {
  getAccessReview: { args: GetAccessReviewArgs; result: AccessReview };
  getActivityLog: { args: GetActivityLogArgs; result: GetActivityLogResult };
  getOrganization: { args: FunctionArgs; result: GetOrganizationResult };
  getOrganizationMembers: { args: FunctionArgs; result: GetOrganizationMembersResult };
  getPersonalApiKeys: { args: FunctionArgs; result: GetPersonalApiKeysResult };
  getProjectAccess: { args: GetProjectAccessArgs; result: GetProjectAccessResult };
  getProjects: { args: FunctionArgs; result: GetProjectsResult };
  getRoles: { args: FunctionArgs; result: GetRolesResult };
  getSamlServiceProvider: { args: GetSamlServiceProviderArgs; result: GetSamlServiceProviderResult };
  getSsoStatus: { args: FunctionArgs; result: SsoStatus };
}
