import type { Json } from "./json";

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
  /** Stands for a running Cloud subscription, which blocks deletions. */
  readonly has_active_subscription: boolean;
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

/** A person's account. Passwords are kept as salted hashes; a TOTP secret makes sign-in ask for a code. */
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

/** That a user belongs to an organization; its id is what access rules call `organization_member`. */
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
  readonly level: string;
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

/** A role of an organization. */
export interface Role {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  readonly created_by_id: number | null;
  readonly created_at: string;
}

/** That a member has a role. */
export interface RoleMembership {
  readonly id: string;
  readonly role_id: string;
  readonly membership_id: string;
  readonly joined_at: string;
  readonly updated_at: string;
}
