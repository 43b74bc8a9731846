import { levelsOf, RULED_RESOURCES } from "../server/accessLevels";
import {
  canRuleProject,
  hasRuledAccess,
  isAdmin,
  memberSubject,
  type RuleHolder,
  resolveProject,
  resolveResource,
  rulesOn,
} from "../server/effectiveAccess";
import { invalid, notFound } from "../server/errors";
import { ok, type ProjectCall, type Reply, type RouteFamily } from "../server/routing";
import type { AccessRule, Membership, ProjectObject, Role } from "../store/entities";
import { isNamed, levelOn, OBJECT_KINDS, objectKind } from "./objects";
import { writeRule } from "./ruleWrites";

const READ = { scope: "access_control:read", detail: true, since: "current" } as const;

/** What the access settings page reads and writes (PostHog: access control settings). */
export const accessSettings: RouteFamily = (routes) => {
  routes.project("GET", "access_control_defaults", READ, defaults);
  routes.project("GET", "access_control_roles", READ, listRoles);
  routes.project("GET", "access_control_members", READ, listMembers);
  routes.project("GET", "access_control_default_objects", READ, (call) =>
    objectRules(call, (rule) => rule.organization_member === null && rule.role === null),
  );
  routes.project("GET", "access_control_role_objects", READ, (call) => {
    const { id } = askedRole(call);
    return objectRules(call, (rule) => rule.role === id);
  });
  routes.project("GET", "access_control_member_objects", READ, (call) => {
    const { id } = askedMember(call);
    return objectRules(call, (rule) => rule.organization_member === id);
  });
  routes.project("GET", "access_control_object_search", READ, searchObjects);
  routes.project(
    "PUT",
    "access_control_object_rules",
    { ...READ, scope: "access_control:write" },
    writeObjectRule,
  );
};

const RULED_OBJECTS = OBJECT_KINDS.filter(({ ruled }) => ruled)
  .map(({ resource }) => resource)
  .sort();

/** The fields that begin every list of the settings page. */
export function frame({ backend, project, membership }: ProjectCall) {
  return {
    available_project_levels: levelsOf("project").all,
    available_resource_levels: levelsOf("any other").all,
    can_edit: canRuleProject(backend.store, project, membership),
  };
}

function defaults(call: ProjectCall): Reply {
  const { store } = call.backend;
  const stored = (resource: string, resourceId: string | null) =>
    rulesOn(store, call.project, resource, resourceId).find(
      (rule) => rule.organization_member === null && rule.role === null,
    )?.access_level;
  return ok({
    ...frame(call),
    project_access_level: stored("project", String(call.project.id)) ?? levelsOf("project").initial,
    resource_access_levels: Object.fromEntries(
      RULED_RESOURCES.map((resource) => [
        resource,
        { access_level: stored(resource, null) ?? null, ...bounds(resource) },
      ]),
    ),
    object_rule_resources: RULED_OBJECTS.map((resource) => ({
      resource,
      available_access_levels: levelsOf(resource).all,
      minimum_access_level: levelsOf(resource).minimum,
    })),
  });
}

function listRoles(call: ProjectCall): Reply {
  const { backend, organization, url } = call;
  const all = backend.store.roles.where("organization_id", organization.id);
  const asked = url.searchParams.get("role_id") ? [askedRole(call)] : all;
  return ok({
    ...frame(call),
    results: asked.map(({ id, name }) => ({
      role_id: id,
      role_name: name,
      ...entries(call, { membership: null, roleIds: [id] }, (rule) => rule.role === id),
    })),
  });
}

function listMembers(call: ProjectCall): Reply {
  const { backend, organization, project, membership, url } = call;
  const { store } = backend;
  const restricted = !organization.members_can_see_org_members && !isAdmin(membership);
  const all = store.memberships
    .where("organization_id", organization.id)
    .filter(({ user_id }) => store.users.get(user_id)?.is_active)
    .filter((member) => !restricted || hasRuledAccess(store, project, member));
  const asked = url.searchParams.get("member_id") ? [askedMember(call)] : all;
  return ok({ ...frame(call), results: asked.map((member) => memberEntry(call, member)) });
}

export function memberIdentity({ backend }: ProjectCall, member: Membership) {
  const user = backend.store.users.get(member.user_id);
  return {
    organization_membership_id: member.id,
    user: {
      uuid: user?.uuid,
      first_name: user?.first_name,
      last_name: user?.last_name,
      email: user?.email,
    },
    organization_level: member.level,
  };
}

function memberEntry(call: ProjectCall, member: Membership) {
  const subject = memberSubject(call.backend.store, member);
  return {
    ...memberIdentity(call, member),
    role_ids: subject.roleIds,
    ...entries(call, subject, (rule) => rule.organization_member === member.id),
  };
}

function entries(call: ProjectCall, subject: RuleHolder, isOwn: (rule: AccessRule) => boolean) {
  const { store } = call.backend;
  const { project } = call;
  const stored = (resource: string, id: string | null) =>
    rulesOn(store, project, resource, id).find(isOwn)?.access_level ?? null;
  return {
    project: {
      access_level: stored("project", String(project.id)),
      effective_access_level: resolveProject(store, project, subject).access_level,
      inherited_access: resolveProject(store, project, subject, { own: false }),
      ...bounds("project"),
    },
    resources: Object.fromEntries(
      RULED_RESOURCES.map((resource) => [
        resource,
        {
          access_level: stored(resource, null),
          effective_access_level: resolveResource(store, project, resource, subject).access_level,
          inherited_access: resolveResource(store, project, resource, subject, { own: false }),
          ...bounds(resource),
        },
      ]),
    ),
  };
}

/** The lowest and highest levels that a rule can set. */
export function bounds(resource: string) {
  const { minimum, maximum } = levelsOf(resource);
  return { minimum, maximum };
}

function askedRole({ backend, organization, url }: ProjectCall): Role {
  const id = url.searchParams.get("role_id");
  if (!id) {
    throw invalid("role_id is required");
  }
  const role = backend.store.roles.get(id.toLowerCase());
  if (role?.organization_id !== organization.id) {
    throw notFound();
  }
  return role;
}

function askedMember(call: ProjectCall): Membership {
  const { backend, organization, project, membership, url } = call;
  const id = url.searchParams.get("member_id");
  if (!id) {
    throw invalid("member_id is required");
  }
  const found = backend.store.memberships.get(id.toLowerCase());
  const hidden =
    !organization.members_can_see_org_members && !canRuleProject(backend.store, project, membership);
  if (hidden || found?.organization_id !== organization.id) {
    throw notFound();
  }
  return found;
}

function objectRules({ backend, project }: ProjectCall, isAsked: (rule: AccessRule) => boolean): Reply {
  const { store } = backend;
  const results = store.accessRules
    .where("team_id", project.id)
    .filter((rule) => rule.resource_id !== null && rule.resource !== "project" && isAsked(rule))
    .map(({ resource, resource_id, access_level }) => {
      const object = store.objects.get(`${resource}:${resource_id}`);
      const short_id = resource === "insight" ? (object?.short_id ?? null) : null;
      return { resource, resource_id, name: object?.name ?? resource_id, short_id, access_level };
    })
    .sort(
      (left, right) =>
        left.resource.localeCompare(right.resource) ||
        String(left.name).toLowerCase().localeCompare(String(right.name).toLowerCase()),
    );
  return ok({ results });
}

const MOST_FOUND = 20;

function searchObjects(call: ProjectCall): Reply {
  const query = call.url.searchParams;
  const resource = query.get("resource") ?? "";
  if (!RULED_OBJECTS.includes(resource)) {
    throw invalid("resource does not support object access rules");
  }
  const id = query.get("id") ?? "";
  const search = query.get("search")?.toLowerCase() ?? "";
  const fits = (object: ProjectObject) =>
    id === ""
      ? object.name.toLowerCase().includes(search)
      : String(object.pk) === id || (resource === "insight" && object.short_id === id);
  const results = call.backend.store.objects
    .where("team_id", call.project.id)
    .filter((object) => object.resource === resource && !object.deleted && fits(object))
    .filter((object) => levelOn(call, object) !== "none")
    .sort((left, right) => left.name.localeCompare(right.name))
    .slice(0, MOST_FOUND)
    .map(({ pk, name, short_id }) => ({
      id: String(pk),
      name,
      short_id: resource === "insight" ? short_id : null,
    }));
  return ok({ results });
}

function writeObjectRule(call: ProjectCall): Reply {
  const { backend, project, body } = call;
  const sent = new Map(Object.entries(typeof body === "object" && body !== null ? body : {}));
  const [resource, id] = [sent.get("resource"), sent.get("resource_id")];
  const kind = objectKind(String(resource));
  if (id === undefined || id === null || id === "") {
    throw invalid("resource_id is required");
  }
  if (kind === undefined || !kind.ruled) {
    throw invalid("resource does not support object access rules");
  }
  const object = backend.store.objects
    .where("team_id", project.id)
    .find((one) => one.resource === kind.resource && isNamed({ ...kind, lookup: "pk" }, one, String(id)));
  if (object === undefined || levelOn(call, object) === "none") {
    throw notFound();
  }
  if (object.deleted) {
    throw invalid("cannot set an access rule on a deleted object");
  }
  return writeRule(call, { kind: "object", object }, body);
}
