import * as z from "zod";
import { levelsOf, scopeObjects } from "../server/accessLevels";
import type { Backend } from "../server/backend";
import { readValue } from "../server/body";
import { canRuleObject, canRuleProject, hasFeature, rulesOn } from "../server/effectiveAccess";
import { denied, invalid, serverError } from "../server/errors";
import { checked, type Field, field, isUuid, refuse, text } from "../server/fields";
import { atLeast } from "../server/generations";
import { noContent, ok, type ProjectCall, type Reply } from "../server/routing";
import type { AccessRule, ProjectObject } from "../store/entities";

/** What a rule applies to: the project itself, whole resource types, or one object. */
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
 * Creates, changes or deletes the rule on a target for a subject. Answers 200 with the rule, or 204 if the level is
 * `null`, which deletes it (PostHog: access controls).
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

/** A rule as the API shows it: without an id and without its author. */
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
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  if (!isObject && target.kind !== "resources") {
    // PostHog writes the values from the URL into the body, and crashes if the body is not an object.
    throw serverError();
  }
  const value = isObject ? { ...body, ...fixedBy(call, target) } : body;
  const rule = readValue(call, value, ruleSchema(call, value));
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

const WRONG_MEMBER =
  "Invalid organization member id. Use the 'id' field from the /api/organizations/<organization_id>/members/ endpoint.";

function ruleSchema({ backend }: ProjectCall, value: unknown) {
  const { store } = backend;
  const named = typeof value === "object" && value !== null && "resource" in value;
  const wrongId = (id: string) => `“${id}” is not a valid UUID.`;
  return z.object({
    access_level: levelField(backend, named ? String(value.resource) : undefined),
    resource: resourceField(backend),
    resource_id: text({ max: 36 }).nullable().optional(),
    organization_member: keyField(
      (id) => store.memberships.get(id) !== undefined,
      (id) => (atLeast(backend, "2026-07") ? WRONG_MEMBER : wrongId(id)),
    ),
    role: keyField((id) => store.roles.get(id) !== undefined, wrongId),
  });
}

function levelField(backend: Backend, resource: string | undefined): Field<string | null> {
  return checked(text().nullable(), (level) => {
    const hasLimits = atLeast(backend, "2026-07");
    if (level === null && !hasLimits) {
      return;
    }
    if (resource === undefined) {
      // PostHog reads `resource` to find the levels before it checks that `resource` was sent.
      throw serverError();
    }
    if (level !== null) {
      checkLevel(level, resource, hasLimits);
    }
  });
}

function checkLevel(level: string, resource: string, hasLimits: boolean): void {
  const { all, minimum, maximum } = levelsOf(resource);
  const rank = all.indexOf(level);
  if (rank < 0) {
    refuse("invalid", `Invalid access level. Must be one of: ${all.join(", ")}`);
  }
  if (hasLimits && rank < all.indexOf(minimum)) {
    refuse("invalid", `Access level cannot be set below the minimum '${minimum}' for ${resource}.`);
  }
  if (hasLimits && rank > all.indexOf(maximum)) {
    refuse("invalid", `Access level cannot be set above the maximum '${maximum}' for ${resource}.`);
  }
}

function resourceField(backend: Backend): Field<string> {
  return checked(text({ max: 32 }), (resource) => {
    const known = scopeObjects(backend);
    if (!known.includes(resource)) {
      const tuple = known.map((name) => `'${name}'`).join(", ");
      refuse("invalid", `Invalid resource. Must be one of: (${tuple})`);
    }
  });
}

/** The id of another row, which must exist; empty text means none. */
function keyField(exists: (id: string) => boolean, malformed: (value: string) => string) {
  const found = field((value) => {
    if (typeof value === "boolean") {
      refuse("incorrect_type", "Incorrect type. Expected pk value, received bool.");
    }
    const id = String(value).toLowerCase();
    if (!isUuid(id)) {
      refuse("invalid", malformed(String(value)));
    }
    return exists(id) ? id : refuse("does_not_exist", `Invalid pk "${value}" - object does not exist.`);
  });
  return z.preprocess((value) => (value === "" ? null : value), found.nullable().optional());
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
  if (!atLeast(backend, "current")) {
    return;
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
  const isElsewhere = target.kind === "resources" && rule.resource_id !== String(project.id);
  if (isElsewhere && atLeast(backend, "2026-07")) {
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

// Only the first rule on an object counts against the limit.
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
