import * as z from "zod";
import { boolean, choice, type Field, field, integer, json, pythonType, refuse } from "../server/fields";
import type { Json } from "../store/entities";
import { currency, isObject, type JsonObject } from "./settingFields";

/** A new project's analytics settings. */
export const INITIAL_CONFIGS = {
  revenue: { base_currency: "USD", events: [], goals: [], filter_test_accounts: false },
  marketing: {
    sources_map: {},
    conversion_goals: [],
    attribution_window_days: 90,
    attribution_mode: "last_touch",
    campaign_name_mappings: {},
    custom_source_mappings: {},
    campaign_field_preferences: {},
  },
  customer: {
    activity_event: { kind: "EventsNode", event: "$pageview", name: "$pageview" },
    signup_pageview_event: {},
    signup_event: {},
    subscription_event: {},
    payment_event: {},
    account_group_type_index: null,
  },
  workflows: { capture_workflows_engagement_events: false },
} satisfies Record<string, JsonObject>;

/** Revenue analytics settings. PostHog fills in what events and goals leave out. */
export function revenueConfig(): Field<Json> {
  return config({
    base_currency: currency(),
    events: completed({ subscriptionDropoffDays: 45, subscriptionDropoffMode: "last_event" }),
    goals: completed({ mrr_or_gross: "gross" }),
    filter_test_accounts: boolean(),
  });
}

export function marketingConfig(): Field<Json> {
  return config({
    sources_map: json(),
    conversion_goals: json(),
    attribution_window_days: integer({ min: 1, max: 90 }),
    attribution_mode: choice(["first_touch", "last_touch", "linear", "time_decay", "position_based"]),
    campaign_name_mappings: json(),
    custom_source_mappings: json(),
    campaign_field_preferences: json(),
  });
}

export function customerConfig(): Field<Json> {
  return config({
    activity_event: json(),
    signup_pageview_event: json(),
    signup_event: json(),
    subscription_event: json(),
    payment_event: json(),
    account_group_type_index: integer({ min: 0, max: 4 }).nullable(),
  });
}

export function workflowsConfig(): Field<Json> {
  return config({ capture_workflows_engagement_events: boolean() });
}

/** An object with these optional fields. Other fields are dropped, and null is rejected. */
function config(fields: Readonly<Record<string, Field<Json>>>): Field<Json> {
  const optional = Object.entries(fields).map(([name, one]) => [name, one.optional()]);
  return field(
    (value): Record<string, unknown> =>
      isObject(value)
        ? value
        : refuse("invalid", `Invalid data. Expected a dictionary, but got ${pythonType(value)}.`),
  )
    .pipe(z.object(Object.fromEntries(optional)))
    .transform((read): Json => z.record(z.string(), z.json()).parse(read));
}

function completed(defaults: JsonObject): Field<Json> {
  return json().transform(
    (items): Json =>
      Array.isArray(items) ? items.map((item) => (isObject(item) ? { ...defaults, ...item } : item)) : items,
  );
}
