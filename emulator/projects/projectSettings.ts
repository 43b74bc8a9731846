import type { ServerKind } from "../server/backend";
import { boolean, choice, type Field, integer, json, list, text } from "../server/fields";
import { atLeast } from "../server/generations";
import type { Json } from "../store/entities";
import {
  customerConfig,
  INITIAL_CONFIGS,
  marketingConfig,
  revenueConfig,
  workflowsConfig,
} from "./analyticsConfigs";
import {
  currency,
  isObject,
  linkedFlag,
  listWithoutBlanks,
  logsSettings,
  maskingConfig,
  modifiers,
  networkCaptureConfig,
  propertyFilters,
  replayConfig,
  sampleRate,
  timezone,
  triggerMatchType,
} from "./settingFields";
import { triggerGroups } from "./triggerGroups";

/** The URLs where servers of August 2025 have a setting: both, `/api/environments/` only, or none. */
type OldPlace = "project" | "environment" | "nowhere";

/** One writable setting of a project (PostHog: projects API). */
interface ProjectSetting {
  readonly field: Field<Json>;
  /** The value in a new project. */
  readonly initial: Json;
  /** The value in a new project on servers of August 2025, if it differs. */
  readonly oldInitial?: Json;
  readonly oldPlace: OldPlace;
  /** Only servers of August 2025 have it. */
  readonly retired?: boolean;
  /** Members who are not project admins may set it. */
  readonly memberSafe?: boolean;
  /** How PATCH merges the sent value into the stored one; by default it replaces it. */
  readonly merge?: (stored: Json, sent: Json) => Json;
  /** Creations drop it from the body. */
  readonly updateOnly?: boolean;
}

type Options = Partial<Omit<ProjectSetting, "field" | "initial">>;

function setting(read: Field<Json>, initial: Json, options: Options = {}): ProjectSetting {
  return { field: read, initial, oldPlace: "project", ...options };
}

const free = (options?: Options, initial: Json = null) => setting(json().nullable(), initial, options);

const flag = (options?: Options, initial: Json = null) => setting(boolean().nullable(), initial, options);

const config = (read: Field<Json>, initial: Json, options: Options) =>
  setting(read, initial, { updateOnly: true, merge: mergeTop, ...options });

const MEMBER_SAFE = { memberSafe: true };

const ENVIRONMENT: Options = { oldPlace: "environment" };

const NEW: Options = { oldPlace: "nowhere" };

function mergeTop(stored: Json, sent: Json): Json {
  return isObject(stored) && isObject(sent) ? { ...stored, ...sent } : sent;
}

/** Also merges the objects inside the object. */
function mergeTwice(stored: Json, sent: Json): Json {
  if (!isObject(stored) || !isObject(sent)) {
    return sent;
  }
  const merged = Object.entries(sent).map(([key, value]) => [key, mergeTop(stored[key] ?? null, value)]);
  return { ...stored, ...Object.fromEntries(merged) };
}

/** Null removes a source of marketing data. */
function mergeMarketing(stored: Json, sent: Json): Json {
  const merged = mergeTop(stored, sent);
  if (!isObject(stored) || !isObject(sent) || !isObject(sent.sources_map) || !isObject(merged)) {
    return merged;
  }
  const sources = mergeTwice(stored.sources_map ?? {}, sent.sources_map);
  const kept = isObject(sources) ? Object.entries(sources).filter(([, source]) => source !== null) : [];
  return { ...merged, sources_map: Object.fromEntries(kept) };
}

/** Null changes nothing. */
function mergeConversations(stored: Json, sent: Json): Json {
  return sent === null ? stored : mergeTop(stored, sent);
}

/** Every writable setting by PostHog's name. The project's name and description are columns instead. */
export const PROJECT_SETTINGS: Readonly<Record<string, ProjectSetting>> = {
  app_urls: setting(listWithoutBlanks(text({ max: 200, blank: true })), []),
  recording_domains: setting(listWithoutBlanks(text({ max: 200, blank: true })).nullable(), null),
  slack_incoming_webhook: setting(text({ max: 500, blank: true }).nullable(), null, { retired: true }),
  anonymize_ips: setting(boolean(), false),
  timezone: setting(timezone(), "UTC"),
  week_start_day: setting(choice([0, 1]).nullable(), null),
  is_demo: setting(boolean(), false),
  completed_snippet_onboarding: setting(boolean(), false, MEMBER_SAFE),
  has_completed_onboarding_for: free(MEMBER_SAFE),
  onboarding_tasks: free({ ...MEMBER_SAFE, ...ENVIRONMENT }),
  test_account_filters: setting(propertyFilters(), []),
  test_account_filters_default_checked: flag(),
  path_cleaning_filters: free({}, []),
  data_attributes: setting(json(), ["data-attr"]),
  correlation_config: free({}, {}),
  extra_settings: free({ oldInitial: null }, { recorder_script: "posthog-recorder" }),
  live_events_columns: setting(list(text()).nullable(), null),
  person_display_name_properties: setting(list(text({ max: 400 })).nullable(), null),
  autocapture_opt_out: flag(),
  autocapture_exceptions_opt_in: flag(MEMBER_SAFE),
  autocapture_exceptions_errors_to_ignore: free(),
  autocapture_web_vitals_opt_in: flag(MEMBER_SAFE),
  autocapture_web_vitals_allowed_metrics: free(MEMBER_SAFE),
  capture_console_log_opt_in: flag({}, true),
  capture_performance_opt_in: flag({}, true),
  capture_dead_clicks: flag(ENVIRONMENT, false),
  heatmaps_opt_in: flag(),
  surveys_opt_in: flag(MEMBER_SAFE),
  inject_web_apps: flag(),
  flags_persistence_default: flag({}, false),
  session_recording_opt_in: setting(boolean(), false, MEMBER_SAFE),
  session_recording_sample_rate: setting(sampleRate().nullable(), null),
  session_recording_minimum_duration_milliseconds: setting(integer({ min: 0, max: 30_000 }).nullable(), null),
  session_recording_linked_flag: setting(linkedFlag(), null),
  session_recording_network_payload_capture_config: setting(networkCaptureConfig(), null),
  session_recording_masking_config: setting(maskingConfig(), null),
  session_recording_url_trigger_config: setting(list(json()).nullable(), [], ENVIRONMENT),
  session_recording_url_blocklist_config: setting(list(json()).nullable(), [], ENVIRONMENT),
  session_recording_event_trigger_config: setting(
    listWithoutBlanks(text({ blank: true })).nullable(),
    [],
    ENVIRONMENT,
  ),
  session_recording_trigger_match_type_config: setting(triggerMatchType(), null, ENVIRONMENT),
  session_recording_trigger_groups: setting(triggerGroups(), null, NEW),
  session_recording_retention_period: setting(choice(["30d", "90d", "1y", "5y"]), "30d", NEW),
  session_replay_config: setting(replayConfig(), null, { merge: mergeTwice }),
  survey_config: free({ merge: mergeTop }),
  modifiers: setting(modifiers(), null, { merge: mergeTop }),
  conversations_settings: free({ ...NEW, merge: mergeConversations }),
  logs_settings: setting(logsSettings(), null, NEW),
  receive_org_level_activity_logs: flag(NEW, false),
  proactive_tasks_enabled: flag(NEW),
  conversations_enabled: flag(NEW),
  cookieless_server_hash_mode: setting(choice([0, 1, 2]).nullable(), 0, ENVIRONMENT),
  human_friendly_comparison_periods: flag(ENVIRONMENT, false),
  feature_flag_confirmation_enabled: flag(ENVIRONMENT, false),
  feature_flag_confirmation_message: setting(text({ blank: true }).nullable(), null, ENVIRONMENT),
  default_evaluation_contexts_enabled: flag(NEW, false),
  require_evaluation_contexts: flag(NEW, false),
  web_analytics_pre_aggregated_tables_enabled: flag(NEW, false),
  default_data_theme: setting(integer().nullable(), null, ENVIRONMENT),
  primary_dashboard: setting(integer().nullable(), null, MEMBER_SAFE),
  business_model: setting(choice(["b2b", "b2c", "other"]).nullable(), null, NEW),
  base_currency: setting(currency(), "USD", ENVIRONMENT),
  revenue_analytics_config: config(revenueConfig(), INITIAL_CONFIGS.revenue, ENVIRONMENT),
  marketing_analytics_config: config(marketingConfig(), INITIAL_CONFIGS.marketing, {
    ...ENVIRONMENT,
    oldInitial: { sources_map: {}, conversion_goals: [] },
    merge: mergeMarketing,
  }),
  customer_analytics_config: config(customerConfig(), INITIAL_CONFIGS.customer, NEW),
  workflows_config: config(workflowsConfig(), INITIAL_CONFIGS.workflows, NEW),
};

/** The settings of a new project on a kind of server. */
export function initialSettings(server: ServerKind): Record<string, Json> {
  const isOld = !atLeast(server, "2026-07");
  const initial = Object.entries(PROJECT_SETTINGS).map(([name, one]) => [
    name,
    isOld && one.oldInitial !== undefined ? one.oldInitial : one.initial,
  ]);
  return {
    ...Object.fromEntries(initial),
    session_recording_retention_period: server.cloud ? "30d" : "5y",
  };
}

/** The settings that a server does not know at this URL. */
export function unknownSettings(server: ServerKind, { environment }: { environment: boolean }): string[] {
  const isOld = !atLeast(server, "2026-07");
  const isUnknown = ({ oldPlace, retired }: ProjectSetting) =>
    isOld ? oldPlace === "nowhere" || (oldPlace === "environment" && !environment) : retired;
  return Object.entries(PROJECT_SETTINGS).flatMap(([name, one]) => (isUnknown(one) ? [name] : []));
}
