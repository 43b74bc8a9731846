import * as z from "zod";
import { didYouMean } from "../../access/nearest";
import { oneOf, onOff } from "./projectSettingShapes";

const switches = [
  "convertToProjectTimezone",
  "debug",
  "formatCsvAllowDoubleQuotes",
  "optimizeJoinedFilters",
  "optimizeProjections",
  "s3TableUseInvalidColumns",
  "timings",
  "useMaterializedViews",
  "usePreaggregatedIntermediateResults",
  "usePreaggregatedTableTransforms",
  "usePresortedEventsTable",
  "useWebAnalyticsPreAggregatedTables",
] as const;

const between = "must be a number of seconds, 1 to 120";

/** How queries run (PostHog: `HogQLQueryModifiers`). */
const modifiers: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(switches.map((name) => [name, onOff])),
  bounceRateDurationSeconds: z.number(between).min(1, between).max(120, between),
  bounceRatePageViewMode: oneOf("count_pageviews", "uniq_urls", "uniq_page_screen_autocaptures"),
  customChannelTypeRules: z.json(),
  dataWarehouseEventsModifiers: z.json(),
  inCohortVia: oneOf("auto", "leftjoin", "subquery", "leftjoin_conjoined"),
  inlineCohortCalculation: z.json(),
  materializationMode: oneOf("auto", "legacy_null_as_string", "legacy_null_as_null", "disabled"),
  materializedColumnsOptimizationMode: z.json(),
  personsArgMaxVersion: oneOf("auto", "v1", "v2"),
  personsJoinMode: oneOf("inner", "left"),
  personsOnEventsMode: oneOf(
    "disabled",
    "person_id_no_override_properties_on_events",
    "person_id_override_properties_on_events",
    "person_id_override_properties_joined",
  ),
  propertyGroupsMode: oneOf("enabled", "disabled", "optimized"),
  sessionTableVersion: oneOf("auto", "v1", "v2", "v3"),
  sessionsV2JoinMode: oneOf("string", "uuid"),
};

const nullable = Object.entries(modifiers).map(([name, schema]) => [name, schema.nullish()] as const);

/** The modifiers of a project's queries; PostHog rejects unknown ones. */
export const queryModifiers = z
  .looseObject(Object.fromEntries(nullable), "must be an object of JSON values")
  .superRefine((value, context) => {
    for (const name of Object.keys(value).filter((candidate) => !(candidate in modifiers))) {
      const message = `is no modifier of queries${didYouMean(name, Object.keys(modifiers))}`;
      context.addIssue({ code: "custom", path: [name], message });
    }
  })
  .nullable();
