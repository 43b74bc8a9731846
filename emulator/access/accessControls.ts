import { levelsOf } from "../server/accessLevels";
import {
  accessSource,
  canRuleObject,
  canRuleProject,
  EVERYONE,
  memberSubject,
  projectAccess,
  type ResolvedAccess,
  resolveObject,
  resolveProject,
  resolveResource,
  rulesOn,
} from "../server/effectiveAccess";
import { notFound } from "../server/errors";
import { atLeast } from "../server/generations";
import { ok, type ProjectCall, type Reply, type RouteFamily } from "../server/routing";
import type { AccessRule, Membership, ProjectObject } from "../store/entities";
import { OBJECT_KINDS, visibleObject } from "./objects";
import { type RuleTarget, ruleView, writeRule } from "./ruleWrites";

const READ = { scope: "access_control:read" };

const WRITE = { scope: "access_control:write" };

/** The paths of rules on types, and the generation that added each. */
const TYPE_RULES = [
  ["resource_access_controls", "2026-07"],
  ["global_access_controls", "2025-08"],
] as const;

/** Access rules on projects, on resource types and on objects (PostHog: access controls). */
export const accessControls: RouteFamily = (routes) => {
  const read = { ...READ, detail: true };
  const write = { ...WRITE, detail: true };
  const projectTarget: RuleTarget = { kind: "project" };
  routes.project("GET", "access_controls", read, listOnProject);
  routes.project("PUT", "access_controls", write, (call) => writeRule(call, projectTarget, call.body));
  routes.project("GET", "users_with_access", read, (call) => usersWithAccess(call));
  const target: RuleTarget = { kind: "resources" };
  for (const [path, since] of TYPE_RULES) {
    routes.project("GET", path, { ...read, since }, listOnResources);
    routes.project("PUT", path, { ...write, since }, (call) => writeRule(call, target, call.body));
  }
  for (const { route, ruled, ...kind } of OBJECT_KINDS) {
    const object = (call: ProjectCall, needed: "viewer" | "editor" = "viewer") => {
      if (!ruled) {
        throw notFound("Access controls are not available for this resource type.");
      }
      return visibleObject(call, { route, ruled, ...kind }, needed);
    };
    const path = `${route}/:lookup`;
    routes.project("GET", `${path}/access_controls`, READ, (call) => listOnObject(call, object(call)));
    routes.project("PUT", `${path}/access_controls`, WRITE, (call) =>
      writeRule(call, { kind: "object", object: object(call, "editor") }, call.body),
    );
    routes.project("GET", `${path}/users_with_access`, READ, (call) => usersWithAccess(call, object(call)));
  }
};

function listOnProject({ backend, project, membership }: ProjectCall): Reply {
  const { store } = backend;
  const subject = memberSubject(store, membership);
  return ok({
    ...summary(rulesOn(store, project, "project", String(project.id)), "project"),
    user_access_level: resolveProject(store, project, subject).access_level,
    user_can_edit_access_levels: canRuleProject(store, project, membership),
    ...limits(backend, "project"),
    ...(atLeast(backend, "current") ? { inherited_access: null } : {}),
  });
}

function listOnResources({ backend, project, membership }: ProjectCall): Reply {
  const { store } = backend;
  const rules = store.accessRules.where("team_id", project.id).filter((rule) => rule.resource_id === null);
  const subject = memberSubject(store, membership);
  return ok({
    ...summary(rules, "any other"),
    user_access_level: resolveProject(store, project, subject).access_level,
    user_can_edit_access_levels: canRuleProject(store, project, membership),
    ...limits(backend, "any other"),
  });
}

function listOnObject({ backend, project, membership }: ProjectCall, object: ProjectObject): Reply {
  const { store } = backend;
  const { resource, pk } = object;
  const inherited = resolveResource(store, project, resource, EVERYONE);
  return ok({
    ...summary(rulesOn(store, project, resource, String(pk)), resource),
    user_access_level: resolveObject(store, project, object, memberSubject(store, membership)).access_level,
    user_can_edit_access_levels: canRuleObject(store, project, object, membership),
    ...limits(backend, resource),
    ...(atLeast(backend, "current") ? { inherited_access: inheritedView(inherited) } : {}),
  });
}

function inheritedView(access: ResolvedAccess) {
  return { ...access, source_display_name: null };
}

function summary(rules: readonly AccessRule[], resource: string) {
  const { all, initial } = levelsOf(resource);
  return {
    access_controls: rules.map(ruleView),
    available_access_levels: all,
    default_access_level: initial,
  };
}

function limits(backend: ProjectCall["backend"], resource: string) {
  const { minimum, maximum } = levelsOf(resource);
  return atLeast(backend, "2026-07") ? { minimum_access_level: minimum, maximum_access_level: maximum } : {};
}

const MEMBERSHIP_NAMES = { 1: "member", 8: "admin", 15: "owner" } as const;

function usersWithAccess({ backend, project }: ProjectCall, object?: ProjectObject): Reply {
  const { store } = backend;
  const levels = levelsOf(object?.resource ?? "project").all;
  const levelOf = (membership: Membership) => {
    const subject = memberSubject(store, membership);
    return object === undefined
      ? resolveProject(store, project, subject).access_level
      : resolveObject(store, project, object, subject).access_level;
  };
  const users = store.memberships
    .where("organization_id", project.organization_id)
    .filter(({ user_id }) => store.users.get(user_id)?.is_active)
    .filter((row) => projectAccess(store, project, row) !== "none" && levelOf(row) !== "none")
    .map((row) => ({
      user_id: store.users.get(row.user_id)?.uuid ?? "",
      access_level: levelOf(row),
      access_source: accessSource(store, project, row, object),
      organization_membership_id: row.id,
      organization_membership_level: MEMBERSHIP_NAMES[row.level],
    }))
    .sort(
      (left, right) =>
        levels.indexOf(right.access_level) - levels.indexOf(left.access_level) ||
        (left.user_id < right.user_id ? 1 : -1),
    );
  return ok({ users, total_count: users.length });
}
