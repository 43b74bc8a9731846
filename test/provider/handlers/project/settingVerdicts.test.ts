import type { EmulatorOptions } from "../../../../emulator";
import { settingRules } from "../../../../provider/handlers/project/projectSettingRules";
import { apiNameOf } from "../../../../provider/handlers/project/projectSettings";
import { asOwner, withKey } from "../../../emulator/support";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const switches = [true, false];
const urlRules = [[{ url: "^/a", matching: "regex" }], [], "zz"];
const numbered = Array.from({ length: 60 }, (_, at) => `number ${at}`);

const property = { key: "plan", type: "person", value: "paid" };

/** Conditions of trigger groups; the last ones are invalid. */
const triggerConditions = [
  {
    events: ["paid", { name: "left", properties: [{ ...property, operator: "is_not" }] }],
    urls: [{ url: "^/a", matching: "regex" }],
    flag: { key: "f", variant: "a" },
    properties: [property],
  },
  { flag: "f" },
  { flag: null, events: [] },
  { flag: 1 },
  { flag: { id: 1 } },
  { matchType: "none" },
  { events: "paid" },
  { events: [1] },
  { urls: [{ url: "^/a" }] },
  { urls: [{ url: "^/a", matching: "exact" }] },
  { urls: [{ url: "^/(?P<id>a)(?=b)?", matching: "regex" }] },
  { urls: [{ url: "(?i)^/a", matching: "regex" }] },
  { urls: [{ url: "[a", matching: "regex" }] },
  { properties: [{ ...property, type: "group" }] },
  { properties: [{ ...property, operator: "is_set" }] },
  { properties: [{ key: "plan", type: "event" }] },
];

/** Values of each setting: usual ones, none of them the default, and odd ones. Null is tried for all. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  productDescription: ["Checkout", " Checkout ", "", " ", "x".repeat(1000), "x".repeat(1001), {}],
  businessModel: ["b2b", "other", "zz", ""],
  weekStartDay: [1, 0, 7, -1],
  baseCurrency: ["EUR", "XDR", "BTC", "ZZZ", "XAU", "eur", ""],
  isDemo: switches,
  completedSnippetOnboarding: switches,
  hasCompletedOnboardingFor: [{ product_analytics: true }, {}],
  onboardingTasks: [{ a: "completed" }, {}],
  testAccountFilters: [
    [{ key: "email", type: "person", value: "@acme.test", operator: "not_icontains" }],
    [],
    ["a"],
    "a",
  ],
  testAccountFiltersDefaultChecked: switches,
  pathCleaningFilters: [
    [{ alias: "id", regex: "\\d+" }],
    [{ alias: "all", regex: "" }],
    [],
    [{ alias: "/user/\\1", regex: "/user/(?P<id>\\d+)" }],
    [{ alias: "\\\\2", regex: "[(?=]\\(\\\\1" }],
    [{ alias: "ahead", regex: "a(?=b)" }],
    [{ alias: "behind", regex: "(?<!a)b" }],
    [{ alias: "again", regex: "(a)\\1" }],
    [{ alias: "open", regex: "(a" }],
    [{ alias: "\\2", regex: "(a)" }],
    [{ regex: "a" }, { alias: null, regex: "b" }],
  ],
  personDisplayNameProperties: [["email", "name"], [" email "], [], [""], ["x".repeat(401)], "email"],
  liveEventsColumns: [["event", "url"], [" event "], [], [""], "event"],
  correlationConfig: [{ excluded_event_names: ["a"] }, {}],
  humanFriendlyComparisonPeriods: switches,
  defaultDataTheme: [7, 12],
  primaryDashboard: [41, 999],
  modifiers: [
    { personsOnEventsMode: "disabled" },
    { debug: true, bounceRateDurationSeconds: 20, bounceRatePageViewMode: null },
    { customChannelTypeRules: [{ id: "a", items: [] }] },
    {},
    { personsOnEventsMode: "zz" },
    { debug: 7 },
    { bounceRateDurationSeconds: 0 },
    { bounceRateDurationSeconds: "x" },
    { nonsense: 1 },
    "zz",
  ],
  extraSettings: [{ a: 1 }, { recorder_script: "x" }, {}],
  flagsPersistenceDefault: switches,
  featureFlagConfirmationEnabled: switches,
  featureFlagConfirmationMessage: ["Sure?", " Sure? ", "", " "],
  defaultEvaluationContextsEnabled: switches,
  requireEvaluationContexts: switches,
  surveysOptIn: switches,
  surveyConfig: [{ appearance: { a: 1 } }, { appearance: null }, {}],
  conversationsEnabled: switches,
  conversationsSettings: [
    { widget_enabled: false },
    { widget_domains: ["https://a.test", ""] },
    { slack_bot_display_name: " Help ", slack_bot_icon_url: " ", slack_channel_ids: ["C1", "", "C1"] },
    { slack_alert_channel_id: null, ai_resolution_channels: ["email"] },
    { ai_reply_modes: { email: { how_to: "bot_reply", diagnostic: "private_note" } } },
    {},
  ],
  proactiveTasksEnabled: switches,
  receiveOrgLevelActivityLogs: switches,
  logsSettings: [
    { capture_console_logs: true },
    { retention_days: 14 },
    { retention_days: null },
    { retention_days: 5 },
    { retention_days: "14" },
    "zz",
  ],
  webAnalyticsPreAggregatedTablesEnabled: switches,
  revenueAnalyticsConfig: [
    { filter_test_accounts: true },
    { base_currency: "EUR" },
    { events: [{ eventName: "paid", revenueProperty: "amount" }], goals: [{ name: "Year", goal: 9 }] },
    { base_currency: "eur" },
    { base_currency: "XAU" },
    "zz",
  ],
  marketingAnalyticsConfig: [
    { attribution_window_days: 30, attribution_mode: "linear" },
    { attribution_window_days: "45" },
    { sources_map: { s: { cost: "c" } }, conversion_goals: [{ kind: "EventsNode", name: "a" }] },
    { attribution_window_days: 400 },
    { attribution_window_days: 0 },
    { attribution_window_days: "x" },
    { attribution_mode: "zz" },
    "zz",
  ],
  customerAnalyticsConfig: [
    { activity_event: { kind: "EventsNode", event: "paid" } },
    { account_group_type_index: 2 },
    { account_group_type_index: "3" },
    { account_group_type_index: null },
    { account_group_type_index: 5 },
    "zz",
  ],
  workflowsConfig: [{ capture_workflows_engagement_events: true }, {}, "zz"],
  appUrls: [
    ["https://b.test", "https://a.test"],
    [" https://c.test "],
    ["https://d.test", "", " "],
    [],
    [`https://${"x".repeat(193)}`],
    "https://a.test",
  ],
  anonymizeIps: switches,
  dataAttributes: [["data-x", "data-a"], [""], [" data-x "], []],
  autocaptureOptOut: switches,
  autocaptureExceptionsOptIn: switches,
  autocaptureExceptionsErrorsToIgnore: [["b", "a"], [""], [], numbered, "a"],
  autocaptureWebVitalsOptIn: switches,
  autocaptureWebVitalsAllowedMetrics: [["LCP", "CLS"], [], [""]],
  captureConsoleLogOptIn: [false, true],
  capturePerformanceOptIn: [false, true],
  captureDeadClicks: switches,
  heatmapsOptIn: switches,
  injectWebApps: switches,
  cookielessServerHashMode: [2, 1, 0, 9],
  sessionRecordingOptIn: switches,
  recordingDomains: [["https://a.test"], [" https://b.test ", ""], [], "https://a.test"],
  sessionRecordingSampleRate: [
    0.25,
    "0.5",
    ".5",
    "0.50",
    "00.5",
    " 0.5 ",
    1,
    "1.00",
    0,
    "0",
    "0.",
    1.5,
    "1.5",
    -0.1,
    0.123,
    "",
    "half",
  ],
  sessionRecordingMinimumDurationMilliseconds: [2000, 0, 30_000, 30_001, -1, 1.5],
  sessionRecordingLinkedFlag: [
    { id: 1, key: "f" },
    { id: 1, key: "f", variant: "a" },
    { id: 1, key: "f", variant: null },
    { id: 1 },
    { id: 1, key: "f", other: 1 },
    "f",
  ],
  sessionRecordingNetworkPayloadCaptureConfig: [
    { recordBody: true, recordHeaders: false },
    {},
    { recordBodies: true },
    "zz",
  ],
  sessionRecordingMaskingConfig: [
    { maskAllInputs: true, maskTextSelector: ".a" },
    { blockSelector: "" },
    {},
    { maskAllInputs: "yes" },
    { maskEverything: true },
    "zz",
  ],
  sessionRecordingUrlTriggerConfig: urlRules,
  sessionRecordingUrlBlocklistConfig: urlRules,
  sessionRecordingEventTriggerConfig: [["b", "a"], [" paid "], ["paid", ""], [], "paid"],
  sessionRecordingTriggerMatchTypeConfig: ["any", "all", "none", ""],
  sessionRecordingTriggerGroups: [
    { version: 2, groups: [{ id: "a", sampleRate: 0.5, conditions: { matchType: "any" } }] },
    { version: 2, groups: [], fallbackSampleRate: 1 },
    { version: 2, groups: [], fallbackSampleRate: 2 },
    { version: 3, groups: [] },
    { version: 2 },
    ...triggerConditions.map((conditions) => ({
      version: 2,
      groups: [{ id: "a", sampleRate: 0.5, minDurationMs: 10, conditions }],
    })),
    { version: 2, groups: [{ id: "a", sampleRate: 0.5, minDurationMs: 30_001, conditions: {} }] },
    { version: 2, groups: [{ id: "a", sampleRate: "0.5", conditions: {} }] },
    "zz",
  ],
  sessionRecordingRetentionPeriod: ["90d", "1y", "3y"],
  sessionReplayConfig: [
    { record_canvas: true },
    { ai_config: { opt_in: true } },
    { ai_config: null },
    { ai_config: { nonsense: 1 } },
    { nonsense: 1 },
    "zz",
  ],
};

/** For settings that keep their other keys, two values without a common key, if PostHog has two keys. */
const parts: Readonly<Record<string, readonly [held: object, declared: object]>> = {
  hasCompletedOnboardingFor: [{ surveys: true }, { product_analytics: true }],
  onboardingTasks: [{ a: "completed" }, { b: "skipped" }],
  modifiers: [{ debug: true }, { personsOnEventsMode: "disabled" }],
  surveyConfig: [{ appearance: { a: 1 } }, { b: 2 }],
  conversationsSettings: [{ widget_enabled: false }, { widget_domains: ["https://a.test"] }],
  logsSettings: [{ capture_console_logs: true }, { retention_days: 14 }],
  revenueAnalyticsConfig: [{ filter_test_accounts: true }, { base_currency: "EUR" }],
  marketingAnalyticsConfig: [{ attribution_window_days: 30 }, { attribution_mode: "linear" }],
  customerAnalyticsConfig: [{ account_group_type_index: 2 }, { signup_event: { kind: "EventsNode" } }],
  workflowsConfig: [{}, { capture_workflows_engagement_events: true }],
  sessionReplayConfig: [{ record_canvas: true }, { ai_config: { opt_in: true } }],
};

/** Values that PostHog answers with 200 but does not store. */
const dropped: readonly [setting: string, value: unknown][] = [
  ["conversationsSettings", null],
  ["customerAnalyticsConfig", { nonsense: 1 }],
  ["revenueAnalyticsConfig", { nonsense: 1 }],
  ["marketingAnalyticsConfig", { nonsense: 1 }],
  ["workflowsConfig", { nonsense: 1 }],
];

/** The preview's verdict. If it accepts the value, applies it and expects no difference afterwards. */
async function verdict({ resource, run }: World, setting: string, value: unknown): Promise<string> {
  const args = { name: "Shop", adopt: true, settings: { [setting]: value } };
  const project = resource("Project");
  run();
  if ((await project.refusals(args)).length > 0) return "refused";
  await project.up(args);
  if ((await project.diff(args)).changes) return "differs after the update";
  run();
  await project.refresh();
  return (await project.diff(args)).changes ? "differs after a refresh" : "accepted";
}

async function patch({ emulator }: World, setting: string, value: unknown): Promise<number> {
  return (await asOwner(emulator).patch("/api/projects/5/", { [apiNameOf(setting)]: value })).status;
}

test.each(Object.entries(values))(
  "%s is refused at preview to a project's member where PostHog refuses it",
  (setting, [value]) =>
    withWorld(
      async ({ resource, emulator }) => {
        const settings = { [setting]: value };
        const refusals = await resource("Project").refusals({ name: "Shop", adopt: true, settings });
        const { status } = await withKey(emulator, "phx_caller0key").patch("/api/projects/5/", {
          [apiNameOf(setting)]: value,
        });
        expect(refusals.length > 0).toBe(status >= 400);
      },
      acmeWorld({
        caller: "analyst@acme.test",
        organization: {
          projects: [{ name: "Shop", id: 5, objects: [{ resource: "dashboard", id: 41, name: "Sales" }] }],
          accessRules: [{ project: "Shop", level: "member" }],
        },
      }),
    ),
);

test("every merged setting is tested", () => {
  const merged = [...settingRules].filter(([, rule]) => rule.comparison === "declaredKeys");
  expect(Object.keys(parts).sort()).toEqual(merged.map(([name]) => name).sort());
});

test("every setting is tested", () => {
  expect(Object.keys(values).sort()).toEqual([...settingRules.keys()].sort());
});

describe.each<[EmulatorOptions["generation"]]>([["2026-07"], ["current"]])(
  "on a server of %s",
  (generation) => {
    const world = acmeWorld({
      generation,
      organization: {
        projects: [
          { name: "Default project", id: 1 },
          { name: "Shop", id: 5, objects: [{ resource: "dashboard", id: 41, name: "Sales" }] },
        ],
      },
    });

    test.each(Object.entries(values))(
      "%s is accepted in previews if PostHog accepts it, and needs no second update",
      (setting, list) =>
        withWorld(async (driven) => {
          const project = driven.resource("Project");
          await project.up({ name: "Shop", adopt: true });
          const nullIsDropped = dropped.some(([name, value]) => name === setting && value === null);
          for (const value of [...list, ...(nullIsDropped ? [] : [null])]) {
            expect({ value, preview: await verdict(driven, setting, value) }).toEqual({
              value,
              preview: (await patch(driven, setting, value)) < 300 ? "accepted" : "refused",
            });
          }
        }, world),
    );

    test.each(Object.entries(parts))("an update of %s keeps its other keys", (setting, [held, declared]) =>
      withWorld(async (driven) => {
        await patch(driven, setting, held);
        await driven.resource("Project").up({ name: "Shop", adopt: true, settings: { [setting]: declared } });
        expect(driven.emulator.store.projects.get(5)?.settings[apiNameOf(setting)]).toMatchObject({
          ...held,
          ...declared,
        });
      }, world),
    );

    test.each(dropped)("the preview warns that PostHog drops %s: %j", (setting, value) =>
      withWorld(async ({ resource }) => {
        const args = { name: "Shop", adopt: true, settings: { [setting]: value } };
        expect(await resource("Project").refusals(args)).toEqual([
          expect.stringMatching(new RegExp(`^settings\\.${setting}`)),
        ]);
      }, world),
    );
  },
);
