import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { settingRules } from "../../../../provider/handlers/project/projectSettingRules";
import {
  apiNameOf,
  environmentOnlySettings,
  projectSettings,
} from "../../../../provider/handlers/project/projectSettings";

/** The writable settings of PostHog's projects API, by PostHog's names. Name and time zone are not settings here. */
const postHogNames = `
  product_description app_urls recording_domains anonymize_ips week_start_day is_demo completed_snippet_onboarding
  has_completed_onboarding_for onboarding_tasks test_account_filters test_account_filters_default_checked
  path_cleaning_filters data_attributes correlation_config extra_settings live_events_columns
  person_display_name_properties autocapture_opt_out autocapture_exceptions_opt_in autocapture_web_vitals_opt_in
  capture_console_log_opt_in capture_performance_opt_in capture_dead_clicks heatmaps_opt_in surveys_opt_in
  inject_web_apps flags_persistence_default autocapture_web_vitals_allowed_metrics
  autocapture_exceptions_errors_to_ignore session_recording_opt_in session_recording_sample_rate
  session_recording_minimum_duration_milliseconds session_recording_linked_flag
  session_recording_network_payload_capture_config session_recording_masking_config
  session_recording_url_trigger_config session_recording_url_blocklist_config session_recording_event_trigger_config
  session_recording_trigger_match_type_config session_recording_trigger_groups session_recording_retention_period
  session_replay_config survey_config modifiers conversations_settings logs_settings receive_org_level_activity_logs
  proactive_tasks_enabled conversations_enabled cookieless_server_hash_mode human_friendly_comparison_periods
  feature_flag_confirmation_enabled default_evaluation_contexts_enabled require_evaluation_contexts
  web_analytics_pre_aggregated_tables_enabled feature_flag_confirmation_message default_data_theme primary_dashboard
  business_model base_currency revenue_analytics_config marketing_analytics_config customer_analytics_config
  workflows_config
`
  .trim()
  .split(/\s+/);

/** The settings as the classes declare them, with their documentation. */
function documentedSettings(): Map<string, string> {
  const documented = new Map<string, string>();
  const path = join(__dirname, "../../../../provider/resources/projectSettings.ts");
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) || !/^Project\w+Settings$/.test(statement.name.text)) continue;
    for (const member of statement.members) {
      const comment = ts
        .getJSDocCommentsAndTags(member)
        .map((part) => part.getText())
        .join("\n");
      documented.set(member.name?.getText() ?? "", comment.replace(/\n\s*\* ?/g, " "));
    }
  }
  return documented;
}

const documented = documentedSettings();
const saying = (sentence: string) =>
  [...documented]
    .filter(([, comment]) => comment.includes(sentence))
    .map(([name]) => name)
    .sort();

describe("the settings of a project", () => {
  test("are the same in the class, in the schema and in PostHog's API", () => {
    const names = [...settingRules.keys()].sort();
    expect([...documented.keys()].sort()).toEqual(names);
    expect(Object.keys(projectSettings.shape).sort()).toEqual(names);
    expect(names.map(apiNameOf).sort()).toEqual([...postHogNames].sort());
  });

  test("each have documentation of who else may change it and which servers differ", () => {
    expect([...documented].filter(([, comment]) => comment.length < 20)).toEqual([]);
    expect(saying("Older servers: environment.")).toEqual([...environmentOnlySettings].sort());
    const merged = [...settingRules]
      .filter(([, rule]) => rule.comparison === "declaredKeys")
      .map(([name]) => name);
    expect(saying("Other keys stay.")).toEqual(merged.sort());
    const sets = [...settingRules].filter(([, rule]) => rule.comparison === "set").map(([name]) => name);
    expect(saying("The order does not matter")).toEqual(sets.sort());
  });

  test("that any member may change are the nine that PostHog names", () => {
    expect(saying("Any member may change it.").map(apiNameOf)).toEqual([
      "autocapture_exceptions_opt_in",
      "autocapture_web_vitals_allowed_metrics",
      "autocapture_web_vitals_opt_in",
      "completed_snippet_onboarding",
      "has_completed_onboarding_for",
      "onboarding_tasks",
      "primary_dashboard",
      "session_recording_opt_in",
      "surveys_opt_in",
    ]);
  });
});

describe("a declared setting", () => {
  const first = (settings: unknown) => {
    const issue = projectSettings.safeParse(settings).error?.issues[0];
    return issue && `${issue.path.join(".")} ${issue.message}`;
  };

  test.each<[string, unknown[]]>([
    ["productDescription", ["Checkout", null]],
    ["businessModel", ["b2b", "b2c", "other", null]],
    ["weekStartDay", [0, 1, null]],
    ["baseCurrency", ["EUR", "USD"]],
    ["sessionRecordingSampleRate", [0, 1, 0.5, 0.25, "0", "1", "0.5", "0.50", ".5", "1.0", "1.00", null]],
    ["sessionRecordingMinimumDurationMilliseconds", [0, 30_000, null]],
    ["sessionRecordingRetentionPeriod", ["30d", "90d", "1y", "5y"]],
    ["cookielessServerHashMode", [0, 1, 2, null]],
    ["appUrls", [[], ["https://app.acme.com", "https://*.acme.com"]]],
    [
      "sessionRecordingLinkedFlag",
      [{ id: 1, key: "a" }, { id: 1, key: "a", variant: "b" }, { id: 1, key: "a", variant: null }, null],
    ],
    [
      "sessionRecordingTriggerGroups",
      [{ version: 2, groups: [{ id: "a", sampleRate: 0.5, conditions: { matchType: "any" } }] }, null],
    ],
    ["sessionRecordingUrlTriggerConfig", [[{ url: "^/pay", matching: "regex" }], null]],
    ["pathCleaningFilters", [[{ regex: "\\d+", alias: "id" }], null]],
    [
      "testAccountFilters",
      [[], [{ key: "email", value: "@acme.com", operator: "not_icontains", type: "person" }]],
    ],
    ["modifiers", [{}, { personsOnEventsMode: "disabled", customChannelTypeRules: [{ a: null }] }, null]],
    ["autocaptureExceptionsErrorsToIgnore", [[], ["x".repeat(296)]]],
    ["surveysOptIn", [true, false, null]],
  ])("%s accepts what PostHog accepts", (name, values) => {
    for (const value of values) expect(first({ [name]: value })).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ["productDescription", "x".repeat(1001), "must be at most 1000 characters long"],
    ["businessModel", "b2x", "must be one of b2b, b2c, other"],
    ["weekStartDay", 2, "must be 0 (Sunday) or 1 (Monday)"],
    ["weekStartDay", "monday", "must be 0 (Sunday) or 1 (Monday)"],
    ["baseCurrency", "eur", "must be an ISO currency code in capitals, such as EUR"],
    ["baseCurrency", null, "must be text"],
    ["sessionRecordingSampleRate", 1.5, "must be a share from 0 to 1 in hundredths"],
    ["sessionRecordingSampleRate", 0.125, "must be a share from 0 to 1 in hundredths"],
    ["sessionRecordingSampleRate", -0.1, "must be a share from 0 to 1"],
    ["sessionRecordingSampleRate", "half", "must be a share from 0 to 1"],
    ["sessionRecordingSampleRate", "", "must be a share from 0 to 1"],
    ["sessionRecordingSampleRate", true, "must be a share from 0 to 1"],
    [
      "sessionRecordingMinimumDurationMilliseconds",
      30_001,
      "must be a whole number of milliseconds, 0 to 30000",
    ],
    ["sessionRecordingRetentionPeriod", "1m", "must be one of 30d, 90d, 1y, 5y"],
    ["sessionRecordingRetentionPeriod", null, "must be one of 30d, 90d, 1y, 5y"],
    ["sessionRecordingTriggerMatchTypeConfig", "none", "must be one of all, any"],
    ["cookielessServerHashMode", 3, "must be 0 (off), 1 (stateless) or 2 (stateful)"],
    ["primaryDashboard", "12", "must be an id, a whole number above 0"],
    ["defaultDataTheme", 0, "must be an id, a whole number above 0"],
    ["appUrls", "https://app.acme.com", "must be a list"],
    ["appUrls", null, "must be a list"],
    ["anonymizeIps", "yes", "must be true or false"],
    ["anonymizeIps", null, "must be true or false"],
    ["modifiers", [], "must be an object of JSON values"],
    ["sessionRecordingLinkedFlag", "beta", "must be a feature flag with its id and key"],
  ])("%s refuses %j", (name, value, expected) => {
    expect(first({ [name]: value })).toContain(`${name} ${expected}`);
  });

  test.each<[unknown, string]>([
    [{ appUrls: ["https://a.example", "x".repeat(201)] }, "appUrls.1 must be at most 200 characters long"],
    [{ liveEventsColumns: [" "] }, "liveEventsColumns.0 must not be empty"],
    [{ sessionRecordingLinkedFlag: { key: "a" } }, "sessionRecordingLinkedFlag.id must be an id"],
    [
      { sessionRecordingTriggerGroups: { version: 1, groups: [] } },
      "sessionRecordingTriggerGroups.version must be 2",
    ],
    [
      { sessionRecordingTriggerGroups: { version: 2, groups: [{ id: "a", sampleRate: 2, conditions: {} }] } },
      "sessionRecordingTriggerGroups.groups.0.sampleRate must be at most 1",
    ],
    [
      { sessionRecordingUrlTriggerConfig: [{ url: "x", matching: "glob" }] },
      "sessionRecordingUrlTriggerConfig.0.matching must be one of regex",
    ],
    [{ pathCleaningFilters: [{ alias: "id" }] }, "pathCleaningFilters.0.regex must be text"],
    [{ personDisplayNameProperties: ["x".repeat(401)] }, "personDisplayNameProperties.0 must be at most 400"],
    [
      { autocaptureExceptionsErrorsToIgnore: ["x".repeat(297)] },
      "autocaptureExceptionsErrorsToIgnore must be at most 300 characters of JSON",
    ],
    [
      { autocaptureExceptionsErrorsToIgnore: ["ü".repeat(50)] },
      "autocaptureExceptionsErrorsToIgnore must be at most 300",
    ],
    [
      { sessionRecordinOptIn: true },
      'sessionRecordinOptIn is an unknown setting; did you mean "sessionRecordingOptIn"?',
    ],
    [
      { session_recording_opt_in: true },
      'session_recording_opt_in is an unknown setting; did you mean "sessionRecordingOptIn"?',
    ],
    [{ timezone: "UTC" }, "timezone is an argument of Project itself, not a setting"],
    [
      { access_control: true },
      "access_control is an argument of Project itself, not a setting; prefer defaultAccess",
    ],
    [{ slackIncomingWebhook: "https://x" }, "slackIncomingWebhook no longer exists"],
    [{ banana: 1 }, "banana is an unknown setting"],
    [[], "must be an object of settings"],
    ["all", "must be an object of settings"],
  ])("in %j gives an error that names it", (settings, expected) => {
    expect(first(settings)).toContain(expected);
  });
});
