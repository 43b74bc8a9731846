import * as z from "zod";
import { maybeEmptyText, text, wholeNumber } from "../../arguments/fields";
import {
  conversationsSettings,
  currency,
  customerAnalyticsConfig,
  errorsToIgnore,
  jsonObject,
  linkedFlag,
  listOf,
  logsSettings,
  marketingAnalyticsConfig,
  masking,
  networkCapture,
  objectId,
  oneOf,
  onOff,
  plainText,
  propertyFilter,
  revenueAnalyticsConfig,
  sampleRate,
  sessionReplayConfig,
  textsWithoutBlanks,
  triggerGroups,
  urlRules,
  workflowsConfig,
} from "./projectSettingShapes";
import { queryModifiers } from "./queryModifiers";

/** How to compare two values of a setting if plain equality of JSON would see irrelevant differences. */
type Comparison =
  /** A list whose order does not matter. */
  | "set"
  /** A decimal number, as PostHog's text with two places or as a number. */
  | "decimal"
  /** An object whose other keys stay on a write: the resource owns only the declared ones, at every depth. */
  | "declaredKeys";

/** One setting of a project. */
export interface SettingRule {
  readonly schema: z.ZodType;
  readonly comparison?: Comparison;
  /** Whether PostHog replaces the object instead of merging it, so that a write has to include its other keys. */
  readonly isReplaced?: true;
  /** Whether any member of the project may change it, not only its admins. */
  readonly memberSafe?: true;
  /** Whether servers from before mid 2026 accept it only at the environment's address. */
  readonly environmentOnly?: true;
}

const switchable = onOff.nullable();
const declaredKeys = { comparison: "declaredKeys" } as const;
const merged = { schema: jsonObject, ...declaredKeys };
const toggle: SettingRule = { schema: switchable };

const product: Readonly<Record<string, SettingRule>> = {
  productDescription: { schema: maybeEmptyText(1000).nullable() },
  businessModel: { schema: oneOf("b2b", "b2c", "other").nullable() },
  weekStartDay: { schema: z.literal([0, 1], "must be 0 (Sunday) or 1 (Monday)").nullable() },
  baseCurrency: { schema: currency, environmentOnly: true },
  isDemo: { schema: onOff },
  completedSnippetOnboarding: { schema: onOff, memberSafe: true },
  hasCompletedOnboardingFor: { ...merged, isReplaced: true, memberSafe: true },
  onboardingTasks: { ...merged, isReplaced: true, memberSafe: true, environmentOnly: true },
  testAccountFilters: { schema: listOf(propertyFilter) },
  testAccountFiltersDefaultChecked: toggle,
  pathCleaningFilters: {
    schema: listOf(z.looseObject({ regex: plainText }, "must have a regex, and an alias for it")).nullable(),
  },
  personDisplayNameProperties: {
    schema: listOf(text(400)).nullable(),
  },
  liveEventsColumns: { schema: listOf(plainText.trim().min(1, "must not be empty")).nullable() },
  correlationConfig: { schema: jsonObject },
  humanFriendlyComparisonPeriods: { ...toggle, environmentOnly: true },
  defaultDataTheme: { schema: objectId.nullable(), environmentOnly: true },
  primaryDashboard: { schema: objectId.nullable(), memberSafe: true },
  modifiers: { schema: queryModifiers, ...declaredKeys },
  extraSettings: { schema: jsonObject },
  flagsPersistenceDefault: toggle,
  featureFlagConfirmationEnabled: { ...toggle, environmentOnly: true },
  featureFlagConfirmationMessage: { schema: plainText.trim().nullable(), environmentOnly: true },
  defaultEvaluationContextsEnabled: { ...toggle, environmentOnly: true },
  requireEvaluationContexts: { ...toggle, environmentOnly: true },
  surveysOptIn: { ...toggle, memberSafe: true },
  surveyConfig: merged,
  conversationsEnabled: toggle,
  conversationsSettings: { schema: conversationsSettings, ...declaredKeys },
  proactiveTasksEnabled: toggle,
  receiveOrgLevelActivityLogs: toggle,
  logsSettings: { schema: logsSettings, ...declaredKeys, isReplaced: true },
  webAnalyticsPreAggregatedTablesEnabled: { ...toggle, environmentOnly: true },
  revenueAnalyticsConfig: { schema: revenueAnalyticsConfig, ...declaredKeys, environmentOnly: true },
  marketingAnalyticsConfig: { schema: marketingAnalyticsConfig, ...declaredKeys, environmentOnly: true },
  customerAnalyticsConfig: { schema: customerAnalyticsConfig, ...declaredKeys, environmentOnly: true },
  workflowsConfig: { schema: workflowsConfig, ...declaredKeys },
};

const capture: Readonly<Record<string, SettingRule>> = {
  // For editors of web analytics, if the plan enforces access rules.
  appUrls: { schema: textsWithoutBlanks(200), comparison: "set", memberSafe: true },
  anonymizeIps: { schema: onOff },
  dataAttributes: { schema: listOf(plainText), comparison: "set" },
  autocaptureOptOut: toggle,
  autocaptureExceptionsOptIn: { ...toggle, memberSafe: true },
  autocaptureExceptionsErrorsToIgnore: { schema: errorsToIgnore, comparison: "set" },
  autocaptureWebVitalsOptIn: { ...toggle, memberSafe: true },
  autocaptureWebVitalsAllowedMetrics: {
    schema: listOf(plainText).nullable(),
    comparison: "set",
    memberSafe: true,
  },
  captureConsoleLogOptIn: toggle,
  capturePerformanceOptIn: toggle,
  captureDeadClicks: { ...toggle, environmentOnly: true },
  heatmapsOptIn: toggle,
  injectWebApps: toggle,
  cookielessServerHashMode: {
    schema: z.literal([0, 1, 2], "must be 0 (off), 1 (stateless) or 2 (stateful)").nullable(),
    environmentOnly: true,
  },
};

const recording: Readonly<Record<string, SettingRule>> = {
  sessionRecordingOptIn: { schema: onOff, memberSafe: true },
  recordingDomains: { schema: textsWithoutBlanks(200).nullable(), comparison: "set" },
  sessionRecordingSampleRate: { schema: sampleRate.nullable(), comparison: "decimal" },
  sessionRecordingMinimumDurationMilliseconds: { schema: wholeNumber("milliseconds", 0, 30_000).nullable() },
  sessionRecordingLinkedFlag: { schema: linkedFlag },
  sessionRecordingNetworkPayloadCaptureConfig: { schema: networkCapture },
  sessionRecordingMaskingConfig: { schema: masking },
  sessionRecordingUrlTriggerConfig: { schema: urlRules, environmentOnly: true },
  sessionRecordingUrlBlocklistConfig: { schema: urlRules, environmentOnly: true },
  sessionRecordingEventTriggerConfig: {
    schema: textsWithoutBlanks().nullable(),
    comparison: "set",
    environmentOnly: true,
  },
  sessionRecordingTriggerMatchTypeConfig: { schema: oneOf("all", "any").nullable(), environmentOnly: true },
  sessionRecordingTriggerGroups: { schema: triggerGroups },
  sessionRecordingRetentionPeriod: { schema: oneOf("30d", "90d", "1y", "5y") },
  sessionReplayConfig: { schema: sessionReplayConfig, ...declaredKeys },
};

/** Every setting of a project that can be written, by its name in this package (PostHog: projects API). */
export const settingRules: ReadonlyMap<string, SettingRule> = new Map(
  Object.entries({ ...product, ...capture, ...recording }),
);
