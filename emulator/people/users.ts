import { organizationView } from "../organization/organizationView";
import { membershipOf } from "../server/effectiveAccess";
import { denied } from "../server/errors";
import { atLeast } from "../server/generations";
import { ok, type Reply, type RouteFamily, type UserCall } from "../server/routing";
import { SENSITIVE_ACTIONS_AGE } from "../server/sessions";
import { currentOrganization, membershipsOf, projectBasicView, userBasic, without } from "../server/views";
import { ssoEnforcement } from "../sso/signOn";
import { isoMicroseconds } from "../store/store";

/** The signed-in person (PostHog: users API). */
export const users: RouteFamily = (routes) => {
  routes.user("GET", "api/users/:user_uuid", { scope: "user:read" }, retrieve);
};

function retrieve(call: UserCall): Reply {
  if (call.params.user_uuid !== "@me" && !call.user.is_staff) {
    throw denied("As a non-staff user you're only allowed to access the `@me` user instance.");
  }
  return ok(meView(call));
}

const NEWER_FIELDS = [
  "id",
  "allow_impersonation",
  "has_sso_enforcement",
  "is_impersonated_read_only",
  "allow_sidebar_suggestions",
  "shortcut_position",
  "passkeys_enabled_for_2fa",
  "hide_mcp_hints",
  "onboarding_skipped_at",
  "onboarding_skipped_reason",
  "onboarding_skipped_organization_id",
  "onboarding_delegated_to_invite",
  "onboarding_delegated_to_organization_id",
  "onboarding_delegation_accepted_at",
  "is_organization_first_user",
  "active_realtime_notification_types",
  "pending_invites",
  "requires_credential_review",
];

const OLD_NOTIFICATIONS = {
  plugin_disabled: true,
  error_tracking_issue_assigned: true,
  project_weekly_digest_disabled: {},
  all_weekly_digest_disabled: false,
};

const NOTIFICATIONS = {
  ...OLD_NOTIFICATIONS,
  error_tracking_weekly_digest: true,
  discussions_mentioned: true,
  data_pipeline_error_threshold: 0.01,
  project_api_key_exposed: true,
  materialized_view_sync_failed: false,
  web_analytics_weekly_digest: true,
  organization_member_join_email_disabled: {},
  realtime_notifications_disabled: {},
  pipeline_notifications_disabled: {},
};

const REALTIME_NOTIFICATIONS = [
  "comment_mention",
  "alert_firing",
  "issue_assigned",
  "approval_requested",
  "approval_resolved",
  "experiment_concluded",
  "pipeline_failure",
  "project_created",
  "usage_spike",
  "reminder",
  "web_analytics_digest",
  "achievement_unlocked",
];

function meView(call: UserCall) {
  const { backend, user } = call;
  const { store } = backend;
  const organization = currentOrganization(backend, user);
  const membership = organization && membershipOf(store, user, organization.id);
  const project = store.projects.get(user.current_team_id);
  const isOld = !atLeast(backend, "2026-07");
  const view = {
    date_joined: user.date_joined,
    ...userBasic(user),
    pending_email: null,
    notification_settings: isOld ? OLD_NOTIFICATIONS : NOTIFICATIONS,
    anonymize_data: false,
    allow_impersonation: true,
    toolbar_mode: "toolbar",
    has_password: user.password_hash !== null,
    is_staff: user.is_staff,
    is_impersonated: false,
    is_impersonated_until: null,
    is_impersonated_read_only: null,
    sensitive_session_expires_at: sensitiveUntil(call),
    team: project === undefined ? null : projectBasicView(project),
    organization:
      organization === undefined || membership === undefined
        ? null
        : organizationView(backend, organization, membership),
    organizations: membershipsOf(backend, user).flatMap((row) => basic(call, row)),
    events_column_config: { active: "DEFAULT" },
    is_2fa_enabled: user.totp_secret !== null,
    has_social_auth: user.has_social_auth,
    has_sso_enforcement: ssoEnforcement(backend, user.email) !== null,
    has_seen_product_intro_for: null,
    scene_personalisation: [],
    theme_mode: null,
    allow_sidebar_suggestions: true,
    shortcut_position: "above",
    passkeys_enabled_for_2fa: false,
    hide_mcp_hints: false,
    onboarding_skipped_at: null,
    onboarding_skipped_reason: null,
    onboarding_skipped_organization_id: null,
    onboarding_delegated_to_invite: null,
    onboarding_delegated_to_organization_id: null,
    onboarding_delegation_accepted_at: null,
    is_organization_first_user: true,
    active_realtime_notification_types: REALTIME_NOTIFICATIONS,
    pending_invites: [],
    requires_credential_review: false,
  };
  return isOld ? without(view, NEWER_FIELDS) : view;
}

function basic({ backend }: UserCall, row: { organization_id: string; level: number }) {
  const organization = backend.store.organizations.get(row.organization_id);
  if (organization === undefined) {
    return [];
  }
  const { id, name, slug, logo_media_id, members_can_use_personal_api_keys } = organization;
  const { is_active, is_not_active_reason, is_pending_deletion } = organization;
  const newer = { is_active, is_not_active_reason, is_pending_deletion };
  return [
    {
      id,
      name,
      slug,
      logo_media_id,
      membership_level: row.level,
      members_can_use_personal_api_keys,
      ...(atLeast(backend, "2026-07") ? newer : {}),
    },
  ];
}

function sensitiveUntil({ credential }: UserCall): string | null {
  if (credential.kind !== "session") {
    return null;
  }
  const { authenticatedAt } = credential.session;
  return isoMicroseconds(new Date(authenticatedAt.getTime() + SENSITIVE_ACTIONS_AGE * 1000));
}
