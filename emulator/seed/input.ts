type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

type Level = "member" | "admin" | "owner";

interface UserInput {
  email: string;
  id?: number;
  uuid?: string;
  firstName?: string;
  lastName?: string;
  password?: string;
  /** Base32 secret of an authenticator app. Sign-in then requires its codes. */
  totpSecret?: string;
  socialAuth?: boolean;
  githubLogin?: string;
  isActive?: boolean;
  isEmailVerified?: boolean;
}

interface MemberInput {
  email: string;
  /** Default `member`. */
  level?: Level;
  id?: string;
}

interface ObjectInput {
  resource: string;
  name: string;
  id?: number | string;
  shortId?: string;
  key?: string;
  createdBy?: string;
}

interface ProjectInput {
  name: string;
  id?: number;
  uuid?: string;
  apiToken?: string;
  ingestedEvent?: boolean;
  /** Settings by PostHog's names. */
  settings?: Record<string, Json>;
  objects?: ObjectInput[];
}

interface RoleInput {
  name: string;
  id?: string;
  members?: string[];
}

interface AccessRuleInput {
  project: string;
  /** `project` (the default) or any resource type. */
  resource?: string;
  resourceId?: string;
  member?: string;
  role?: string;
  level: string;
}

interface InviteInput {
  email: string;
  /** Default `member`. */
  level?: Level;
  firstName?: string;
  message?: string;
  invitedBy?: string;
  createdAt?: string;
}

interface DomainInput {
  domain: string;
  id?: string;
  verified?: boolean;
  challenge?: string;
  jitProvisioning?: boolean;
  ssoEnforcement?: string;
  samlEntityId?: string;
  samlAcsUrl?: string;
  samlX509Cert?: string;
}

interface IdentityProviderInput {
  name?: string;
  id?: string;
  domainScope?: "all" | "selected";
  configScope?: "saml" | "scim" | "xaa" | "oidc";
  domains?: string[];
  samlEntityId?: string;
  samlAcsUrl?: string;
  samlX509Cert?: string;
}

interface FeatureInput {
  key: string;
  limit: number | null;
  /** What the limit counts, such as `months` for how long the activity log is kept. */
  unit?: string | null;
}

interface OrganizationInput {
  name: string;
  id?: string;
  slug?: string;
  /** Features of the plan; default `all`. */
  features?: "all" | "none" | (string | FeatureInput)[];
  activeSubscription?: boolean;
  /** Organization settings by PostHog's names. */
  settings?: Record<string, Json>;
  /** At least one. */
  members: MemberInput[];
  projects?: ProjectInput[];
  roles?: RoleInput[];
  accessRules?: AccessRuleInput[];
  invites?: InviteInput[];
  domains?: DomainInput[];
  identityProviders?: IdentityProviderInput[];
}

interface KeyInput {
  user: string;
  label: string;
  /** The key itself, `phx_...`; by default it is derived from the seed. */
  value?: string;
  id?: string;
  /** Default: all, `*`. */
  scopes?: string[];
  projects?: number[];
  organizations?: string[];
}

/** A seed as people write it. Everything that has a default can be left out. */
export interface SeedInput {
  users?: UserInput[];
  /** At least one. */
  organizations: OrganizationInput[];
  keys?: KeyInput[];
}
