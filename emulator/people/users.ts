import { organizationView } from "../organization/organizationView";
import { membershipOf } from "../server/effectiveAccess";
import { notFound } from "../server/errors";
import { ok, type Reply, type RouteFamily, type UserCall } from "../server/routing";
import { SENSITIVE_ACTIONS_AGE } from "../server/sessions";
import { currentOrganization, projectBasicView, userBasic } from "../server/views";
import { ssoEnforcement } from "../sso/signOn";
import { isoMicroseconds } from "../store/store";

/** The signed-in person (PostHog: users API). */
export const users: RouteFamily = (routes) => {
  routes.user("GET", "api/users/:user_uuid", { scope: "user:read" }, retrieve);
};

function retrieve(call: UserCall): Reply {
  const { user, params } = call;
  if (params.user_uuid !== "@me" && params.user_uuid !== user.uuid) {
    throw notFound();
  }
  return ok(meView(call));
}

function meView(call: UserCall) {
  const { backend, user } = call;
  const { store } = backend;
  const organization = currentOrganization(backend, user);
  const membership = organization && membershipOf(store, user, organization.id);
  const project = store.projects.get(user.current_team_id);
  return {
    date_joined: user.date_joined,
    ...userBasic(user),
    pending_email: null,
    notification_settings: {},
    anonymize_data: false,
    allow_impersonation: true,
    toolbar_mode: "toolbar",
    has_password: user.password_hash !== null,
    is_staff: user.is_staff,
    is_impersonated: false,
    sensitive_session_expires_at: sensitiveUntil(call),
    team: project === undefined ? null : projectBasicView(backend, project),
    organization:
      organization === undefined || membership === undefined
        ? null
        : organizationView(backend, organization, membership),
    organizations: store.memberships.where("user_id", user.id).flatMap((row) => basic(call, row)),
    is_2fa_enabled: user.totp_secret !== null,
    has_social_auth: user.has_social_auth,
    has_sso_enforcement: ssoEnforcement(backend, user.email) !== null,
    theme_mode: null,
    pending_invites: [],
    requires_credential_review: false,
  };
}

function basic({ backend }: UserCall, row: { organization_id: string; level: number }) {
  const organization = backend.store.organizations.get(row.organization_id);
  return organization === undefined
    ? []
    : [
        {
          id: organization.id,
          name: organization.name,
          slug: organization.slug,
          logo_media_id: organization.logo_media_id,
          membership_level: row.level,
          members_can_use_personal_api_keys: organization.members_can_use_personal_api_keys,
          is_active: organization.is_active,
          is_not_active_reason: organization.is_not_active_reason,
          is_pending_deletion: organization.is_pending_deletion,
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
