import type { AccessRule, Membership, MembershipLevel, Organization, Project, User } from "./entities";
import { LEVEL } from "./entities";
import type { Store } from "./store";

/** Whether an organization's plan has a feature. */
export function hasFeature(organization: Organization, key: string): boolean {
  return organization.available_product_features.some((feature) => feature.key === key);
}

/** The membership of a user in an organization. */
export function membershipOf(store: Store, user: User, organizationId: string): Membership | undefined {
  return store.memberships
    .where("user_id", user.id)
    .find((membership) => membership.organization_id === organizationId);
}

/** Whether a membership is of an administrator or owner. */
export function isAdmin(membership: Membership): boolean {
  return membership.level >= LEVEL.admin;
}

/** The roles of a member. */
export function roleIdsOf(store: Store, membership: Membership): string[] {
  return store.roleMemberships.where("membership_id", membership.id).map(({ role_id }) => role_id);
}

/** What a project level is called where PostHog answers with numbers: `member` 1, `admin` 8. */
export const PROJECT_LEVEL: Readonly<Record<string, MembershipLevel>> = { member: 1, admin: 8 };

/** The rules on one project itself. */
export function projectRules(store: Store, project: Project): AccessRule[] {
  return store.accessRules
    .where("team_id", project.id)
    .filter((rule) => rule.resource === "project" && rule.resource_id === String(project.id));
}

/**
 * The access of a member to a project: `none`, `member` or `admin`. Organization admins always have `admin`;
 * without the access-control feature, and without any rule, so has everyone (PostHog: levels resolve).
 */
export function projectAccess(store: Store, project: Project, membership: Membership): string {
  const organization = store.organizations.get(project.organization_id);
  if (isAdmin(membership)) {
    return "admin";
  }
  if (organization === undefined || !hasFeature(organization, "access_control")) {
    return "member";
  }
  const rules = projectRules(store, project);
  return resolve(store, organization, membership, rules, ["none", "member", "admin"]) ?? "admin";
}

/**
 * The level that a set of rules about one thing gives a member; undefined when no rule says anything. Rules
 * for the member and for its roles override the default. Among them the highest wins, or, in organizations
 * that use it, the most specific: the member's own before its roles'.
 */
export function resolve(
  store: Store,
  organization: Organization,
  membership: Membership,
  rules: readonly AccessRule[],
  levels: readonly string[],
): string | undefined {
  const roles = hasFeature(organization, "role_based_access") ? roleIdsOf(store, membership) : [];
  const own = rules.filter((rule) => rule.organization_member === membership.id);
  const byRole = rules.filter((rule) => rule.role !== null && roles.includes(rule.role));
  const byDefault = rules.filter((rule) => rule.organization_member === null && rule.role === null);
  const tiers = organization.uses_most_specific_access_resolution
    ? [own, byRole, byDefault]
    : [[...own, ...byRole], byDefault];
  const deciding = tiers.find((tier) => tier.length > 0) ?? [];
  return deciding
    .map((rule) => rule.access_level)
    .sort((left, right) => levels.indexOf(right) - levels.indexOf(left))[0];
}
