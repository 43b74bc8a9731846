import { type Grant, isDefault, rulesOf } from "../../access/grants";
import { isAccessLevel } from "../../access/levels";
import { objectRoutes } from "../../access/resourceTypes";
import { judgeRules } from "../../access/ruleEffect";
import type { AccessRule } from "../../access/snapshot";
import {
  isFor,
  listRules,
  putRule,
  type RuleAddress,
  type StoredRule,
  typeRules,
} from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { listObjectRules, putObjectRule } from "../../posthog/objectRules";
import { addressOfObject } from "../../posthog/objects";
import type { Role } from "../../posthog/roles";
import { type Directory, readDirectory, readGrants, snapshotOf } from "../../snapshot/accessSnapshot";
import { type Principal, subjectOf } from "./principal";

/** What an access rule is on: a whole type of resource in a project, or one object of it. */
export interface RuleTarget {
  readonly projectId: number;
  readonly resource: string;
  /** What addresses the object; missing for the whole type. */
  readonly object?: string;
}

/** Finds out what addresses the object that the program names. */
export async function resolveTarget(connection: Connection, target: RuleTarget): Promise<RuleTarget> {
  const { projectId, resource, object } = target;
  const route = objectRoutes.get(resource);
  if (object === undefined || route === undefined) return target;
  return { ...target, object: await addressOfObject(connection, { projectId, resource, route }, object) };
}

/** The rules on a target. Where the objects of a type have no known address, only those for the same subject. */
export async function rulesAt(
  connection: Connection,
  target: RuleTarget,
  who: Principal,
): Promise<StoredRule[]> {
  const { projectId, resource, object } = target;
  const address = addressOf(target);
  if (address !== undefined) {
    const { access_controls: rules } = await listRules(connection, address);
    return object === undefined ? rules.filter((rule) => rule.resource === resource) : [...rules];
  }
  const rules = await listObjectRules(connection, projectId, subjectOf(who));
  return rules.filter((rule) => rule.resource === resource && rule.resource_id === object);
}

/** The level that a rule on a target gives; undefined without one. */
export async function levelAt(
  connection: Connection,
  target: RuleTarget,
  who: Principal,
): Promise<string | undefined> {
  const rules = await rulesAt(connection, target, who);
  return rules.find((rule) => isFor(rule, subjectOf(who)))?.access_level ?? undefined;
}

/** Sets a rule on a target, or with null removes it. */
export async function putAt(
  connection: Connection,
  target: RuleTarget,
  who: Principal,
  level: string | null,
  what: string,
): Promise<void> {
  const { projectId, resource, object } = target;
  const address = addressOf(target);
  if (address !== undefined) {
    const type = object === undefined ? resource : undefined;
    await putRule(connection, address, subjectOf(who), level, what, type);
  } else if (object !== undefined) {
    await putObjectRule(connection, projectId, { resource, id: object }, subjectOf(who), level, what);
  }
}

/** Why the rule would decide nothing if it were there; undefined where it has an effect. */
export async function ineffectiveReason(
  connection: Connection,
  target: RuleTarget,
  who: Principal,
  level: string,
): Promise<string | undefined> {
  if (!isAccessLevel(level)) return undefined;
  const { projectId, resource, object } = target;
  const [directory, grants, onObject] = await Promise.all([
    readDirectory(connection),
    readGrants(connection, projectId),
    object === undefined ? [] : rulesAt(connection, target, who),
  ]);
  const [membershipId, roleId] = [who.member?.id, who.role?.id];
  const own: AccessRule = { projectId, resource, resourceId: object, membershipId, roleId, level };
  // A project has hundreds of rules, and each of their resources asks this: only what can decide is judged.
  const near = nearby(directory, who);
  const others = [...rulesOf(projectId, grants.filter(near.isRelevant)), ...objectRulesOf(target, onObject)];
  const rules = [...others.filter((rule) => !isSamePlace(rule, own)), own];
  return judgeRules(snapshotOf(near.directory, [{ id: projectId, name: "" }], rules))(own);
}

/** The part of the directory, and of a project's grants, that may have a say in what somebody can do. */
function nearby(directory: Directory, { member, role }: Principal) {
  const members = member === undefined ? [] : [member];
  const isTheirs = (one: Role): boolean =>
    one.id === role?.id || one.members?.some(({ user }) => user.uuid === member?.user.uuid) === true;
  const roles = directory.roles.filter(isTheirs);
  const ids = new Set([...members, ...roles].map(({ id }) => id));
  return {
    directory: { ...directory, members, roles },
    isRelevant: (grant: Grant) => isDefault(grant) || ids.has(grant.membershipId ?? grant.roleId ?? ""),
  };
}

function isSamePlace(one: AccessRule, other: AccessRule): boolean {
  return (["resource", "resourceId", "membershipId", "roleId"] as const).every(
    (part) => (one[part] ?? null) === (other[part] ?? null),
  );
}

function objectRulesOf(target: RuleTarget, rules: readonly StoredRule[]): AccessRule[] {
  const { projectId, resource, object } = target;
  return rules.flatMap(({ access_level: level, organization_member, role }) =>
    level === null || !isAccessLevel(level)
      ? []
      : [{ projectId, resource, resourceId: object, membershipId: organization_member, roleId: role, level }],
  );
}

function addressOf({ projectId, resource, object }: RuleTarget): RuleAddress | undefined {
  if (object === undefined) return typeRules(projectId);
  const route = objectRoutes.get(resource);
  if (route === undefined) return undefined;
  return { projectId, path: `${route.path}/${encodeURIComponent(object)}/access_controls` };
}
