import { isNearMiss, singular } from "./nearest";
import { internalScopeObjects, scopeObjects, scopeSynonyms } from "./scopeObjects";

const types = [
  "action",
  "activity_log",
  "ai_observability_clusters",
  "customer_analytics",
  "dashboard",
  "early_access_feature",
  "endpoint",
  "error_tracking",
  "evaluation",
  "experiment",
  "export",
  "external_data_source",
  "feature_flag",
  "heatmap",
  "hog_flow",
  "insight",
  "llm_analytics",
  "llm_playground",
  "llm_skill",
  "logs",
  "mcp_analytics",
  "metrics",
  "notebook",
  "replay_scanner",
  "revenue_analytics",
  "session_recording",
  "sharing_configuration",
  "survey",
  "tagger",
  "ticket",
  "toolbar",
  "tracing",
  "warehouse_objects",
  "web_analytics",
] as const;

/**
 * Types of resource for which PostHog accepts a rule on the whole type (`ACCESS_CONTROL_RESOURCES`, September 2026).
 * The list grows with PostHog.
 */
export const resourceTypes: readonly string[] = types;

/** A type of resource that can have rules on the whole type; PostHog may have added others. */
export type KnownResourceType = (typeof types)[number];

/**
 * Types of resource for which PostHog accepts a rule on the whole type but never reads it (seen on servers of July
 * 2026). Rules on their single objects work if they support any.
 */
const neverConsulted: ReadonlySet<string> = new Set([
  "evaluation",
  "heatmap",
  "hog_flow",
  "llm_skill",
  "mcp_analytics",
  "metrics",
  "replay_scanner",
  "sharing_configuration",
  "tagger",
  "ticket",
]);

/** Whether a rule on a whole type takes effect. */
export const isConsulted = (resource: string): boolean => !neverConsulted.has(governingType(resource));

/** Types that take their access from another type: PostHog never reads rules on the whole child type. */
export const inheritedTypes: ReadonlyMap<string, string> = new Map([
  ["account", "customer_analytics"],
  ["customer_journey", "customer_analytics"],
  ["dashboard_template", "dashboard"],
  ["dataset", "llm_analytics"],
  ["experiment_holdout", "experiment"],
  ["experiment_saved_metric", "experiment"],
  ["llm_prompt", "llm_analytics"],
  ["llm_provider_key", "llm_analytics"],
  ["marketing_analytics", "web_analytics"],
  ["session_recording_playlist", "session_recording"],
  ["vision_action", "replay_scanner"],
  ["vision_alert", "replay_scanner"],
  ["warehouse_table", "warehouse_objects"],
  ["warehouse_view", "warehouse_objects"],
]);

/** The address of a type's objects, and what identifies them. */
export interface ObjectRoute {
  /** Path below the project, such as `early_access_feature`, mostly but not always the plural. */
  readonly path: string;
  /** The field of the object that its address contains. Rules are still stored under the object's `id`. */
  readonly lookup: "id" | "name" | "short_id";
  /** Other fields by which people know the object; such a value has to be looked up in the list first. */
  readonly aliases: readonly ("key" | "name" | "short_id")[];
}

const byId = (path: string, ...aliases: ObjectRoute["aliases"]): ObjectRoute => ({
  path,
  lookup: "id",
  aliases,
});
const byShortId = (path: string): ObjectRoute => ({ path, lookup: "short_id", aliases: [] });

const routes = new Map([
  ["account", byId("accounts")],
  ["action", byId("actions")],
  ["canvas", byId("canvases")],
  ["customer_journey", byId("customer_journeys")],
  ["dashboard", byId("dashboards")],
  ["dataset", byId("datasets")],
  ["early_access_feature", byId("early_access_feature")],
  ["endpoint", { path: "endpoints", lookup: "name", aliases: [] }],
  ["evaluation", byId("evaluations")],
  ["experiment", byId("experiments")],
  ["experiment_saved_metric", byId("experiment_saved_metrics")],
  ["external_data_source", byId("external_data_sources")],
  ["feature_flag", byId("feature_flags", "key")],
  ["heatmap", byShortId("saved")],
  ["hog_flow", byId("hog_flows")],
  ["insight", byId("insights", "short_id")],
  ["llm_prompt", byId("llm_prompts", "name")],
  ["llm_provider_key", byId("llm_analytics/provider_keys")],
  ["llm_skill", byId("llm_skills", "name")],
  ["notebook", byShortId("notebooks")],
  ["product_tour", byId("product_tours")],
  ["replay_scanner", byId("vision/scanners")],
  ["session_recording", byId("session_recordings")],
  ["session_recording_playlist", byShortId("session_recording_playlists")],
  ["survey", byId("surveys")],
  ["tagger", byId("taggers")],
  ["ticket", byId("conversations/tickets")],
  ["warehouse_table", byId("warehouse_tables", "name")],
  ["warehouse_view", byId("warehouse_saved_queries", "name")],
] as const);

/** Types whose single objects can have their own rules, with their addresses (PostHog: the products' `routes.py`). */
export const objectRoutes: ReadonlyMap<string, ObjectRoute> = routes;

/** A type of resource whose single objects can have their own rules; PostHog may have added others. */
export type KnownObjectType = typeof routes extends Map<infer Type, unknown> ? Type : never;

/** What is wrong with a type of resource for a rule. */
interface TypeVerdict {
  /** Why such a rule cannot exist; starts lower-case. */
  readonly error?: string;
  /** Why such a rule does less than its author may expect. */
  readonly warning?: string;
  /** Whether PostHog never reads such a rule. */
  readonly ignored?: true;
}

/**
 * Whether the type is the project itself. Rules on it belong to the project's own access list; among the resource types
 * they end up as a malformed rule that opens the project.
 */
export function isProjectResource(resource: string): boolean {
  return ["project", "projects", "team", "teams", "environment"].includes(resource.trim().toLowerCase());
}

/** The type whose rules govern a type: its parent, or itself. */
export function governingType(resource: string): string {
  return inheritedTypes.get(resource) ?? resource;
}

/** Checks a type for a rule on the whole type, or with `onObject` for a rule on one object of it. */
export function judgeResourceType(resource: string, onObject = false): TypeVerdict {
  if (isProjectResource(resource)) {
    return {
      error: "is the project itself: use ProjectMember, ProjectAccess or Project's defaultAccess for it",
    };
  }
  if (resource === "organization") {
    return { error: "has no access rules: organization levels decide there (OrganizationMember)" };
  }
  if (internalScopeObjects.has(resource)) return { error: "is internal to PostHog and has no access rules" };
  if (!onObject && neverConsulted.has(resource)) {
    return {
      warning: `rules on all of ${resource} have no effect: PostHog stores them, but never consults them (servers of July 2026)`,
      ignored: true,
    };
  }
  if (onObject ? objectRoutes.has(resource) : resourceTypes.includes(resource)) return {};
  return judgeUnusual(resource, onObject);
}

function judgeUnusual(resource: string, onObject: boolean): TypeVerdict {
  const parent = inheritedTypes.get(resource);
  if (parent !== undefined && !onObject) {
    return {
      warning: `rules on all of ${resource} have no effect: it inherits access from ${parent}, so set the rule there`,
      ignored: true,
    };
  }
  if (resourceTypes.includes(resource) || parent !== undefined) {
    return { error: `${resource} has no access rules on single objects, only on the whole type` };
  }
  if (objectRoutes.has(resource)) {
    return {
      warning: `rules on all of ${resource} have no effect: it has access rules on single objects only`,
      ignored: true,
    };
  }
  if (scopeObjects.includes(resource)) {
    return { warning: `PostHog stores rules on ${resource}, but ignores them`, ignored: true };
  }
  const meant = meantType(resource);
  if (meant !== undefined) return { error: `is not a type of resource; did you mean "${meant}"?` };
  if (!/^[a-z][a-z0-9_]*$/.test(resource)) {
    return { error: "is not a type of resource: types look like feature_flag or session_recording" };
  }
  return { warning: `this version does not know the resource type ${resource}; PostHog decides` };
}

/** The known type that a misspelled or colloquial name refers to. */
function meantType(resource: string): string | undefined {
  const name = resource
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  const one = singular(name);
  const known = [...resourceTypes, ...inheritedTypes.keys(), ...objectRoutes.keys()];
  const synonym = (scopeSynonyms.get(name) ?? scopeSynonyms.get(one))?.object;
  return (
    known.find((type) => singular(type) === one) ??
    known.find((type) => type === synonym) ??
    known.find((type) => isNearMiss(name, type) || isNearMiss(one, type))
  );
}
