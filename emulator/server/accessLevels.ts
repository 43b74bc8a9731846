import type { Age } from "../store/store";
import { atLeast } from "./generations";

/** A resource's levels, lowest first, and its default (PostHog: access levels). */
export interface Levels {
  readonly all: readonly string[];
  readonly initial: string;
  readonly minimum: string;
  readonly maximum: string;
}

const FOUR = ["none", "viewer", "editor", "manager"];

const USUAL: Levels = { all: FOUR, initial: "editor", minimum: "none", maximum: "manager" };

const READ_ONLY: Levels = { all: FOUR, initial: "viewer", minimum: "none", maximum: "viewer" };

const SPECIAL: Readonly<Record<string, Levels>> = {
  project: { all: ["none", "member", "admin"], initial: "admin", minimum: "none", maximum: "admin" },
  organization: { all: ["none", "member", "admin"], initial: "member", minimum: "none", maximum: "admin" },
  action: { ...USUAL, minimum: "viewer" },
  activity_log: READ_ONLY,
  toolbar: READ_ONLY,
};

export function levelsOf(resource: string): Levels {
  return SPECIAL[resource] ?? USUAL;
}

/** Resources that follow another resource's rules. */
export const RULED_BY: Readonly<Record<string, string>> = {
  session_recording_playlist: "session_recording",
  warehouse_table: "warehouse_objects",
  warehouse_view: "warehouse_objects",
  dataset: "llm_analytics",
  llm_provider_key: "llm_analytics",
  llm_prompt: "llm_analytics",
  account: "customer_analytics",
  customer_journey: "customer_analytics",
  experiment_saved_metric: "experiment",
  experiment_holdout: "experiment",
  dashboard_template: "dashboard",
  marketing_analytics: "web_analytics",
  vision_action: "replay_scanner",
  vision_alert: "replay_scanner",
};

/** Resource types whose rules on the whole type take effect. */
export const RULED_RESOURCES: readonly string[] = words(`
  action customer_analytics dashboard early_access_feature endpoint experiment export external_data_source
  warehouse_objects feature_flag heatmap hog_flow insight llm_analytics evaluation tagger llm_skill
  ai_observability_clusters notebook revenue_analytics session_recording sharing_configuration survey ticket
  web_analytics activity_log error_tracking logs mcp_analytics metrics tracing replay_scanner toolbar
  llm_playground`);

const SCOPE_OBJECTS: readonly string[] = words(`
  action access_control account activity_log agents agent_approvals alert annotation approvals batch_export batch_import
  batch_import_support billing business_knowledge canvas cohort comment conversation customer_analytics
  customer_task customer_journey customer_profile_config data_catalog data_catalog_approval dashboard
  event_filter dashboard_template dataset early_access_feature endpoint engineering_analytics error_tracking
  evaluation element event_definition experiment experiment_holdout experiment_saved_metric export
  external_data_schema external_data_source feature_flag file_system file_system_shortcut group health_issue
  heatmap hog_flow hog_function ingestion_warning insight insight_variable integration legal_document link
  live_debugger llm_analytics ai_observability_clusters llm_gateway llm_playground llm_prompt
  llm_provider_key llm_skill logs loop marketing_analytics mcp_analytics metrics notebook organization
  organization_integration organization_member person plugin product_enablement product_tour project
  property_definition query query_performance replay_scanner review_hog revenue_analytics session_recording
  session_recording_playlist sharing_configuration signal_scout stamphog streamlit_app subscription survey
  tagger ticket task toolbar tracing field_note uploaded_media usage_metric user user_interview vision_action
  vision_alert visual_review warehouse_objects warehouse_table warehouse_view web_analytics webhook
  wizard_session`);

const SINCE_JULY_2026 = words(`
  batch_import_support billing canvas customer_task data_catalog data_catalog_approval ingestion_warning
  ai_observability_clusters llm_playground loop review_hog stamphog toolbar vision_alert`);

const UNTIL_JULY_2026 = words("agents agent_approvals");

/** Every scope object that is not internal: the values of a rule's `resource` (PostHog: scopes). */
export function scopeObjects(server: { readonly generation: Age }): readonly string[] {
  const missing = atLeast(server, "current") ? UNTIL_JULY_2026 : SINCE_JULY_2026;
  return SCOPE_OBJECTS.filter((name) => !missing.includes(name));
}

/** Scope objects that only PostHog's own servers may use. */
const INTERNAL_SCOPE_OBJECTS: readonly string[] = words(`
  clickhouse_test_cluster_perf interactive_run internal_run loop_context_internal mcp_builtin_agent
  signal_scout_internal signal_scout_report signal_scratchpad_internal`);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Whether a text has the form of a scope and the scope exists, such as `insight:read` (PostHog: scopes). */
export function isScope(
  server: { readonly generation: Age },
  scope: string,
  { internal }: { internal: boolean },
): boolean {
  const [object = "", action = "", ...rest] = scope.split(":");
  const known =
    scopeObjects(server).includes(object) || (internal && INTERNAL_SCOPE_OBJECTS.includes(object));
  return rest.length === 0 && known && ["read", "write"].includes(action);
}

/** Whether a scope belongs to the language model gateway, which PostHog grants only on request. */
export function isGatewayScope(scope: string): boolean {
  return scope.startsWith("llm_gateway:");
}
