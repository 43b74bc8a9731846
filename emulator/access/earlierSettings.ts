import { levelsOf } from "../server/accessLevels";
import { hasFeature, isAdmin, memberSubject } from "../server/effectiveAccess";
import { ok, type ProjectCall, type Reply, type RouteFamily } from "../server/routing";
import type { AccessRule, Membership } from "../store/entities";
import { bounds, frame, memberIdentity } from "./accessSettings";

/** The access settings page of July 2026: it reads whole lists, and shows inherited levels without their source. */
export const earlierAccessSettings: RouteFamily = (routes) => {
  const read = { scope: "access_control:read", detail: true, since: "2026-07", until: "2026-07" } as const;
  routes.project("GET", "access_control_defaults", read, defaults);
  routes.project("GET", "access_control_roles", read, listRoles);
  routes.project("GET", "access_control_members", read, listMembers);
};

const SHOWN_TYPES: readonly string[] = [
  "action",
  "customer_analytics",
  "dashboard",
  "early_access_feature",
  "endpoint",
  "experiment",
  "export",
  "external_data_source",
  "warehouse_objects",
  "feature_flag",
  "insight",
  "llm_analytics",
  "notebook",
  "revenue_analytics",
  "session_recording",
  "sharing_configuration",
  "survey",
  "web_analytics",
  "activity_log",
  "error_tracking",
  "logs",
  "tracing",
];

function defaults(call: ProjectCall): Reply {
  const stored = storedLevels(call, isDefault);
  return ok({
    ...frame(call),
    project_access_level: stored("project") ?? levelsOf("project").initial,
    resource_access_levels: Object.fromEntries(
      SHOWN_TYPES.map((type) => [type, { access_level: stored(type), ...bounds(type) }]),
    ),
  });
}

function listRoles(call: ProjectCall): Reply {
  const { store } = call.backend;
  const onEveryone = storedLevels(call, isDefault);
  const results = store.roles.where("organization_id", call.organization.id).map(({ id, name }) => {
    const own = storedLevels(call, ({ role }) => role === id);
    return {
      role_id: id,
      role_name: name,
      ...entries((type) => {
        const level = type === "project" || countsRoles(call) ? own(type) : null;
        return { level, ...roleAccess(type, builtInProject(type, onEveryone), level) };
      }),
    };
  });
  return ok({ ...frame(call), results });
}

function listMembers(call: ProjectCall): Reply {
  const { store } = call.backend;
  const members = store.memberships
    .where("organization_id", call.organization.id)
    .filter(({ user_id }) => store.users.get(user_id)?.is_active);
  return ok({ ...frame(call), results: members.map((member) => memberEntry(call, member)) });
}

function memberEntry(call: ProjectCall, member: Membership) {
  const { roleIds } = memberSubject(call.backend.store, member);
  const onEveryone = storedLevels(call, isDefault);
  const own = storedLevels(call, ({ organization_member }) => organization_member === member.id);
  const ofRoles = roleIds.map((id) => storedLevels(call, ({ role }) => role === id));
  return {
    ...memberIdentity(call, member),
    ...entries((type) => {
      const level = own(type);
      const roles = type === "project" || countsRoles(call) ? ofRoles.flatMap((of) => of(type) ?? []) : [];
      const access = isAdmin(member)
        ? granted(levelsOf(type).maximum, "organization_admin")
        : memberAccess(type, builtInProject(type, onEveryone), roles, level);
      return { level, ...access };
    }),
  };
}

/** The level in effect, and the level without the subject's own rule. */
interface ShownAccess {
  readonly effective: string | null;
  readonly inherited: string | null;
  readonly reason: "role_override" | "project_default" | "organization_admin" | null;
}

function granted(level: string | null, reason: ShownAccess["reason"]): ShownAccess {
  return { effective: level, inherited: level, reason: level === null ? null : reason };
}

function roleAccess(type: string, onEveryone: string | null, level: string | null): ShownAccess {
  return { ...granted(onEveryone, "project_default"), effective: highest(type, [onEveryone, level]) };
}

function memberAccess(
  type: string,
  onEveryone: string | null,
  roles: readonly string[],
  level: string | null,
): ShownAccess {
  const inherited = highest(type, [onEveryone, ...roles]);
  const reason = inherited === onEveryone ? "project_default" : "role_override";
  return { ...granted(inherited, reason), effective: highest(type, [inherited, level]) };
}

/** The highest of several levels; the first one if some are equal. */
function highest(type: string, levels: readonly (string | null)[]): string | null {
  const rank = (level: string | null) => (level === null ? -1 : levelsOf(type).all.indexOf(level));
  return levels.reduce((best, level) => (rank(level) > rank(best) ? level : best), null);
}

function entries(accessTo: (type: string) => ShownAccess & { readonly level: string | null }) {
  const entry = (type: string) => {
    const { level, effective, inherited, reason } = accessTo(type);
    return {
      access_level: level,
      effective_access_level: effective,
      inherited_access_level: inherited,
      inherited_access_level_reason: reason,
      ...bounds(type),
    };
  };
  return {
    project: entry("project"),
    resources: Object.fromEntries(SHOWN_TYPES.map((type) => [type, entry(type)])),
  };
}

/** The levels stored for one subject, on the project and on types. */
function storedLevels({ backend, project }: ProjectCall, isAsked: (rule: AccessRule) => boolean) {
  const rules = backend.store.accessRules.where("team_id", project.id).filter(isAsked);
  return (type: string): string | null =>
    rules.find(
      ({ resource, resource_id }) =>
        resource === type && (type === "project" ? resource_id !== null : resource_id === null),
    )?.access_level ?? null;
}

function builtInProject(type: string, onEveryone: (type: string) => string | null): string | null {
  return onEveryone(type) ?? (type === "project" ? levelsOf(type).initial : null);
}

function countsRoles({ organization }: ProjectCall): boolean {
  return hasFeature(organization, "role_based_access");
}

function isDefault(rule: AccessRule): boolean {
  return rule.organization_member === null && rule.role === null;
}
