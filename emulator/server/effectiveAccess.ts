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

export function hasFeature(organization: Organization, key: string): boolean {
  return organization.available_product_features.some((feature) => feature.key === key);
}

/** Whether an organization's plan enforces access rules. In August 2025 that feature has its earlier name. */
export function enforcesRules(store: Store, organization: Organization): boolean {
  return hasFeature(organization, atLeast(store, "2026-07") ? "access_control" : "advanced_permissions");
}

export function membershipOf(store: Store, user: User, organizationId: string): Membership | undefined {
  return store.memberships
    .where("user_id", user.id)
    .find((membership) => membership.organization_id === organizationId);
}

/** Whether the member is an administrator or owner. */
export function isAdmin(membership: Membership): boolean {
  return membership.level >= LEVEL.admin;
}

/** Whose access is resolved: a member with roles, one role alone, or everyone if there is neither. */
export interface RuleHolder {
  readonly membership: Membership | null;
  readonly roleIds: readonly string[];
}

/** Everyone without their own rule. */
export const EVERYONE: RuleHolder = { membership: null, roleIds: [] };

export function memberSubject(store: Store, membership: Membership): RuleHolder {
  const roles = store.roleMemberships.where("membership_id", membership.id);
  return { membership, roleIds: roles.map(({ role_id }) => role_id) };
}

/** A level and its source (PostHog: resolved access). */
export interface ResolvedAccess {
  readonly access_level: string;
  readonly source: "object" | "resource" | "parent_resource" | "system_default" | "org_admin" | "creator";
  readonly source_subject: "member" | "role" | "default" | null;
  readonly source_resource: string;
  readonly source_resource_id: string | null;
}

/** Which rules count: `own: false` leaves out those made for the subject itself. */
interface Perspective {
  readonly own?: boolean;
}

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
  const decided = decide({ store, project, subject, rules, levels, source: "object" });
  const onType = resolveResource(store, project, resource, subject);
  return (
    bypass(subject, resource, levels) ??
    (isCreator ? top("creator", resource, levels) : undefined) ??
    (isOvertaken(store, project, decided, onType) ? onType : (decided ?? onType))
  );
}

// Rules on an object's type override the object's default, unless the most specific rule wins.
function isOvertaken(
  store: Store,
  project: Project,
  onObject: ResolvedAccess | undefined,
  onType: ResolvedAccess,
): boolean {
  const typeHasRule = onType.source === "resource" || onType.source === "parent_resource";
  return onObject?.source_subject === "default" && typeHasRule && !takesMostSpecific(store, project);
}

function takesMostSpecific(store: Store, project: Project): boolean {
  return store.organizations.get(project.organization_id)?.uses_most_specific_access_resolution === true;
}

/** The rules on a project, on a whole type (`resourceId` null), or on an object. */
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
 * A member's access to a project for permission checks: `none`, `member` or `admin`. Without the access-control
 * feature it follows the organization level (PostHog: user permissions).
 */
export function projectAccess(store: Store, project: Project, membership: Membership): string {
  const organization = store.organizations.get(project.organization_id);
  if (!isAdmin(membership) && organization !== undefined && !enforcesRules(store, organization)) {
    return "member";
  }
  return resolveProject(store, project, memberSubject(store, membership)).access_level;
}

/**
 * Whether lists show a project to a member. If a rule makes everyone an admin, July 2026 also shows the project to
 * people whom another rule excludes, though they can do nothing in it.
 */
export function isShown(store: Store, project: Project, membership: Membership): boolean {
  const { source, access_level } = resolveProject(store, project, EVERYONE);
  const isOpen = store.generation === "2026-07" && source === "object" && access_level === "admin";
  return isOpen || projectAccess(store, project, membership) !== "none";
}

/** Whether a rule on the project gives a member access. Being an organization admin does not count. */
export function hasRuledAccess(store: Store, project: Project, membership: Membership): boolean {
  const [subject, levels] = [memberSubject(store, membership), levelsOf("project")];
  const rules = rulesOn(store, project, "project", String(project.id));
  const decision = decide({ store, project, subject, rules, levels, source: "object" });
  return decision !== undefined && decision.access_level !== "none";
}

/** Whether a member may change the rules of a project and of everything in it. PostHog's default level never counts. */
export function canRuleProject(store: Store, project: Project, membership: Membership): boolean {
  const { source, access_level } = resolveProject(store, project, memberSubject(store, membership));
  return isAdmin(membership) || (source !== "system_default" && access_level === "admin");
}

/** Whether a member may change an object's rules. */
export function canRuleObject(
  store: Store,
  project: Project,
  object: ProjectObject,
  membership: Membership,
): boolean {
  const { source, access_level } = resolveObject(store, project, object, memberSubject(store, membership));
  const manages = source !== "system_default" && access_level === levelsOf(object.resource).maximum;
  return manages || canRuleProject(store, project, membership);
}

/** The source of a member's level on an object or project. */
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
  const applying = (resource: string, id: string) =>
    applicable({ store, project, subject, rules: rulesOn(store, project, resource, id) });
  const onProject = applying("project", String(project.id));
  const found = object === undefined ? onProject : applying(object.resource, String(object.pk));
  if (found.mine.length > 0) {
    return "explicit_member";
  }
  if (found.roles.length > 0) {
    return "explicit_role";
  }
  return onProject.mine.length > 0 ? "project_admin" : "default";
}

function isDefault(rule: AccessRule): boolean {
  return rule.organization_member === null && rule.role === null;
}

interface Applying extends Perspective {
  readonly store: Store;
  readonly project: Project;
  readonly subject: RuleHolder;
  readonly rules: readonly AccessRule[];
}

interface Question extends Applying {
  readonly levels: Levels;
  readonly source: ResolvedAccess["source"];
}

/** The rules that apply to a subject: those for the member, for its roles, and for everyone. */
export function applicable({ store, project, subject, rules, own = true }: Applying) {
  const organization = store.organizations.get(project.organization_id);
  if (organization === undefined || !enforcesRules(store, organization)) {
    return { mine: [], roles: [], everyone: [] };
  }
  const isRole = subject.membership === null && subject.roleIds.length > 0;
  const countsRoles = hasFeature(organization, "role_based_access") && (own || !isRole);
  return {
    mine: rules.filter((rule) => own && rule.organization_member === (subject.membership?.id ?? "")),
    roles: rules.filter((rule) => countsRoles && subject.roleIds.includes(rule.role ?? "")),
    everyone: rules.filter(isDefault),
  };
}

// On a type, the highest rule wins. Elsewhere the highest rule for the member and its roles overrides the default. If
// the organization uses it, the most specific rule wins: the member's own before its roles'.
function decide(question: Question): ResolvedAccess | undefined {
  const { store, project, levels, source } = question;
  const { mine, roles, everyone } = applicable(question);
  const usual = source === "object" ? [[...mine, ...roles], everyone] : [[...mine, ...roles, ...everyone]];
  const tiers = takesMostSpecific(store, project) ? [mine, roles, everyone] : usual;
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
