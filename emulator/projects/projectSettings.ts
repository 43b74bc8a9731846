import {
  boolean,
  choice,
  type Field,
  field,
  integer,
  json,
  list,
  pythonType,
  refuse,
  text,
} from "../server/fields";
import type { Json, Project } from "../store/entities";
import { randomToken } from "../store/secrets";
import type { Store } from "../store/store";

/** One writable setting of a project (PostHog: projects API). */
export interface ProjectSetting {
  readonly field: Field<Json>;
  readonly initial: Json;
  /** May be set by members who are not project admins. */
  readonly memberSafe?: boolean;
  /** Is merged into the stored object on PATCH instead of replacing it. */
  readonly merged?: boolean;
  /** Is dropped from the body of a creation. */
  readonly updateOnly?: boolean;
  /** On the oldest servers it exists on `/api/environments/` only. */
  readonly environmentOnly?: boolean;
  /** How the oldest servers read it, where they differ. */
  readonly oldField?: Field<Json>;
}

type Flags = Partial<Omit<ProjectSetting, "field">>;

const free = (flags: Flags = {}): ProjectSetting => ({ field: json().nullable(), initial: null, ...flags });

const flag = (flags: Flags = {}): ProjectSetting => ({
  field: boolean().nullable(),
  initial: null,
  ...flags,
});

const sure = (read: Field<Json>, initial: Json, flags: Flags = {}): ProjectSetting => ({
  field: read,
  initial,
  ...flags,
});

const MEMBER_SAFE = { memberSafe: true };

const ENVIRONMENT_ONLY = { environmentOnly: true };

const MERGED = { merged: true };

/** A list whose null items are dropped before the rest is read. */
function listWithoutNulls(item: Field<string>): Field<Json> {
  const read = list(item);
  return field((value) => (Array.isArray(value) ? value.filter((one) => one !== null) : value)).pipe(read);
}

/** An IANA time zone, spelled exactly. */
function timezone(): Field<Json> {
  return field((value) => {
    const name = String(value);
    return isTimezone(name) ? name : refuse("invalid_choice", `"${name}" is not a valid choice.`);
  });
}

function isTimezone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) {
    return false;
  }
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

/** A share between 0 and 1, answered as a text with two decimals. */
function sampleRate(): Field<Json> {
  return field((value) => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isFinite(number)) {
      return refuse("invalid", "A valid number is required.");
    }
    if (number > 1) {
      refuse("max_value", "Ensure this value is less than or equal to 1.");
    }
    if (number < 0) {
      refuse("min_value", "Ensure this value is greater than or equal to 0.");
    }
    return number.toFixed(2);
  });
}

function errorsToIgnore(): Field<Json> {
  const name = "autocapture_exceptions_errors_to_ignore";
  return field((value) => {
    if (!Array.isArray(value)) {
      return refuse("invalid", `Must provide a list for field: ${name}.`);
    }
    if (!value.every((item) => typeof item === "string")) {
      refuse("invalid", `Expected a list of strings but got type "${pythonType(value[0])}".`);
    }
    if (JSON.stringify(value).length >= 300) {
      refuse(
        "invalid",
        `Field ${name} must be less than 300 characters. Complex config should be provided in posthog-js initialization.`,
      );
    }
    return value;
  });
}

/** Every writable setting by PostHog's name; the name of the project and its description are columns. */
export const PROJECT_SETTINGS: Readonly<Record<string, ProjectSetting>> = {
  app_urls: sure(listWithoutNulls(text({ max: 200, blank: true })), []),
  recording_domains: sure(listWithoutNulls(text({ max: 200, blank: true })).nullable(), null),
  anonymize_ips: sure(boolean(), false),
  timezone: sure(timezone(), "UTC"),
  week_start_day: sure(choice([0, 1]).nullable(), null),
  is_demo: sure(boolean(), false),
  completed_snippet_onboarding: sure(boolean(), false, MEMBER_SAFE),
  has_completed_onboarding_for: free(MEMBER_SAFE),
  onboarding_tasks: free({ ...MEMBER_SAFE, ...ENVIRONMENT_ONLY }),
  test_account_filters: sure(json(), []),
  test_account_filters_default_checked: flag(),
  path_cleaning_filters: free(),
  data_attributes: sure(json(), ["data-attr"]),
  correlation_config: free(),
  extra_settings: free(),
  live_events_columns: sure(list(text()).nullable(), null),
  person_display_name_properties: sure(list(text()).nullable(), null, {
    oldField: list(text({ max: 400 })).nullable(),
  }),
  autocapture_opt_out: flag(),
  autocapture_exceptions_opt_in: flag(MEMBER_SAFE),
  autocapture_exceptions_errors_to_ignore: sure(errorsToIgnore().nullable(), null),
  autocapture_web_vitals_opt_in: flag(MEMBER_SAFE),
  autocapture_web_vitals_allowed_metrics: free(MEMBER_SAFE),
  capture_console_log_opt_in: flag(),
  capture_performance_opt_in: flag(),
  capture_dead_clicks: flag(ENVIRONMENT_ONLY),
  heatmaps_opt_in: flag(),
  surveys_opt_in: flag(MEMBER_SAFE),
  inject_web_apps: flag(),
  flags_persistence_default: flag(),
  session_recording_opt_in: sure(boolean(), false, MEMBER_SAFE),
  session_recording_sample_rate: sure(sampleRate().nullable(), null),
  session_recording_minimum_duration_milliseconds: sure(integer({ min: 0 }).nullable(), null, {
    oldField: integer({ min: 0, max: 30000 }).nullable(),
  }),
  session_recording_linked_flag: free(),
  session_recording_network_payload_capture_config: free(),
  session_recording_masking_config: free(),
  session_recording_url_trigger_config: free(),
  session_recording_url_blocklist_config: free(),
  session_recording_event_trigger_config: free(),
  session_recording_trigger_match_type_config: free({ oldField: text({ max: 24 }).nullable() }),
  session_recording_trigger_groups: free(),
  session_recording_retention_period: sure(choice(["30d", "90d", "1y", "5y"]), "30d"),
  session_replay_config: free(MERGED),
  survey_config: free(MERGED),
  modifiers: free(MERGED),
  conversations_settings: free(MERGED),
  logs_settings: free(),
  receive_org_level_activity_logs: flag(),
  proactive_tasks_enabled: flag(),
  conversations_enabled: flag(),
  cookieless_server_hash_mode: sure(choice([0, 1, 2]).nullable(), null, ENVIRONMENT_ONLY),
  human_friendly_comparison_periods: flag(ENVIRONMENT_ONLY),
  feature_flag_confirmation_enabled: flag(ENVIRONMENT_ONLY),
  feature_flag_confirmation_message: sure(text({ blank: true }).nullable(), null, ENVIRONMENT_ONLY),
  default_evaluation_contexts_enabled: flag(ENVIRONMENT_ONLY),
  require_evaluation_contexts: flag(ENVIRONMENT_ONLY),
  web_analytics_pre_aggregated_tables_enabled: flag(ENVIRONMENT_ONLY),
  default_data_theme: sure(integer().nullable(), null, ENVIRONMENT_ONLY),
  primary_dashboard: sure(integer().nullable(), null, MEMBER_SAFE),
  business_model: sure(choice(["b2b", "b2c", "other"]).nullable(), null),
  base_currency: sure(choice(Intl.supportedValuesOf("currency")), "USD", ENVIRONMENT_ONLY),
  revenue_analytics_config: free({ ...ENVIRONMENT_ONLY, updateOnly: true }),
  marketing_analytics_config: free({ ...ENVIRONMENT_ONLY, updateOnly: true }),
  customer_analytics_config: free({ ...ENVIRONMENT_ONLY, updateOnly: true }),
  workflows_config: free({ updateOnly: true }),
};

/** What a new project has. */
const DEFAULT_PROJECT_SETTINGS: Readonly<Record<string, Json>> = Object.fromEntries(
  Object.entries(PROJECT_SETTINGS).map(([name, setting]) => [name, setting.initial]),
);

/** A new project as PostHog makes it. */
export function newProject(
  store: Store,
  organizationId: string,
  name: string,
  id: number = store.nextId("project"),
): Project {
  const now = store.timestamp();
  return {
    id,
    uuid: store.uuid(),
    organization_id: organizationId,
    name,
    product_description: null,
    api_token: `phc_${randomToken(43)}`,
    secret_api_token: null,
    secret_api_token_backup: null,
    live_events_token: randomToken(40),
    ingested_event: false,
    is_pending_deletion: false,
    deletion_queued: false,
    created_at: now,
    updated_at: now,
    settings: DEFAULT_PROJECT_SETTINGS,
  };
}
