import {
  type AccessRule,
  LEVEL,
  type Membership,
  type Organization,
  type Project,
  type ProjectObject,
  type User,
} from "../store/entities";
import type { Store } from "../store/store";
import { type Levels, levelsOf, RULED_BY } from "./accessLevels";
import { atLeast } from "./generations";

/** Whether an organization's plan has a feature. */
export function hasFeature(organization: Organization, key: string): boolean {
  return organization.available_product_features.some((feature) => feature.key === key);
}

/**
 * Whether an organization's plan enforces access rules. August 2025 knows that feature by its earlier name.
 */
export function enforcesRules(store: Store, organization: Organization): boolean {
  return hasFeature(organization, atLeast(store, "2026-07") ? "access_control" : "advanced_permissions");
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

/** For whom access is worked out: a member with its roles, one role alone, or, with neither, everyone. */
export interface RuleHolder {
  readonly membership: Membership | null;
  readonly roleIds: readonly string[];
}

/** Everyone who has no rule of their own. */
export const EVERYONE: RuleHolder = { membership: null, roleIds: [] };

/** A member as a subject. */
export function memberSubject(store: Store, membership: Membership): RuleHolder {
  const roles = store.roleMemberships.where("membership_id", membership.id);
  return { membership, roleIds: roles.map(({ role_id }) => role_id) };
}

/** A level and where it comes from (PostHog: resolved access). */
export interface ResolvedAccess {
  readonly access_level: string;
  readonly source: "object" | "resource" | "parent_resource" | "system_default" | "org_admin" | "creator";
  readonly source_subject: "member" | "role" | "default" | null;
  readonly source_resource: string;
  readonly source_resource_id: string | null;
}

/** Which of the rules count: `own: false` leaves out those made for the subject itself. */
interface Perspective {
  readonly own?: boolean;
}

/** Access to a project itself. */
export function resolveProject(
  store: Store,
  project: Project,
  subject: RuleHolder,
  perspective: Perspective = {},
): ResolvedAccess {
  const levels = levelsOf("project");
  const rules = rulesOn(store, project, "project", String(project.id));
  return (
    bypass(subject, "project", levels) ??
    decide({ store, project, subject, rules, levels, source: "object", ...perspective }) ??
    systemDefault("project")
  );
}

/** Access to a whole type of resource. */
export function resolveResource(
  store: Store,
  project: Project,
  resource: string,
  subject: RuleHolder,
  perspective: Perspective = {},
): ResolvedAccess {
  const levels = levelsOf(resource);
  const ruling = RULED_BY[resource] ?? resource;
  const rules = rulesOn(store, project, ruling, null);
  const source = ruling === resource ? "resource" : "parent_resource";
  return (
    bypass(subject, resource, levels) ??
    decide({ store, project, subject, rules, levels, source, ...perspective }) ??
    systemDefault(resource)
  );
}

/** Access to one object. */
export function resolveObject(
  store: Store,
  project: Project,
  object: ProjectObject,
  subject: RuleHolder,
): ResolvedAccess {
  const { resource } = object;
  const levels = levelsOf(resource);
  const rules = rulesOn(store, project, resource, String(object.pk));
  const { membership } = subject;
  const isCreator = membership !== null && membership.user_id === object.created_by_id;
  return (
    bypass(subject, resource, levels) ??
    (isCreator ? top("creator", resource, levels) : undefined) ??
    decide({ store, project, subject, rules, levels, source: "object" }) ??
    resolveResource(store, project, resource, subject)
  );
}

/** The rules on one thing: a project, a whole type (`resourceId` null), or an object. */
export function rulesOn(
  store: Store,
  project: Project,
  resource: string,
  resourceId: string | null,
): AccessRule[] {
  return store.accessRules
    .where("team_id", project.id)
    .filter((rule) => rule.resource === resource && rule.resource_id === resourceId);
}

/**
 * A member's access to a project as the gates see it: `none`, `member` or `admin`. Without the
 * access-control feature it is what the organization's level says (PostHog: user permissions).
 */
export function projectAccess(store: Store, project: Project, membership: Membership): string {
  const organization = store.organizations.get(project.organization_id);
  if (!isAdmin(membership) && organization !== undefined && !enforcesRules(store, organization)) {
    return "member";
  }
  return resolveProject(store, project, memberSubject(store, membership)).access_level;
}

/** Whether a rule of the project, on it or by default, lets a member in: being an admin does not count. */
export function hasRuledAccess(store: Store, project: Project, membership: Membership): boolean {
  const [subject, levels] = [memberSubject(store, membership), levelsOf("project")];
  const rules = rulesOn(store, project, "project", String(project.id));
  const decision = decide({ store, project, subject, rules, levels, source: "object" });
  return decision !== undefined && decision.access_level !== "none";
}

/** Whether a member may change the rules of a project, and of everything in it. */
export function canRuleProject(store: Store, project: Project, membership: Membership): boolean {
  return (
    isAdmin(membership) ||
    explicitLevel(store, project, membership, "project", String(project.id)) === "admin"
  );
}

/** Whether a member may change the rules of one object. */
export function canRuleObject(
  store: Store,
  project: Project,
  object: ProjectObject,
  membership: Membership,
): boolean {
  const { resource, pk } = object;
  return (
    canRuleProject(store, project, membership) ||
    object.created_by_id === membership.user_id ||
    explicitLevel(store, project, membership, resource, String(pk)) === levelsOf(resource).maximum
  );
}

/** Where a member's level on an object or project comes from. */
export function accessSource(
  store: Store,
  project: Project,
  membership: Membership,
  object?: ProjectObject,
): string {
  if (object !== undefined && object.created_by_id === membership.user_id) {
    return "creator";
  }
  if (isAdmin(membership)) {
    return "organization_admin";
  }
  const subject = memberSubject(store, membership);
  const resolved =
    object === undefined
      ? resolveProject(store, project, subject)
      : resolveObject(store, project, object, subject);
  if (resolved.source_subject === "member" || resolved.source_subject === "role") {
    return `explicit_${resolved.source_subject}`;
  }
  return object !== undefined && canRuleProject(store, project, membership) ? "project_admin" : "default";
}

function explicitLevel(
  store: Store,
  project: Project,
  membership: Membership,
  resource: string,
  resourceId: string,
): string | undefined {
  const rules = rulesOn(store, project, resource, resourceId).filter((rule) => !isDefault(rule));
  const subject = memberSubject(store, membership);
  const levels = levelsOf(resource);
  return decide({ store, project, subject, rules, levels, source: "object" })?.access_level;
}

function isDefault(rule: AccessRule): boolean {
  return rule.organization_member === null && rule.role === null;
}

interface Question extends Perspective {
  readonly store: Store;
  readonly project: Project;
  readonly subject: RuleHolder;
  readonly rules: readonly AccessRule[];
  readonly levels: Levels;
  readonly source: ResolvedAccess["source"];
}

// Rules for the member and for its roles override the default. Among them the highest wins, or, in
// organizations that use it, the most specific: the member's own before its roles'.
function decide(question: Question): ResolvedAccess | undefined {
  const { store, project, subject, rules, levels, source, own = true } = question;
  const organization = store.organizations.get(project.organization_id);
  if (organization === undefined || !enforcesRules(store, organization)) {
    return undefined;
  }
  const isRole = subject.membership === null && subject.roleIds.length > 0;
  const countsRoles = hasFeature(organization, "role_based_access") && (own || !isRole);
  const mine = rules.filter((rule) => own && rule.organization_member === (subject.membership?.id ?? ""));
  const roles = rules.filter((rule) => countsRoles && subject.roleIds.includes(rule.role ?? ""));
  const everyone = rules.filter(isDefault);
  const tiers = organization.uses_most_specific_access_resolution
    ? [mine, roles, everyone]
    : [[...mine, ...roles], everyone];
  const deciding = tiers.find((tier) => tier.length > 0) ?? [];
  const rank = (rule: AccessRule) => levels.all.indexOf(rule.access_level);
  const winner = [...deciding].sort((left, right) => rank(right) - rank(left))[0];
  return winner === undefined
    ? undefined
    : {
        access_level: winner.access_level,
        source,
        source_subject: subjectOf(winner),
        source_resource: winner.resource,
        source_resource_id: winner.resource_id,
      };
}

function subjectOf(rule: AccessRule): ResolvedAccess["source_subject"] {
  if (rule.organization_member !== null) {
    return "member";
  }
  return rule.role === null ? "default" : "role";
}

function bypass({ membership }: RuleHolder, resource: string, levels: Levels): ResolvedAccess | undefined {
  return membership !== null && isAdmin(membership) ? top("org_admin", resource, levels) : undefined;
}

function top(source: "org_admin" | "creator", resource: string, { maximum }: Levels): ResolvedAccess {
  return { ...systemDefault(resource), access_level: maximum, source };
}

function systemDefault(resource: string): ResolvedAccess {
  return {
    access_level: levelsOf(resource).initial,
    source: "system_default",
    source_subject: null,
    source_resource: resource,
    source_resource_id: null,
  };
}
