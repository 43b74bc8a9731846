import type { Backend, ServerKind } from "../server/backend";
import { atLeast } from "../server/generations";
import { projectBasicView, visibleProjects, without } from "../server/views";
import type { Membership, Organization } from "../store/entities";

/** Columns added after July 2026. */
const NEWEST_FIELDS = [
  "enforce_verified_domains",
  "members_can_see_org_members",
  "uses_most_specific_access_resolution",
];

/** Columns added after August 2025. */
const NEWER_FIELDS = [
  "members_can_create_projects",
  "allow_publicly_shared_resources",
  "is_ai_training_opted_in",
  "is_ai_training_locked",
  "is_ai_training_cta_shown",
  "is_hipaa",
  "default_anonymize_ips",
  "default_role_id",
  "is_active",
  "is_not_active_reason",
  "is_pending_deletion",
];

/** The columns that a server does not have yet. */
export function unknownColumns(server: ServerKind): readonly string[] {
  return [
    ...(atLeast(server, "current") ? [] : NEWEST_FIELDS),
    ...(atLeast(server, "2026-07") ? [] : NEWER_FIELDS),
  ];
}

/** The number of members whose accounts are active. */
function memberCount({ store }: Backend, organization: Organization): number {
  return store.memberships
    .where("organization_id", organization.id)
    .filter(({ user_id }) => store.users.get(user_id)?.is_active).length;
}

/** An organization as one of its members sees it (PostHog: organizations API). */
export function organizationView(backend: Backend, organization: Organization, membership: Membership) {
  const projects = visibleProjects(backend, membership);
  const view = {
    id: organization.id,
    name: organization.name,
    slug: organization.slug,
    logo_media_id: organization.logo_media_id,
    created_at: organization.created_at,
    updated_at: organization.updated_at,
    membership_level: membership.level,
    plugins_access_level: organization.plugins_access_level,
    teams: projects.map((project) => projectBasicView(project)),
    projects: projects.map(({ id, name }) => ({ id, organization_id: organization.id, name })),
    available_product_features: organization.has_plan ? organization.available_product_features : null,
    is_member_join_email_enabled: organization.is_member_join_email_enabled,
    metadata: { instance_tag: "none" },
    customer_id: organization.customer_id,
    enforce_2fa: organization.enforce_2fa,
    enforce_verified_domains: organization.enforce_verified_domains,
    members_can_invite: organization.members_can_invite,
    members_can_create_projects: organization.members_can_create_projects,
    members_can_use_personal_api_keys: organization.members_can_use_personal_api_keys,
    members_can_see_org_members: organization.members_can_see_org_members,
    allow_publicly_shared_resources: organization.allow_publicly_shared_resources,
    member_count: memberCount(backend, organization),
    is_ai_data_processing_approved: organization.is_ai_data_processing_approved,
    is_ai_training_opted_in: organization.is_ai_training_opted_in,
    is_ai_training_locked: organization.is_ai_training_locked,
    is_ai_training_cta_shown: organization.is_ai_training_cta_shown,
    is_hipaa: organization.is_hipaa,
    default_experiment_stats_method: organization.default_experiment_stats_method,
    default_anonymize_ips: organization.default_anonymize_ips,
    default_role_id: organization.default_role_id,
    is_active: organization.is_active,
    is_not_active_reason: organization.is_not_active_reason,
    is_pending_deletion: organization.is_pending_deletion,
    uses_most_specific_access_resolution: organization.uses_most_specific_access_resolution,
  };
  return without(view, unknownColumns(backend));
}
