import type * as pulumi from "@pulumi/pulumi";

/** Any JSON value, with outputs of other resources anywhere in it. */
type JsonInput =
  | pulumi.Input<string | number | boolean | null>
  | pulumi.Input<JsonInput[]>
  | pulumi.Input<{ [key: string]: JsonInput }>;

/** A JSON object with PostHog's own keys, passed on as written. */
type JsonObjectInput = pulumi.Input<{ [key: string]: JsonInput }>;

/**
 * Settings of a project, except its name and time zone, which are arguments of `Project` itself.
 *
 * Only declared settings are managed: everything else stays unchanged, even if it was declared earlier. `null` clears a
 * setting that allows it. Keys inside JSON values are PostHog's own.
 *
 * A project admin may change settings; "Any member may change it" marks exceptions. "Older servers: environment" marks
 * settings that servers from before mid 2026 accept only at the address of the project's environment, which this
 * package uses there.
 */
export interface ProjectSettings
  extends ProjectProductSettings,
    ProjectCaptureSettings,
    ProjectRecordingSettings {}

/** Settings of a project about people, time, money and the products built on the data. PostHog: projects API. */
interface ProjectProductSettings {
  /** Description of the product, at most 1,000 characters, which PostHog's AI features read. `null` clears it. */
  productDescription?: pulumi.Input<string | null>;
  /** Business model: `b2b`, `b2c` or `other`; it changes the layout of PostHog's pages. */
  businessModel?: pulumi.Input<"b2b" | "b2c" | "other" | null>;
  /** First day of the week in charts: 0 Sunday, 1 Monday. Default: guessed from where the project was created. */
  weekStartDay?: pulumi.Input<0 | 1 | null>;
  /** Currency of amounts, as the ISO 4217 code of one that PostHog converts, such as `EUR`. Default `USD`. Older servers: environment. */
  baseCurrency?: pulumi.Input<string>;
  /** Whether the project is PostHog's demo project. An organization has at most one. Default false. */
  isDemo?: pulumi.Input<boolean>;
  /** Whether the steps that install PostHog's snippet count as done. Default false. Any member may change it. */
  completedSnippetOnboarding?: pulumi.Input<boolean>;
  /** Products whose introduction counts as done, as product to `true`. Other keys stay. Any member may change it. */
  hasCompletedOnboardingFor?: JsonObjectInput | null;
  /** Set-up tasks with their state. Other keys stay. Any member may change it. Older servers: environment. */
  onboardingTasks?: JsonObjectInput | null;
  /** Filters that exclude internal and test users, as PostHog's property filters. Default: none. */
  testAccountFilters?: pulumi.Input<JsonInput[]>;
  /** Whether new insights exclude internal and test users by default. */
  testAccountFiltersDefaultChecked?: pulumi.Input<boolean | null>;
  /**
   * Rules that shorten displayed paths: regular expression (RE2) to alias, in this order. Newer servers reject an empty
   * one, and what RE2 lacks: lookahead, lookbehind, back-references.
   */
  pathCleaningFilters?: pulumi.Input<pulumi.Input<PathCleaningRule>[]> | null;
  /** Person properties for a person's display name: the first present one counts; at most 400 characters each. */
  personDisplayNameProperties?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Columns of the live events page, in this order. */
  liveEventsColumns?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Exclusions from correlation analysis (`excluded_event_names` and others). */
  correlationConfig?: JsonObjectInput | null;
  /** Whether calendar periods are compared: a month with a month instead of 30 days. Older servers: environment. */
  humanFriendlyComparisonPeriods?: pulumi.Input<boolean | null>;
  /** Id of the default color theme of charts. Needs the feature `data_color_themes`. Older servers: environment. */
  defaultDataTheme?: pulumi.Input<number | null>;
  /**
   * Id of the dashboard that the project opens with: one of its own, so PostHog accepts it only after the project was
   * created. Any member may change it.
   */
  primaryDashboard?: pulumi.Input<number | null>;
  /** How queries run (`personsOnEventsMode` and others). Other keys stay. */
  modifiers?: JsonObjectInput | null;
  /** Further switches that PostHog's support uses. */
  extraSettings?: JsonObjectInput | null;
  /** Whether new feature flags keep a person's variant across sign-in by default. */
  flagsPersistenceDefault?: pulumi.Input<boolean | null>;
  /** Whether changing a feature flag requires confirmation. Older servers: environment. */
  featureFlagConfirmationEnabled?: pulumi.Input<boolean | null>;
  /** Text of the confirmation. Older servers: environment. */
  featureFlagConfirmationMessage?: pulumi.Input<string | null>;
  /** Whether new feature flags get the project's default evaluation contexts. Older servers: environment. */
  defaultEvaluationContextsEnabled?: pulumi.Input<boolean | null>;
  /** Whether a new feature flag needs at least one evaluation context. Older servers: environment. */
  requireEvaluationContexts?: pulumi.Input<boolean | null>;
  /** Whether surveys are shown through posthog-js. Any member may change it. */
  surveysOptIn?: pulumi.Input<boolean | null>;
  /** Defaults of surveys, such as their appearance. Other keys stay. */
  surveyConfig?: JsonObjectInput | null;
  /** Whether PostHog's customer conversations are on. */
  conversationsEnabled?: pulumi.Input<boolean | null>;
  /** How conversations look and work. Other keys stay. */
  conversationsSettings?: JsonObjectInput;
  /** Whether PostHog's AI starts tasks by itself. PostHog allows `true` only in one of its own projects. */
  proactiveTasksEnabled?: pulumi.Input<boolean | null>;
  /** Whether the organization's own activity appears in this project's activity log. Only organization admins change it. */
  receiveOrgLevelActivityLogs?: pulumi.Input<boolean | null>;
  /**
   * How logs are kept and shown (`retention_days`: 14 or 30, if the plan allows it, changed at most once in 24 hours;
   * and others). PostHog checks plan and time. Other keys stay.
   */
  logsSettings?: JsonObjectInput | null;
  /** Whether web analytics reads prepared tables. Older servers: environment. */
  webAnalyticsPreAggregatedTablesEnabled?: pulumi.Input<boolean | null>;
  /** Revenue analytics: `base_currency`, `events`, `filter_test_accounts`. Other keys stay. Older servers: environment. */
  revenueAnalyticsConfig?: JsonObjectInput;
  /** Marketing analytics: sources and conversion goals. Other keys stay. Older servers: environment. */
  marketingAnalyticsConfig?: JsonObjectInput;
  /** Customer analytics: `activity_event`, `signup_event` and others. Other keys stay. Older servers: environment. */
  customerAnalyticsConfig?: JsonObjectInput;
  /** Workflows: `capture_workflows_engagement_events`, and `email_tracking_consent_mode` (`off`, `opt_out`, `opt_in`). Other keys stay. */
  workflowsConfig?: JsonObjectInput;
}

/** One rule that shortens paths. */
interface PathCleaningRule {
  /** The part to replace, as an RE2 regular expression. */
  regex: pulumi.Input<string>;
  /** The replacement; `\1` to `\9` are the expression's groups. */
  alias?: pulumi.Input<string>;
}

/** Settings of a project about what is captured, and from where. PostHog: projects API. */
interface ProjectCaptureSettings {
  /**
   * Addresses where the toolbar and web analytics work, at most 200 characters each; `*` matches a subdomain. The order
   * does not matter. With access rules, editors of web analytics may also change them.
   */
  appUrls?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether IP addresses are dropped from every event. Default: false, in the EU the organization's setting. */
  anonymizeIps?: pulumi.Input<boolean>;
  /** HTML attributes that identify an element for actions. The order does not matter. Default `["data-attr"]`. */
  dataAttributes?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether posthog-js should not capture clicks and page views by itself. */
  autocaptureOptOut?: pulumi.Input<boolean | null>;
  /** Whether JavaScript exceptions are captured. Any member may change it. */
  autocaptureExceptionsOptIn?: pulumi.Input<boolean | null>;
  /** Messages of errors that are not captured. The order does not matter; at most 300 characters of JSON in all. */
  autocaptureExceptionsErrorsToIgnore?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether web vitals are captured. Any member may change it. */
  autocaptureWebVitalsOptIn?: pulumi.Input<boolean | null>;
  /** Which web vitals: `CLS`, `FCP`, `INP`, `LCP`. The order does not matter. Any member may change it. */
  autocaptureWebVitalsAllowedMetrics?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Whether console output is captured with session recordings. */
  captureConsoleLogOptIn?: pulumi.Input<boolean | null>;
  /** Whether network and page timings are captured. */
  capturePerformanceOptIn?: pulumi.Input<boolean | null>;
  /** Whether clicks without an effect are captured. Older servers: environment. */
  captureDeadClicks?: pulumi.Input<boolean | null>;
  /** Whether heatmaps are captured. */
  heatmapsOptIn?: pulumi.Input<boolean | null>;
  /** Whether PostHog's site apps are added to pages. */
  injectWebApps?: pulumi.Input<boolean | null>;
  /** Counting visitors without cookies: 0 off, 1 stateless, 2 stateful. Default 0. Older servers: environment. */
  cookielessServerHashMode?: pulumi.Input<0 | 1 | 2 | null>;
}

/** Settings of a project about session recordings. PostHog: projects API. */
interface ProjectRecordingSettings {
  /** Whether sessions are recorded. Default false. Any member may change it. */
  sessionRecordingOptIn?: pulumi.Input<boolean>;
  /** Addresses where recording is allowed, at most 200 characters each; empty: everywhere. The order does not matter. */
  recordingDomains?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Share of sessions that are recorded, 0 to 1 in hundredths, as a number or as text such as `"0.25"`. */
  sessionRecordingSampleRate?: pulumi.Input<number | string | null>;
  /** Minimum duration of a recorded session in milliseconds, 0 to 30000. */
  sessionRecordingMinimumDurationMilliseconds?: pulumi.Input<number | null>;
  /** The feature flag that has to be on for a session to be recorded. */
  sessionRecordingLinkedFlag?: pulumi.Input<LinkedFlag | null>;
  /** The recorded parts of network requests. */
  sessionRecordingNetworkPayloadCaptureConfig?: pulumi.Input<NetworkPayloadCapture | null>;
  /** The masked parts of pages. */
  sessionRecordingMaskingConfig?: pulumi.Input<RecordingMasking | null>;
  /** Pages that start recording. Older servers: environment. */
  sessionRecordingUrlTriggerConfig?: pulumi.Input<pulumi.Input<RecordingUrlRule>[] | null>;
  /** Pages that are never recorded. Older servers: environment. */
  sessionRecordingUrlBlocklistConfig?: pulumi.Input<pulumi.Input<RecordingUrlRule>[] | null>;
  /** Events that start recording. The order does not matter. Older servers: environment. */
  sessionRecordingEventTriggerConfig?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Whether `all` of the triggers have to match, or `any` one. Older servers: environment. */
  sessionRecordingTriggerMatchTypeConfig?: pulumi.Input<"all" | "any" | null>;
  /** Groups of triggers, which take precedence over the single triggers above. */
  sessionRecordingTriggerGroups?: pulumi.Input<RecordingTriggerGroups | null>;
  /** How long new recordings are kept: `30d`, `90d`, `1y` or `5y`, if the plan allows it. Default `30d`. */
  sessionRecordingRetentionPeriod?: pulumi.Input<"30d" | "90d" | "1y" | "5y">;
  /** Recording of canvases (`record_canvas`) and configuration of AI summaries (`ai_config`). Other keys stay. */
  sessionReplayConfig?: JsonObjectInput | null;
}

/** A feature flag that recording depends on. */
interface LinkedFlag {
  /** The flag's number. */
  id: pulumi.Input<number>;
  /** The flag's key. */
  key: pulumi.Input<string>;
  /** The variant that has to be on. Default: any. */
  variant?: pulumi.Input<string | null>;
}

/** The recorded parts of network requests. */
interface NetworkPayloadCapture {
  /** Whether request and response headers are recorded. */
  recordHeaders?: pulumi.Input<boolean>;
  /** Whether request and response bodies are recorded. */
  recordBody?: pulumi.Input<boolean>;
}

/** The masked parts of pages in recordings. */
interface RecordingMasking {
  /** Whether every input's text is masked. */
  maskAllInputs?: pulumi.Input<boolean>;
  /** CSS selector of elements whose text is masked. */
  maskTextSelector?: pulumi.Input<string>;
  /** CSS selector of elements that are not recorded at all. */
  blockSelector?: pulumi.Input<string>;
}

/** A page address that starts, or blocks, recording. */
interface RecordingUrlRule {
  /** The regular expression. */
  url: pulumi.Input<string>;
  /** The form of `url`; PostHog supports `regex`. */
  matching: pulumi.Input<"regex">;
}

/** Groups of conditions, each with its own share of sessions. They take precedence over the single triggers. */
interface RecordingTriggerGroups {
  /** Version of this value's format; PostHog supports 2. */
  version: pulumi.Input<2>;
  /** The groups, each with `id`, `sampleRate` (0 to 1) and `conditions`. */
  groups: pulumi.Input<JsonInput[]>;
  /** Share of the sessions that no group matches, 0 to 1. */
  fallbackSampleRate?: pulumi.Input<number>;
}
