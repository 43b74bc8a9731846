import type * as pulumi from "@pulumi/pulumi";
import type { JsonInput, JsonObjectInput } from "./json";
import type { ProjectCaptureSettings } from "./projectCaptureSettings";
import type { ProjectRecordingSettings } from "./projectRecordingSettings";

/**
 * Settings of a project that have to do with people, time, money and the products built on the data.
 *
 * Fact source: PostHog's projects API.
 */
export interface ProjectProductSettings {
  /** What the project is about, at most 1,000 characters; PostHog's AI features read it. `null` clears it. */
  productDescription?: pulumi.Input<string | null>;
  /** Whom the project serves: `b2b`, `b2c` or `other`; PostHog arranges its pages by it. */
  businessModel?: pulumi.Input<"b2b" | "b2c" | "other" | null>;
  /** First day of the week in charts: 0 Sunday, 1 Monday. Default: guessed from where the project was created. */
  weekStartDay?: pulumi.Input<0 | 1 | null>;
  /** Currency that amounts are shown in, as an ISO 4217 code such as `EUR`. Default `USD`. Older servers: environment. */
  baseCurrency?: pulumi.Input<string>;
  /** Whether the project is PostHog's demo project. An organization has at most one. Default false. */
  isDemo?: pulumi.Input<boolean>;
  /** Whether the steps that install PostHog's snippet count as done. Default false. Any member may change it. */
  completedSnippetOnboarding?: pulumi.Input<boolean>;
  /** Products whose introduction counts as done, as product to `true`. Other keys stay. Any member may change it. */
  hasCompletedOnboardingFor?: JsonObjectInput | null;
  /** Set-up tasks with their state. Other keys stay. Any member may change it. Older servers: environment. */
  onboardingTasks?: JsonObjectInput | null;
  /** Filters that tell internal and test users apart, as PostHog's property filters. Default none. */
  testAccountFilters?: pulumi.Input<JsonInput[]>;
  /** Whether new insights leave out internal and test users from the start. */
  testAccountFiltersDefaultChecked?: pulumi.Input<boolean | null>;
  /** Rules that shorten paths before they are shown: regular expression (RE2) to alias, in this order. */
  pathCleaningFilters?: pulumi.Input<pulumi.Input<PathCleaningRule>[]> | null;
  /** Person properties that make a person's display name, the first one present wins; at most 400 characters each. */
  personDisplayNameProperties?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Columns of the live events page, in this order. */
  liveEventsColumns?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** What correlation analysis leaves out (`excluded_event_names` and the like). */
  correlationConfig?: JsonObjectInput | null;
  /** Whether periods are compared by human habit: a month with a month instead of 30 days. Older servers: environment. */
  humanFriendlyComparisonPeriods?: pulumi.Input<boolean | null>;
  /** Id of the color theme that charts start with. Needs the feature `data_color_themes`. Older servers: environment. */
  defaultDataTheme?: pulumi.Input<number | null>;
  /**
   * Id of the dashboard that the project opens with. It has to be one of this project's, so PostHog takes it only
   * after the project was made. Any member may change it.
   */
  primaryDashboard?: pulumi.Input<number | null>;
  /** How queries are run (`personsOnEventsMode` and the like). Other keys stay. */
  modifiers?: JsonObjectInput | null;
  /** Further switches that PostHog's support hands out. */
  extraSettings?: JsonObjectInput | null;
  /** Whether new feature flags keep a person's variant across sign-in from the start. */
  flagsPersistenceDefault?: pulumi.Input<boolean | null>;
  /** Whether changing a feature flag asks for confirmation. Older servers: environment. */
  featureFlagConfirmationEnabled?: pulumi.Input<boolean | null>;
  /** What the confirmation asks. Older servers: environment. */
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
  conversationsSettings?: JsonObjectInput | null;
  /** Whether PostHog's AI starts tasks by itself. */
  proactiveTasksEnabled?: pulumi.Input<boolean | null>;
  /** Whether the organization's own activity shows in this project's activity log. */
  receiveOrgLevelActivityLogs?: pulumi.Input<boolean | null>;
  /** How logs are kept and shown. Other keys stay. */
  logsSettings?: JsonObjectInput | null;
  /** Whether web analytics reads prepared tables. Older servers: environment. */
  webAnalyticsPreAggregatedTablesEnabled?: pulumi.Input<boolean | null>;
  /** Revenue analytics: `base_currency`, `events`, `filter_test_accounts`. Other keys stay. Older servers: environment. */
  revenueAnalyticsConfig?: JsonObjectInput | null;
  /** Marketing analytics: sources and conversion goals. Other keys stay. Older servers: environment. */
  marketingAnalyticsConfig?: JsonObjectInput | null;
  /** Customer analytics: `activity_event`, `signup_event` and the like. Other keys stay. Older servers: environment. */
  customerAnalyticsConfig?: JsonObjectInput | null;
  /** Workflows: `capture_workflows_engagement_events`, and `email_tracking_consent_mode` (`off`, `opt_out`, `opt_in`). Other keys stay. */
  workflowsConfig?: JsonObjectInput | null;
}

/** One rule that shortens paths. */
export interface PathCleaningRule {
  /** What to replace, as an RE2 regular expression. */
  regex: pulumi.Input<string>;
  /** What stands there instead; `\1` to `\9` are the expression's groups. */
  alias?: pulumi.Input<string>;
}

/**
 * Settings of a project, all but its name and time zone, which are arguments of `Project` itself.
 *
 * Only what is declared is managed: everything else stays as it is, also a setting that is taken out of the program
 * later. `null` empties a setting that allows it. Keys inside of JSON values are PostHog's own.
 *
 * A project admin may change them, except where it says "Any member may change it". "Older servers: environment"
 * marks settings that servers from before mid 2026 take at the address of the project's environment only; this
 * package uses that address there.
 */
export interface ProjectSettings
  extends ProjectProductSettings,
    ProjectCaptureSettings,
    ProjectRecordingSettings {}
