import { z } from "zod";
import { INTERNAL_SCOPE_OBJECTS, levelsOf, SCOPE_OBJECTS } from "../server/accessLevels";
import { readValue } from "../server/body";
import { canRuleObject, canRuleProject, hasFeature, rulesOn } from "../server/effectiveAccess";
import { denied, invalid, serverError } from "../server/errors";
import { field, isUuid, refuse, text } from "../server/fields";
import { atLeast } from "../server/generations";
import { noContent, ok, type ProjectCall, type Reply } from "../server/routing";
import type { AccessRule, ProjectObject } from "../store/entities";

/** What the URL of a rule is about: the project itself, whole types of resources, or one object. */
export type RuleTarget =
  | { readonly kind: "project" }
  | { readonly kind: "resources" }
  | { readonly kind: "object"; readonly object: ProjectObject };

interface RuleBody {
  readonly access_level: string | null;
  readonly resource: string;
  readonly resource_id: string | null;
  readonly organization_member: string | null;
  readonly role: string | null;
}

const MOST_OBJECTS = 1000;

/**
 * Writes one rule, found by its target and subject: 200 with the rule whether it is new or changed, 204 for
 * the level `null`, which takes it away (PostHog: access controls).
 */
export function writeRule(call: ProjectCall, target: RuleTarget, body: unknown): Reply {
  const rule = readRule(call, target, body);
  checkSubject(call, rule);
  checkAuthority(call, target, rule);
  const { backend, project, actor } = call;
  const { store } = backend;
  const existing = rulesOn(store, project, rule.resource, rule.resource_id).find(
    (one) => one.organization_member === rule.organization_member && one.role === rule.role,
  );
  if (rule.access_level === null) {
    store.accessRules.delete(existing?.id ?? "", actor);
    return noContent();
  }
  const level = { access_level: rule.access_level };
  if (existing !== undefined) {
    return ok(ruleView(store.accessRules.update(existing.id, level, actor)));
  }
  const now = store.timestamp();
  return ok(
    ruleView(
      store.accessRules.insert(
        { id: store.uuid(), team_id: project.id, ...rule, ...level, created_at: now, updated_at: now },
        actor,
      ),
    ),
  );
}

/** A rule as the API shows it: without an id, its author never filled in. */
export function ruleView(rule: AccessRule) {
  return {
    access_level: rule.access_level,
    resource: rule.resource,
    resource_id: rule.resource_id,
    organization_member: rule.organization_member,
    role: rule.role,
    created_by: null,
    created_at: rule.created_at,
    updated_at: rule.updated_at,
  };
}

function readRule(call: ProjectCall, target: RuleTarget, body: unknown): RuleBody {
  const sent = typeof body === "object" && body !== null && !Array.isArray(body) ? body : {};
  const value = { ...sent, ...fixedBy(call, target) };
  // PostHog reads `resource` for the levels before it checks that it was sent.
  if ("access_level" in value && !("resource" in value)) {
    throw serverError();
  }
  const resource = String(Reflect.get(value, "resource"));
  const rule = readValue(call, value, ruleSchema(call, resource));
  return {
    access_level: rule.access_level,
    resource: rule.resource,
    resource_id: rule.resource_id ?? null,
    organization_member: rule.organization_member ?? null,
    role: rule.role ?? null,
  };
}

function fixedBy({ project }: ProjectCall, target: RuleTarget): object {
  switch (target.kind) {
    case "project":
      return { resource: "project", resource_id: String(project.id) };
    case "resources":
      return {};
    case "object":
      return { resource: target.object.resource, resource_id: String(target.object.pk) };
  }
}

function ruleSchema({ backend }: ProjectCall, resource: string) {
  const { store } = backend;
  return z.object({
    access_level: levelField(resource).nullable(),
    resource: resourceField(),
    resource_id: text({ max: 36 }).nullable().optional(),
    organization_member: keyField(
      (id) => store.memberships.get(id) !== undefined,
      () =>
        "Invalid organization member id. Use the 'id' field from the /api/organizations/<organization_id>/members/ endpoint.",
    )
      .nullable()
      .optional(),
    role: keyField(
      (id) => store.roles.get(id) !== undefined,
      (value) => `“${value}” is not a valid UUID.`,
    )
      .nullable()
      .optional(),
  });
}

function levelField(resource: string) {
  const levels = levelsOf(resource);
  return field((value) => {
    const rank = levels.all.indexOf(String(value));
    if (rank < 0) {
      refuse("invalid", `Invalid access level. Must be one of: ${levels.all.join(", ")}`);
    }
    const { minimum, maximum } = levels;
    if (rank < levels.all.indexOf(minimum)) {
      refuse("invalid", `Access level cannot be set below the minimum '${minimum}' for ${resource}.`);
    }
    if (rank > levels.all.indexOf(maximum)) {
      refuse("invalid", `Access level cannot be set above the maximum '${maximum}' for ${resource}.`);
    }
    return String(value);
  });
}

function resourceField() {
  return field((value) => {
    const resource = String(value);
    if (!SCOPE_OBJECTS.includes(resource) || INTERNAL_SCOPE_OBJECTS.includes(resource)) {
      const tuple = SCOPE_OBJECTS.map((name) => `'${name}'`).join(", ");
      refuse("invalid", `Invalid resource. Must be one of: (${tuple})`);
    }
    return resource;
  });
}

function keyField(exists: (id: string) => boolean, malformed: (value: string) => string) {
  return field((value) => {
    const id = String(value).toLowerCase();
    if (!isUuid(id)) {
      refuse("invalid", malformed(String(value)));
    }
    return exists(id) ? id : refuse("does_not_exist", `Invalid pk "${value}" - object does not exist.`);
  });
}

function checkSubject({ backend, organization }: ProjectCall, rule: RuleBody): void {
  if (rule.organization_member !== null && rule.role !== null) {
    throw invalid("You can not scope an access control to both a member and a role.");
  }
  if (!atLeast(backend, "2026-07")) {
    return;
  }
  const { store } = backend;
  if (rule.role !== null && !hasFeature(organization, "role_based_access")) {
    throw denied("Role-based access controls require the Role-based access feature.");
  }
  if (rule.role !== null && store.roles.get(rule.role)?.organization_id !== organization.id) {
    throw invalid("The role must belong to the same organization as this project.");
  }
  const member = store.memberships.get(rule.organization_member);
  if (rule.organization_member !== null && member?.organization_id !== organization.id) {
    throw invalid("The member must belong to the same organization as this project.");
  }
}

function checkAuthority(call: ProjectCall, target: RuleTarget, rule: RuleBody): void {
  const { backend, project, membership } = call;
  const { store } = backend;
  const rulesProject = canRuleProject(store, project, membership);
  if (rule.resource_id === null) {
    if (!rulesProject) {
      throw denied("Must be an Organization admin to modify project-wide permissions.");
    }
    return;
  }
  if (target.kind === "resources" && rule.resource_id !== String(project.id)) {
    throw denied("Cannot modify access controls for a resource different from the URL target.");
  }
  const allowed =
    target.kind === "object" ? canRuleObject(store, project, target.object, membership) : rulesProject;
  if (!allowed) {
    throw denied(`Must be ${levelsOf(rule.resource).maximum} to modify ${rule.resource} permissions.`);
  }
  if (rule.access_level !== null && atLeast(backend, "2026-07")) {
    checkRoom(call, rule);
  }
}

// Only a first rule on an object counts against the limit.
function checkRoom({ backend, project }: ProjectCall, { resource, resource_id }: RuleBody): void {
  const ids = new Set(
    backend.store.accessRules
      .where("team_id", project.id)
      .filter((rule) => rule.resource === resource && rule.resource_id !== null)
      .map((rule) => rule.resource_id),
  );
  if (!ids.has(resource_id) && ids.size >= MOST_OBJECTS) {
    throw invalid(`Reached the limit of ${MOST_OBJECTS} ${resource}s with access control overrides.`);
  }
}
