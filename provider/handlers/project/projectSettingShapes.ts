import * as z from "zod";
import { didYouMean } from "../../access/nearest";
import { currencies } from "../../arguments/currencies";
import { wholeNumber } from "../../arguments/fields";

export const onOff = z.boolean("must be true or false");

export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item, "must be a list");

/** Text that PostHog stores unchanged. */
export const plainText = z.string("must be text");

/** Text that must not be empty. */
const entry = plainText.min(1, "must not be empty");

export const oneOf = <const Choice extends string>(...choices: Choice[]) =>
  z.enum(choices, `must be one of ${choices.join(", ")}`);

/** A list of texts without leading and trailing blanks and without empty ones, which PostHog drops. */
export function textsWithoutBlanks(longest = Number.POSITIVE_INFINITY) {
  const item = plainText.trim().max(longest, `must be at most ${longest} characters long`);
  return listOf(item).transform((items) => items.filter((one) => one !== ""));
}

/** The code of a currency that PostHog converts to. */
export const currency = plainText.superRefine((code, context) => {
  if (currencies.has(code)) return;
  const message = /^[A-Z]{3}$/.test(code)
    ? "is no currency that PostHog converts to"
    : "must be an ISO currency code in capitals, such as EUR";
  context.addIssue({ code: "custom", message });
});

const sampleRateMessage = 'must be a share from 0 to 1 in hundredths, such as 0.25 or "0.25"';

/** A percentage, as a number or in a form that PostHog reads as one. */
export const sampleRate = z
  .union([z.number(), z.string().trim()], { error: sampleRateMessage })
  .refine((rate) => /^(0*\.\d{1,2}|0+\.?(\d{1,2})?|0*1(\.0{0,2})?)$/.test(String(rate)), sampleRateMessage);

/** A whole number, or text with one; PostHog returns a number. */
const numeral = (unit: string, least: number, most: number) =>
  z.preprocess(
    (value) => (typeof value === "string" && /^\s*\d+\s*$/.test(value) ? Number(value) : value),
    wholeNumber(unit, least, most),
  );

const json = z.json().optional();

/** An object that PostHog merges on write and that null does not clear. */
const config = (known: Readonly<Record<string, z.ZodType>>) =>
  z.looseObject(known, "must be an object of the keys to change; null does not clear it").pipe(jsonRecord);

const jsonRecord = z.record(z.string(), z.json(), "must be an object of JSON values");

export const jsonObject = jsonRecord.nullable();

/** A value in the form in which PostHog stores it. */
const kept = (correct: (value: unknown) => unknown) => z.preprocess(correct, z.json()).optional();

const trimmed = kept((value) => (typeof value === "string" ? value.trim() || null : value));

/** PostHog removes unusable and repeated values. */
const distinct = kept((value) => (Array.isArray(value) ? [...new Set(value.filter(Boolean))] : value));

export const conversationsSettings = config({
  slack_alert_channel_id: trimmed,
  slack_bot_display_name: trimmed,
  slack_bot_icon_url: trimmed,
  slack_channel_ids: distinct,
  widget_domains: kept((value) => (Array.isArray(value) ? value.filter(Boolean) : value)),
});

export const revenueAnalyticsConfig = config({
  base_currency: currency.optional(),
  events: json,
  goals: json,
  filter_test_accounts: onOff.optional(),
});

export const marketingAnalyticsConfig = config({
  attribution_window_days: numeral("days", 1, 90).optional(),
  attribution_mode: oneOf("first_touch", "last_touch", "linear", "time_decay", "position_based").optional(),
});

export const customerAnalyticsConfig = config({
  account_group_type_index: numeral("a group type", 0, 4).nullable().optional(),
});

export const workflowsConfig = config({
  capture_workflows_engagement_events: onOff.optional(),
  email_tracking_consent_mode: oneOf("off", "opt_out", "opt_in").optional(),
});

export const logsSettings = z
  .looseObject(
    { retention_days: z.literal([14, 30], "must be 14 or 30").nullish() },
    "must be an object of JSON values",
  )
  .pipe(jsonRecord)
  .nullable();

/** An object of the keys that PostHog knows. */
function known<Shape extends z.ZodRawShape>(shape: Shape, what = "must be an object") {
  return z.looseObject(shape, what).superRefine((value, context) => {
    for (const key of Object.keys(value).filter((candidate) => !(candidate in shape))) {
      const hint = didYouMean(key, Object.keys(shape));
      const message = `is unknown to PostHog${hint === "" ? `: the keys are ${Object.keys(shape).join(", ")}` : hint}`;
      context.addIssue({ code: "custom", path: [key], message });
    }
  });
}

export const sessionReplayConfig = known({
  record_canvas: json,
  ai_config: known({
    included_event_properties: json,
    opt_in: json,
    preferred_events: json,
    excluded_events: json,
    important_user_properties: json,
  }).nullish(),
}).nullable();

export const networkCapture = known({
  recordHeaders: onOff.optional(),
  recordBody: onOff.optional(),
}).nullable();

export const masking = known({
  maskAllInputs: onOff.optional(),
  maskTextSelector: plainText.optional(),
  blockSelector: plainText.optional(),
}).nullable();

const idMessage = "must be an id, a whole number above 0";

export const objectId = z.int({ error: idMessage, abort: true }).refine((id) => id > 0, idMessage);

export const linkedFlag = known(
  { id: objectId, key: entry, variant: entry.nullish() },
  "must be a feature flag with its id and key",
).nullable();

const urlRule = z.looseObject(
  { url: entry, matching: oneOf("regex") },
  "must have a url (a regular expression) and matching: regex",
);

export const urlRules = listOf(urlRule).nullable();

/** Python's expressions differ from JavaScript's and RE2's; what neither accepts is not valid in Python either. */
function isExpression(text: string): boolean {
  try {
    return new RegExp(text) !== undefined;
  } catch {
    return (require("./pathCleaning") as typeof import("./pathCleaning")).isRe2(text);
  }
}

const triggerUrl = urlRule.refine(({ url }) => isExpression(url), {
  path: ["url"],
  error: "must be a regular expression",
});

const share = z
  .number("must be a number from 0 to 1")
  .min(0, "must be at least 0")
  .max(1, "must be at most 1");

/** A condition on a property of an event or a person, evaluated before anything is sent. */
const triggerProperty = z.looseObject(
  {
    key: plainText,
    type: oneOf("event", "person"),
    operator: oneOf(
      "exact",
      "gt",
      "icontains",
      "is_not",
      "lt",
      "not_icontains",
      "not_regex",
      "regex",
    ).optional(),
    value: z.json(),
  },
  "must have a key, a type and a value",
);

const triggerProperties = listOf(triggerProperty).optional();

const triggerConditions = z.looseObject(
  {
    matchType: oneOf("any", "all").optional(),
    events: listOf(
      z.union([plainText, z.looseObject({ name: plainText, properties: triggerProperties })], {
        error: "must be the name of an event, or an object with its name",
      }),
    ).optional(),
    urls: listOf(triggerUrl).optional(),
    flag: z
      .union([plainText, z.looseObject({ key: plainText })], {
        error: "must be the key of a feature flag, or an object with its key",
      })
      .nullish(),
    properties: triggerProperties,
  },
  "must be an object",
);

export const triggerGroups = z
  .looseObject(
    {
      version: z.literal(2, "must be 2"),
      groups: listOf(
        z.looseObject(
          {
            id: entry,
            sampleRate: share,
            minDurationMs: wholeNumber("milliseconds", 0, 30_000).optional(),
            conditions: triggerConditions,
          },
          "must have an id, a sampleRate and conditions",
        ),
      ),
      fallbackSampleRate: share.optional(),
    },
    "must be an object with version and groups",
  )
  .nullable();

export const propertyFilter = z.looseObject(
  { type: entry.optional() },
  "must be a property filter: an object with key, type, value and operator",
);

/** PostHog stores at most this much JSON of errors to ignore, in Python's formatting. */
const longestErrorList = 300;
const pythonJson = (list: readonly string[]): string =>
  `[${list.map((item) => JSON.stringify(item).replace(/[\u007f-\uffff]/g, "\\u0000")).join(", ")}]`;

export const errorsToIgnore = listOf(plainText).refine(
  (list) => pythonJson(list).length <= longestErrorList,
  `must be at most ${longestErrorList} characters of JSON in all: put more of them into posthog-js`,
);
