/*
 * The emulator's rows. Columns have PostHog's names, because answers and changes in the activity log repeat them
 * exactly.
 */

/** Any JSON value, as stored in free-form columns. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Organization membership levels: 1 member, 8 administrator, 15 owner (PostHog: organization membership). */
export type MembershipLevel = 1 | 8 | 15;

/** The membership levels by name. */
export const LEVEL = { member: 1, admin: 8, owner: 15 } as const;

/** One product feature of an organization's plan; `limit` null means unlimited. */
export interface ProductFeature {
  readonly key: string;
  readonly name: string;
  readonly description: string | null;
  readonly unit: string | null;
  readonly limit: number | null;
  readonly note: string | null;
  readonly is_plan_default: boolean;
}

/** An organization, with every column that PostHog's organization API reads or writes. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly logo_media_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly plugins_access_level: number;
  readonly available_product_features: readonly ProductFeature[];
  readonly is_member_join_email_enabled: boolean;
  readonly customer_id: string | null;
  /** A running Cloud subscription, which blocks deletions. */
  readonly has_active_subscription: boolean;
  /** Whether PostHog knows the plan. On Cloud a new organization has none until billing sends it. */
  readonly has_plan: boolean;
  readonly enforce_2fa: boolean | null;
  readonly enforce_verified_domains: boolean | null;
  readonly members_can_invite: boolean | null;
  readonly members_can_create_projects: boolean | null;
  readonly members_can_use_personal_api_keys: boolean;
  readonly members_can_see_org_members: boolean;
  readonly allow_publicly_shared_resources: boolean;
  readonly is_ai_data_processing_approved: boolean | null;
  readonly is_ai_training_opted_in: boolean | null;
  readonly is_ai_training_locked: boolean | null;
  readonly is_ai_training_cta_shown: boolean | null;
  readonly is_hipaa: boolean | null;
  readonly default_experiment_stats_method: string | null;
  readonly default_anonymize_ips: boolean;
  readonly default_role_id: string | null;
  readonly is_active: boolean | null;
  readonly is_not_active_reason: string | null;
  readonly is_pending_deletion: boolean;
  readonly uses_most_specific_access_resolution: boolean;
}

/** A person's account. Passwords are stored as salted hashes. With a TOTP secret, sign-in requires a code. */
export interface User {
  readonly id: number;
  readonly uuid: string;
  readonly distinct_id: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly is_email_verified: boolean | null;
  readonly hedgehog_config: Json;
  readonly role_at_organization: string | null;
  readonly password_hash: string | null;
  readonly totp_secret: string | null;
  readonly has_social_auth: boolean;
  readonly github_login: string | null;
  readonly is_active: boolean;
  readonly is_staff: boolean;
  readonly current_organization_id: string | null;
  readonly current_team_id: number | null;
  readonly last_login: string | null;
  readonly date_joined: string;
}

/** A user's membership in an organization. Access rules call its id `organization_member`. */
export interface Membership {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: number;
  readonly level: MembershipLevel;
  readonly joined_at: string;
  readonly updated_at: string;
}

/** One project's rule inside an invite. */
export interface InviteProjectAccess {
  readonly id: number;
  /** A project level by name. Old servers also accept organization levels. */
  readonly level: string | number;
}

/** A pending invitation to an organization. */
export interface Invite {
  readonly id: string;
  readonly organization_id: string;
  readonly target_email: string;
  readonly first_name: string;
  readonly level: MembershipLevel;
  readonly message: string | null;
  readonly private_project_access: readonly InviteProjectAccess[];
  readonly emailing_attempt_made: boolean;
  readonly created_by_id: number | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** An organization's role. */
export interface Role {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  readonly created_by_id: number | null;
  readonly created_at: string;
}

/** A member's role. */
export interface RoleMembership {
  readonly id: string;
  readonly role_id: string;
  readonly membership_id: string;
  readonly joined_at: string;
  readonly updated_at: string;
}

/** A project, which is also its only environment ("team"). `settings` holds every writable setting by name. */
export interface Project {
  readonly id: number;
  readonly uuid: string;
  readonly organization_id: string;
  readonly name: string;
  /** The environment's name, which PostHog keeps in addition to the project's. */
  readonly team_name: string;
  readonly product_description: string | null;
  readonly api_token: string;
  readonly secret_api_token: string | null;
  readonly secret_api_token_backup: string | null;
  readonly live_events_token: string | null;
  readonly ingested_event: boolean;
  readonly is_pending_deletion: boolean;
  /** Whether background work will delete it. Only deletions by project URL also set the flag above. */
  readonly deletion_queued: boolean;
  /** When the deletion takes place, on servers that wait for it. */
  readonly deletion_scheduled_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly settings: { readonly [name: string]: Json };
}

/** One access rule. Without member and role it is the default for everyone (PostHog: access controls). */
export interface AccessRule {
  readonly id: string;
  readonly team_id: number;
  readonly resource: string;
  readonly resource_id: string | null;
  readonly organization_member: string | null;
  readonly role: string | null;
  readonly access_level: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A dashboard, insight, flag or other object that can have object-level access rules. */
export interface ProjectObject {
  /** `<resource>:<pk>`, because primary keys repeat between kinds. */
  readonly id: string;
  readonly resource: string;
  readonly pk: number | string;
  readonly team_id: number;
  readonly name: string;
  readonly short_id: string | null;
  readonly key: string | null;
  readonly created_by_id: number | null;
  readonly deleted: boolean;
  readonly created_at: string;
}

/** A personal API key. Only a hash of its value is stored (PostHog: personal API keys). */
export interface PersonalApiKey {
  readonly id: string;
  readonly user_id: number;
  readonly label: string;
  readonly description: string | null;
  readonly secure_value: string;
  readonly mask_value: string;
  readonly scopes: readonly string[];
  readonly scoped_teams: readonly number[];
  readonly scoped_organizations: readonly string[];
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly last_rolled_at: string | null;
}

/** A project secret API key. Only a hash of its value is stored (PostHog: project secret API keys). */
export interface ProjectSecretApiKey {
  readonly id: string;
  readonly team_id: number;
  readonly label: string;
  readonly secure_value: string;
  readonly mask_value: string;
  readonly scopes: readonly string[];
  readonly created_by_id: number | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly last_rolled_at: string | null;
}

/** An organization's e-mail domain. Servers up to July 2026 use its SAML, SCIM and XAA columns. */
export interface OrganizationDomain {
  readonly id: string;
  readonly organization_id: string;
  readonly domain: string;
  readonly verified_at: string | null;
  readonly verification_challenge: string;
  readonly last_verification_retry: string | null;
  readonly jit_provisioning_enabled: boolean;
  readonly sso_enforcement: string;
  readonly saml_entity_id: string | null;
  readonly saml_acs_url: string | null;
  readonly saml_x509_cert: string | null;
  readonly scim_enabled: boolean;
  readonly scim_token_hash: string | null;
  readonly id_jag_issuer_url: string | null;
  readonly id_jag_jwks_url: string | null;
  readonly id_jag_allowed_clients: readonly string[];
  /** The configuration that the domain links; counts only on servers of July 2026. */
  readonly identity_provider_config: string | null;
}

/** An identity provider's configuration ("mid" and "new" generations). */
export interface IdentityProviderConfig {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  readonly domain_scope: string | null;
  readonly config_scope: string | null;
  /** The domains that it is for, if it is not for all; counts only in the "new" generation. */
  readonly organization_domain_ids: readonly string[];
  readonly saml_entity_id: string | null;
  readonly saml_acs_url: string | null;
  readonly saml_x509_cert: string | null;
  readonly saml_relay_state: string;
  readonly scim_enabled: boolean;
  readonly scim_slug: string;
  readonly scim_token_hash: string | null;
  readonly id_jag_issuer_url: string | null;
  readonly id_jag_jwks_url: string | null;
  readonly id_jag_allowed_clients: readonly string[];
  readonly oidc_issuer_url: string;
  readonly oidc_client_id: string;
  readonly oidc_client_secret: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A person that an identity provider has provisioned through SCIM. `filter` finds only these. */
export interface ScimUser {
  readonly id: string;
  readonly identity_provider_config_id: string;
  readonly user_id: number;
  /** The identity provider's name for the person. */
  readonly username: string;
}

/** An identity provider's SCIM request in the log, with credentials and people masked. */
export interface ScimRequest {
  readonly id: string;
  readonly organization_domain_id: string | null;
  readonly identity_provider_config_id: string | null;
  readonly request_method: string;
  readonly request_path: string;
  readonly request_headers: Json;
  readonly request_body: Json;
  readonly response_status: number;
  readonly response_body: Json;
  readonly identity_provider: string;
  readonly duration_ms: number;
  readonly created_at: string;
}

/** One field's change inside an activity-log row. */
export interface ActivityChange {
  readonly type: string;
  readonly action: "changed" | "created" | "deleted";
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

/** One row of the activity log (PostHog: activity log). The store writes rows, never a route. */
export interface ActivityRow {
  readonly id: string;
  readonly user_id: number | null;
  readonly team_id: number | null;
  readonly organization_id: string | null;
  readonly was_impersonated: boolean;
  readonly is_system: boolean;
  readonly client: string | null;
  readonly ip_address: string | null;
  readonly activity: string;
  readonly item_id: string;
  readonly scope: string;
  readonly detail: {
    readonly name: string | null;
    readonly short_id: string | null;
    readonly type: string | null;
    /** Null if PostHog writes null. */
    readonly changes: readonly ActivityChange[] | null;
    readonly trigger: null;
    readonly context: Json;
  };
  readonly created_at: string;
}
