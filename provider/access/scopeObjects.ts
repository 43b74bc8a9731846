const objects = [
  "access_control",
  "account",
  "action",
  "activity_log",
  "ai_observability_clusters",
  "alert",
  "annotation",
  "approvals",
  "batch_export",
  "batch_import",
  "batch_import_support",
  "billing",
  "business_knowledge",
  "canvas",
  "clickhouse_test_cluster_perf",
  "cohort",
  "comment",
  "conversation",
  "customer_analytics",
  "customer_journey",
  "customer_profile_config",
  "customer_task",
  "dashboard",
  "dashboard_template",
  "data_catalog",
  "data_catalog_approval",
  "dataset",
  "early_access_feature",
  "element",
  "endpoint",
  "engineering_analytics",
  "error_tracking",
  "evaluation",
  "event_definition",
  "event_filter",
  "experiment",
  "experiment_holdout",
  "experiment_saved_metric",
  "export",
  "external_data_schema",
  "external_data_source",
  "feature_flag",
  "field_note",
  "file_system",
  "file_system_shortcut",
  "group",
  "health_issue",
  "heatmap",
  "hog_flow",
  "hog_function",
  "ingestion_warning",
  "insight",
  "insight_variable",
  "integration",
  "interactive_run",
  "internal_run",
  "legal_document",
  "link",
  "live_debugger",
  "llm_analytics",
  "llm_gateway",
  "llm_playground",
  "llm_prompt",
  "llm_provider_key",
  "llm_skill",
  "logs",
  "loop",
  "loop_context_internal",
  "marketing_analytics",
  "mcp_analytics",
  "mcp_builtin_agent",
  "metrics",
  "notebook",
  "organization",
  "organization_integration",
  "organization_member",
  "person",
  "plugin",
  "product_enablement",
  "product_tour",
  "project",
  "property_definition",
  "query",
  "query_performance",
  "replay_scanner",
  "revenue_analytics",
  "review_hog",
  "session_recording",
  "session_recording_playlist",
  "sharing_configuration",
  "signal_scout",
  "signal_scout_internal",
  "signal_scout_report",
  "signal_scratchpad_internal",
  "stamphog",
  "streamlit_app",
  "subscription",
  "survey",
  "tagger",
  "task",
  "ticket",
  "toolbar",
  "tracing",
  "uploaded_media",
  "usage_metric",
  "user",
  "user_interview",
  "vision_action",
  "vision_alert",
  "visual_review",
  "warehouse_objects",
  "warehouse_table",
  "warehouse_view",
  "web_analytics",
  "webhook",
  "wizard_session",
] as const;

/**
 * Every object that an API key's scope may name (PostHog: `posthog/scopes.py`, September 2026). The list grows with
 * PostHog: a scope that is not in it may still be valid.
 */
export const scopeObjects: readonly string[] = objects;

const internalObjects = [
  "clickhouse_test_cluster_perf",
  "interactive_run",
  "internal_run",
  "loop_context_internal",
  "mcp_builtin_agent",
  "signal_scout_internal",
  "signal_scout_report",
  "signal_scratchpad_internal",
] as const;

/** Objects that PostHog's servers grant to themselves and that no personal or project key can hold. */
export const internalScopeObjects: ReadonlySet<string> = new Set(internalObjects);

/** A scope that a personal API key can hold; PostHog may have added others. */
export type KnownScope =
  | `${Exclude<(typeof objects)[number], (typeof internalObjects)[number]>}:${"read" | "write"}`
  | "*";

/** Objects that a key can only hold if PostHog has switched that on for its organization. */
export const privilegedScopeObjects: ReadonlySet<string> = new Set(["llm_gateway"]);

const scopesOfProjectKeys = [
  "account:read",
  "endpoint:read",
  "experiment:read",
  "feature_flag:read",
  "llm_gateway:read",
  "loop:write",
] as const;

/**
 * The scopes that a project secret API key may hold (PostHog: project secret API keys API): reading and triggering from
 * services, but nothing that manages a project or an organization.
 */
export const projectKeyScopes: readonly string[] = scopesOfProjectKeys;

/** A scope that a project secret API key can hold; PostHog may have added others. */
export type KnownProjectKeyScope = (typeof scopesOfProjectKeys)[number];

const sinceFall2026: ReadonlySet<string> = new Set([
  "ai_observability_clusters",
  "batch_import_support",
  "billing",
  "canvas",
  "customer_task",
  "data_catalog",
  "data_catalog_approval",
  "ingestion_warning",
  "llm_playground",
  "loop",
  "review_hog",
  "stamphog",
  "toolbar",
  "vision_alert",
]);
const untilJuly2026: ReadonlySet<string> = new Set(["agents", "agent_approvals"]);

/** Whether servers up to July 2026 know an object: they reject rules on others, and scopes for them. */
export function isEarlierScopeObject(object: string): boolean {
  return (scopeObjects.includes(object) && !sinceFall2026.has(object)) || untilJuly2026.has(object);
}

/** The scopes that servers up to July 2026 allow on a project secret API key. */
export const earlierProjectKeyScopes: readonly string[] = ["endpoint:read", "feature_flag:read"];

/**
 * Names that people try although they are not scope objects, with the object to use instead or the reason why there is
 * none.
 */
export const scopeSynonyms: ReadonlyMap<string, { readonly object?: string; readonly why: string }> = new Map(
  Object.entries({
    event: { object: "query", why: "events are read through queries" },
    capture: { why: "sending events takes the project's public token, not an API key" },
    hogql: { object: "query", why: "HogQL runs as a query" },
    sql: { object: "query", why: "SQL runs as a query" },
    trend: { object: "query", why: "insight data is read through queries" },
    role: { object: "organization", why: "roles belong to the organization" },
    role_membership: { object: "organization", why: "roles and their members belong to the organization" },
    organization_role: { object: "organization", why: "roles belong to the organization" },
    org: { object: "organization", why: "that is its full name" },
    organisation: { object: "organization", why: "PostHog spells it with a z" },
    team: { object: "project", why: "PostHog's API calls a team a project" },
    environment: { object: "project", why: "a project and its environment are one thing" },
    project_member: { object: "access_control", why: "access rules decide who can open a project" },
    member: { object: "organization_member", why: "members belong to the organization" },
    organisation_member: { object: "organization_member", why: "PostHog spells it with a z" },
    org_member: { object: "organization_member", why: "that is its full name" },
    membership: { object: "organization_member", why: "members belong to the organization" },
    invite: { object: "organization_member", why: "invites are part of the organization's members" },
    organization_invite: {
      object: "organization_member",
      why: "invites are part of the organization's members",
    },
    organization_domain: { object: "organization", why: "domains belong to the organization" },
    domain: { object: "organization", why: "domains belong to the organization" },
    sso: { object: "organization", why: "single sign-on belongs to the organization" },
    saml: { object: "organization", why: "single sign-on belongs to the organization" },
    scim: { object: "organization", why: "provisioning belongs to the organization" },
    identity_provider: { object: "organization", why: "identity providers belong to the organization" },
    identity_provider_config: {
      object: "organization",
      why: "identity providers belong to the organization",
    },
    sharing: { object: "sharing_configuration", why: "that is its full name" },
    permission: { object: "access_control", why: "permissions are access rules" },
    access: { object: "access_control", why: "that is its full name" },
    rbac: { object: "access_control", why: "permissions are access rules" },
    audit: { object: "activity_log", why: "the audit log is the activity log" },
    audit_log: { object: "activity_log", why: "the audit log is the activity log" },
    activity: { object: "activity_log", why: "that is its full name" },
    advanced_activity_log: { object: "activity_log", why: "both forms of the activity log have one scope" },
    flag: { object: "feature_flag", why: "that is its full name" },
    feature: { object: "feature_flag", why: "that is its full name" },
    early_access: { object: "early_access_feature", why: "that is its full name" },
    recording: { object: "session_recording", why: "that is its full name" },
    replay: { object: "session_recording", why: "replays are session recordings" },
    session_replay: { object: "session_recording", why: "replays are session recordings" },
    session: {
      object: "session_recording",
      why: "sessions are read as recordings, their data through query:read",
    },
    playlist: { object: "session_recording_playlist", why: "that is its full name" },
    workflow: { object: "hog_flow", why: "the API calls workflows hog flows" },
    destination: { object: "hog_function", why: "destinations are functions" },
    pipeline: { object: "hog_function", why: "data pipelines are functions" },
    issue: { object: "error_tracking", why: "issues belong to error tracking" },
    error: { object: "error_tracking", why: "that is its full name" },
    people: { object: "person", why: "that is its singular" },
    property: { object: "property_definition", why: "that is its full name" },
    warehouse: { object: "warehouse_objects", why: "that is its full name" },
    data_warehouse: { object: "warehouse_objects", why: "tables and views are warehouse objects" },
    personal_api_key: { why: "no key can manage keys; a signed-in person does that" },
    api_key: { why: "no key can manage keys; a signed-in person does that" },
    project_secret_api_key: { object: "project", why: "a project's secret keys belong to the project" },
    admin: { why: "PostHog has no such scope; list the scopes that the key needs" },
    all: { why: "PostHog has no such scope; list the scopes that the key needs" },
  }),
);
