import { type AccessIndex, type EffectiveAccess, indexAccess } from "./effective";
import { organizationAdmin, organizationLevelName } from "./levels";
import { judgeResourceType } from "./resourceTypes";
import { type AccessRule, type AccessSnapshot, type Person, projectRule } from "./snapshot";

/** Why a rule of the snapshot has no effect; undefined if it decides someone's access. */
export type RuleJudge = (rule: AccessRule) => string | undefined;

/** The membership of a stand-in for everyone a rule applies to, who can enter every project. */
const insider = "insider";

/**
 * Indexes a snapshot's rules to check them one by one. A rule on a role or on everyone is checked for someone that no
 * other rule covers: more access from elsewhere does not count against the rule, and a rule inside a closed project is
 * for those who have access to the project.
 */
export function judgeRules(snapshot: AccessSnapshot): RuleJudge {
  const index = indexAccess({
    ...snapshot,
    roles: snapshot.roles.map((role) => ({ ...role, userUuids: [...role.userUuids, standIn(role.id)] })),
    rules: [
      ...snapshot.rules,
      ...snapshot.projects.map(({ id }) => projectRule(id, { membershipId: insider, level: "member" })),
    ],
  });
  const people = new Map(snapshot.people.map((person) => [person.membershipId, person]));
  return (rule) => {
    const unread = neverRead(snapshot, rule);
    if (unread !== undefined) return unread;
    const person = people.get(rule.membershipId ?? "") ?? outsider(rule);
    const access = accessAt(index, person, rule);
    return decidesBy(access, rule) ? undefined : overruled(access, person, rule, snapshot.mostSpecific);
  };
}

/**
 * Whether someone may change the access rules of a project: organization admins, and people that a rule, including the
 * rule for everyone, makes its admin. A project that is open by PostHog's own default gives no such right.
 */
export function mayChangeRules(index: AccessIndex, person: Person, projectId: number): boolean {
  if (person.level >= organizationAdmin) return true;
  const { level, reason } = index.onProject(person, projectId);
  return level === "admin" && "rule" in reason;
}

/**
 * Whether PostHog shows someone without access the project itself, with its settings and token. If a rule makes
 * everyone else an admin, a rule that excludes someone closes the contents of the project, but not the project itself.
 */
export function seesClosedProject(index: AccessIndex, person: Person, projectId: number): boolean {
  const everybody = index.onProject(nobody, projectId);
  return (
    everybody.level === "admin" &&
    everybody.reason.kind === "defaultRule" &&
    index.onProject(person, projectId).level === "none"
  );
}

/** Someone without rules: what they can do, everyone can do. */
const nobody: Person = { userUuid: "", membershipId: "", email: "", level: 1 };

const standIn = (roleId: string): string => `anyone in ${roleId}`;

function outsider({ resource, membershipId, roleId }: AccessRule): Person {
  return {
    userUuid: roleId == null ? "" : standIn(roleId),
    membershipId: membershipId ?? (resource === "project" ? "" : insider),
    email: "the person",
    level: 1,
  };
}

function neverRead(
  { enforcesRules, enforcesRoleRules }: AccessSnapshot,
  rule: AccessRule,
): string | undefined {
  if (!enforcesRules) return "the plan does not enforce access rules (access_control)";
  if (rule.roleId != null && !enforcesRoleRules)
    return "the plan does not enforce rules on roles (role_based_access)";
  if (rule.resource === "project") return undefined;
  const { warning, ignored } = judgeResourceType(rule.resource, rule.resourceId != null);
  return ignored === true ? warning : undefined;
}

function accessAt(index: AccessIndex, person: Person, rule: AccessRule): EffectiveAccess {
  const { projectId, resource, resourceId } = rule;
  if (resource === "project") return index.onProject(person, projectId);
  if (resourceId == null) return index.onType(person, projectId, resource);
  return index.onObject(person, projectId, resource, resourceId);
}

function decidesBy({ reason }: EffectiveAccess, rule: AccessRule): boolean {
  return (
    "rule" in reason &&
    (reason.rule.membershipId ?? null) === (rule.membershipId ?? null) &&
    (reason.rule.roleId ?? null) === (rule.roleId ?? null) &&
    (reason.rule.resourceId ?? null) === (rule.resourceId ?? null)
  );
}

function overruled(
  { level, reason }: EffectiveAccess,
  person: Person,
  rule: AccessRule,
  mostSpecific: boolean,
): string {
  if (reason.kind === "organizationAdmin")
    return `${person.email} is an organization ${organizationLevelName(person.level)} and already has full access`;
  if (reason.kind === "projectClosed") return `the project itself is closed to ${person.email}`;
  if (!("rule" in reason)) return "PostHog ignores it";
  const wide = rule.resourceId != null && reason.rule.resourceId == null ? ` on all of ${rule.resource}` : "";
  const counts = mostSpecific ? "the most specific rule counts" : "the highest level counts";
  return `${ruleOf(reason)} gives ${level}${wide}, and ${counts}`;
}

function ruleOf(reason: Extract<EffectiveAccess["reason"], { rule: AccessRule }>): string {
  if (reason.kind === "roleRule") return `role ${reason.roleName}`;
  return reason.kind === "ownRule" ? "a rule of their own" : "the rule for everybody";
}
