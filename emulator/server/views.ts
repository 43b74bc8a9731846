import type { Membership, Organization, Project, Role, RoleMembership, User } from "../store/entities";
import type { Backend } from "./backend";
import { hasFeature, hasRuledAccess, isAdmin, isShown, membershipOf } from "./effectiveAccess";
import { atLeast } from "./generations";

/** A user as all other objects embed it (PostHog: UserBasic). */
export function userBasic(user: User | undefined) {
  return user === undefined
    ? null
    : {
        id: user.id,
        uuid: user.uuid,
        distinct_id: user.distinct_id,
        first_name: user.first_name,
        last_name: user.last_name,
        email: user.email,
        is_email_verified: user.is_email_verified,
        hedgehog_config: user.hedgehog_config,
        role_at_organization: user.role_at_organization,
      };
}

/** A member (PostHog: organization members API). */
export function memberView(backend: Backend, membership: Membership) {
  const { store } = backend;
  const user = store.users.get(membership.user_id);
  return {
    id: membership.id,
    user: userBasic(user),
    level: membership.level,
    joined_at: membership.joined_at,
    updated_at: membership.updated_at,
    is_2fa_enabled: (user?.totp_secret ?? null) !== null,
    has_social_auth: user?.has_social_auth ?? false,
    last_login: user?.last_login ?? null,
  };
}

/** A role's membership (PostHog: roles API). */
export function roleMembershipView(backend: Backend, row: RoleMembership) {
  const membership = backend.store.memberships.get(row.membership_id);
  return {
    id: row.id,
    role_id: row.role_id,
    organization_member:
      membership === undefined ? null : without(memberView(backend, membership), ["last_login"]),
    user: userBasic(backend.store.users.get(membership?.user_id)),
    joined_at: row.joined_at,
    updated_at: row.updated_at,
  };
}

/** The access to feature flags in roles of older servers. */
const CAN_ALWAYS_EDIT = 37;

/** A role with all its members (PostHog: roles API). */
export function roleView(backend: Backend, role: Role, visible: (membershipId: string) => boolean) {
  const { store } = backend;
  const organization = store.organizations.get(role.organization_id);
  return {
    id: role.id,
    name: role.name,
    created_at: role.created_at,
    created_by: userBasic(store.users.get(role.created_by_id)),
    members: store.roleMemberships
      .where("role_id", role.id)
      .filter((row) => visible(row.membership_id))
      .map((row) => roleMembershipView(backend, row)),
    ...(atLeast(backend, "2026-07")
      ? { is_default: organization?.default_role_id === role.id }
      : { feature_flags_access_level: CAN_ALWAYS_EDIT }),
  };
}

/** A project in lists and in organizations (PostHog: projects API). */
export function projectBasicView(project: Project) {
  const { settings } = project;
  return {
    id: project.id,
    uuid: project.uuid,
    organization: project.organization_id,
    project_id: project.id,
    api_token: project.api_token,
    name: project.team_name,
    completed_snippet_onboarding: settings.completed_snippet_onboarding,
    has_completed_onboarding_for: settings.has_completed_onboarding_for,
    ingested_event: project.ingested_event,
    is_demo: settings.is_demo,
    timezone: settings.timezone,
    access_control: settings.access_control ?? false,
  };
}

/** The organization's projects that a member can see. */
export function visibleProjects(backend: Backend, membership: Membership): Project[] {
  return backend.store.projects
    .where("organization_id", membership.organization_id)
    .filter((project) => isShown(backend.store, project, membership));
}

/** The members that a member may see. If the setting is off, only people with access to the same projects. */
export function visibleMembers(backend: Backend, organization: Organization, caller: Membership) {
  const { store } = backend;
  const members = store.memberships.where("organization_id", organization.id);
  const restricted =
    atLeast(backend, "current") &&
    hasFeature(organization, "organization_security_settings") &&
    !organization.members_can_see_org_members &&
    !isAdmin(caller);
  if (!restricted) {
    return members;
  }
  const shared = store.projects
    .where("organization_id", organization.id)
    .filter((project) => hasRuledAccess(store, project, caller));
  return members.filter(
    (member) => member.id === caller.id || shared.some((project) => hasRuledAccess(store, project, member)),
  );
}

/**
 * A user's memberships in the order of organization lists. PostHog does not sort them: its database returns changed
 * organizations first, and these by membership; on old servers, by age.
 */
export function membershipsOf(
  { store, generation }: Pick<Backend, "store" | "generation">,
  user: User,
): Membership[] {
  if (!atLeast({ generation }, "2026-07")) {
    const age = ({ organization_id }: Membership) => organization_id;
    return store.memberships
      .where("user_id", user.id)
      .sort((left, right) => (age(left) < age(right) ? -1 : 1));
  }
  const isChanged = ({ organization_id }: Membership) => {
    const organization = store.organizations.get(organization_id);
    return organization !== undefined && organization.updated_at !== organization.created_at;
  };
  return store.memberships
    .where("user_id", user.id)
    .sort(
      (left, right) => Number(isChanged(right)) - Number(isChanged(left)) || (left.id < right.id ? -1 : 1),
    );
}

/** The user's current organization. */
export function currentOrganization(backend: Backend, user: User): Organization | undefined {
  const organization = backend.store.organizations.get(user.current_organization_id);
  const member = organization && membershipOf(backend.store, user, organization.id);
  return member === undefined ? undefined : organization;
}

export function without(view: object, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(view).filter(([name]) => !fields.includes(name)));
}
