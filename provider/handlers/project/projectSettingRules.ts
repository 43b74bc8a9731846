import { z } from "zod";
import { text, wholeNumber } from "../../arguments/fields";

/** How two values of a setting are compared where plain equality of JSON would see differences that do not count. */
export type Comparison =
  /** A list whose order means nothing. */
  | "set"
  /** A decimal number, as PostHog's text with two places or as a number. */
  | "decimal"
  /** An object that PostHog merges on write: only the declared keys are owned, at every depth. */
  | "declaredKeys";

/** One setting of a project. */
export interface SettingRule {
  readonly schema: z.ZodType;
  readonly comparison?: Comparison;
  /** Whether servers from before mid 2026 accept it only at the environment's address. */
  readonly environmentOnly?: true;
}

const onOff = z.boolean("must be true or false");
const switchable = onOff.nullable();
const jsonObject = z.record(z.string(), z.json(), "must be an object of JSON values").nullable();
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item, "must be a list");
const entry = z.string("must be text").min(1, "must not be empty");
const address = entry.max(200, "must be at most 200 characters long");
const oneOf = <const Choice extends string>(...choices: Choice[]) =>
  z.enum(choices, `must be one of ${choices.join(", ")}`);
const share = z
  .number("must be a number from 0 to 1")
  .min(0, "must be at least 0")
  .max(1, "must be at most 1");
const idMessage = "must be an id, a whole number above 0";
const objectId = z.number(idMessage).refine((id) => Number.isInteger(id) && id > 0, idMessage);

/** PostHog stores at most this much JSON of errors to ignore, spelled as Python spells it. */
const longestErrorList = 300;
const pythonJson = (list: readonly string[]): string =>
  `[${list.map((item) => JSON.stringify(item).replace(/[\u007f-\uffff]/g, "\\u0000")).join(", ")}]`;

const sampleRateMessage = 'must be a share from 0 to 1 in hundredths, such as 0.25 or "0.25"';
const sampleRate = z
  .union([z.number(), z.string()], { error: sampleRateMessage })
  .refine((rate) => /^(0|0?\.\d{1,2}|1(\.00?)?)$/.test(String(rate)), sampleRateMessage);

const linkedFlag = z.looseObject(
  { id: objectId, key: entry, variant: entry.nullish() },
  "must be a feature flag with its id and key",
);

const urlRules = listOf(
  z.looseObject(
    { url: entry, matching: oneOf("regex") },
    "must have a url (a regular expression) and matching: regex",
  ),
).nullable();

const triggerGroups = z.looseObject(
  {
    version: z.literal(2, "must be 2"),
    groups: listOf(
      z.looseObject(
        { id: entry, sampleRate: share, conditions: z.looseObject({}, "must be an object") },
        "must have an id, a sampleRate and conditions",
      ),
    ),
    fallbackSampleRate: share.optional(),
  },
  "must be an object with version and groups",
);

const merged = { schema: jsonObject, comparison: "declaredKeys" } as const;
const toggle: SettingRule = { schema: switchable };

const product: Readonly<Record<string, SettingRule>> = {
  productDescription: { schema: text(1000).nullable() },
  businessModel: { schema: oneOf("b2b", "b2c", "other").nullable() },
  weekStartDay: { schema: z.literal([0, 1], "must be 0 (Sunday) or 1 (Monday)").nullable() },
  baseCurrency: {
    schema: z
      .string("must be text")
      .regex(/^[A-Z]{3}$/, "must be an ISO currency code in capitals, such as EUR"),
    environmentOnly: true,
  },
  isDemo: { schema: onOff },
  completedSnippetOnboarding: { schema: onOff },
  hasCompletedOnboardingFor: { ...merged },
  onboardingTasks: { ...merged, environmentOnly: true },
  testAccountFilters: { schema: listOf(z.json()) },
  testAccountFiltersDefaultChecked: toggle,
  pathCleaningFilters: {
    schema: listOf(z.looseObject({ regex: entry }, "must have a regex, and an alias for it")).nullable(),
  },
  personDisplayNameProperties: {
    schema: listOf(entry.max(400, "must be at most 400 characters long")).nullable(),
  },
  liveEventsColumns: { schema: listOf(entry).nullable() },
  correlationConfig: { schema: jsonObject },
  humanFriendlyComparisonPeriods: { ...toggle, environmentOnly: true },
  defaultDataTheme: { schema: objectId.nullable(), environmentOnly: true },
  primaryDashboard: { schema: objectId.nullable() },
  modifiers: merged,
  extraSettings: { schema: jsonObject },
  flagsPersistenceDefault: toggle,
  featureFlagConfirmationEnabled: { ...toggle, environmentOnly: true },
  featureFlagConfirmationMessage: { schema: z.string("must be text").nullable(), environmentOnly: true },
  defaultEvaluationContextsEnabled: { ...toggle, environmentOnly: true },
  requireEvaluationContexts: { ...toggle, environmentOnly: true },
  surveysOptIn: { ...toggle },
  surveyConfig: merged,
  conversationsEnabled: toggle,
  conversationsSettings: merged,
  proactiveTasksEnabled: toggle,
  receiveOrgLevelActivityLogs: toggle,
  logsSettings: merged,
  webAnalyticsPreAggregatedTablesEnabled: { ...toggle, environmentOnly: true },
  revenueAnalyticsConfig: { ...merged, environmentOnly: true },
  marketingAnalyticsConfig: { ...merged, environmentOnly: true },
  customerAnalyticsConfig: { ...merged, environmentOnly: true },
  workflowsConfig: { ...merged },
};

const capture: Readonly<Record<string, SettingRule>> = {
  appUrls: { schema: listOf(address), comparison: "set" },
  anonymizeIps: { schema: onOff },
  dataAttributes: { schema: listOf(entry), comparison: "set" },
  autocaptureOptOut: toggle,
  autocaptureExceptionsOptIn: { ...toggle },
  autocaptureExceptionsErrorsToIgnore: {
    schema: listOf(entry).refine(
      (list) => pythonJson(list).length <= longestErrorList,
      `must be at most ${longestErrorList} characters of JSON in all: put more of them into posthog-js`,
    ),
    comparison: "set",
  },
  autocaptureWebVitalsOptIn: { ...toggle },
  autocaptureWebVitalsAllowedMetrics: {
    schema: listOf(entry).nullable(),
    comparison: "set",
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
  sessionRecordingOptIn: { schema: onOff },
  recordingDomains: { schema: listOf(address).nullable(), comparison: "set" },
  sessionRecordingSampleRate: { schema: sampleRate.nullable(), comparison: "decimal" },
  sessionRecordingMinimumDurationMilliseconds: { schema: wholeNumber("milliseconds", 0, 30_000).nullable() },
  sessionRecordingLinkedFlag: { schema: linkedFlag.nullable() },
  sessionRecordingNetworkPayloadCaptureConfig: {
    schema: z
      .looseObject({ recordHeaders: onOff.optional(), recordBody: onOff.optional() }, "must be an object")
      .nullable(),
  },
  sessionRecordingMaskingConfig: {
    schema: z
      .looseObject(
        {
          maskAllInputs: onOff.optional(),
          maskTextSelector: entry.optional(),
          blockSelector: entry.optional(),
        },
        "must be an object",
      )
      .nullable(),
  },
  sessionRecordingUrlTriggerConfig: { schema: urlRules },
  sessionRecordingUrlBlocklistConfig: { schema: urlRules },
  sessionRecordingEventTriggerConfig: { schema: listOf(entry).nullable(), comparison: "set" },
  sessionRecordingTriggerMatchTypeConfig: { schema: oneOf("all", "any").nullable() },
  sessionRecordingTriggerGroups: { schema: triggerGroups.nullable() },
  sessionRecordingRetentionPeriod: { schema: oneOf("30d", "90d", "1y", "5y") },
  sessionReplayConfig: merged,
};

/** Every setting of a project that can be written, by its name in this package (PostHog: projects API). */
export const settingRules: ReadonlyMap<string, SettingRule> = new Map(
  Object.entries({ ...product, ...capture, ...recording }),
);
