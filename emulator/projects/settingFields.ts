import { checked, choice, type Field, field, list, pythonText, refuse, text } from "../server/fields";
import type { Json } from "../store/entities";

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list that drops its empty items. */
export function listWithoutBlanks(item: Field<string>): Field<Json> {
  const withoutNulls = field((value) =>
    Array.isArray(value) ? value.filter((one) => one !== null) : value,
  ).pipe(list(item));
  return withoutNulls.transform((items) => items.filter((one) => one !== ""));
}

/** An IANA time zone in its exact spelling. */
export function timezone(): Field<Json> {
  return field((value) => {
    const name = pythonText(value);
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

/** The currencies that PostHog converts (PostHog: exchange rates). */
const CURRENCIES = `
  AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN BWP BYN BZD CAD
  CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
  HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LTL LVL LSL
  LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
  PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD
  TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XDR XOF XPF YER ZAR ZMW`
  .trim()
  .split(/\s+/);

export function currency(): Field<string> {
  return choice(CURRENCIES);
}

/** A share between 0 and 1 with at most two decimals, returned as text with two decimals. */
export function sampleRate(): Field<Json> {
  return field((value) => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isFinite(number)) {
      return refuse("invalid", "A valid number is required.");
    }
    const [whole = "", decimals = ""] = plain(String(value).trim(), number).split(".");
    if (whole.replace(/^-?0*/, "").length + decimals.length > 3) {
      refuse("max_digits", "Ensure that there are no more than 3 digits in total.");
    }
    if (decimals.length > 2) {
      refuse("max_decimal_places", "Ensure that there are no more than 2 decimal places.");
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

/** A number's text without an exponent. */
function plain(text: string, number: number): string {
  return /e/i.test(text) ? number.toFixed(20).replace(/0+$/, "") : text;
}

/** A JSON object with known keys only, or null. */
function dictionary(check: (value: JsonObject) => void = () => {}): Field<Json> {
  return field((value): Json => {
    if (!isObject(value)) {
      return refuse("invalid", "Must provide a dictionary or None.");
    }
    check(value);
    return value;
  }).nullable();
}

/** How session recordings mask inputs and texts. */
export function maskingConfig(): Field<Json> {
  const known: Readonly<Record<string, [type: string, name: string]>> = {
    maskAllInputs: ["boolean", "a boolean"],
    maskTextSelector: ["string", "a string"],
    blockSelector: ["string", "a string"],
  };
  return dictionary((value) => {
    if (!Object.keys(value).every((key) => key in known)) {
      refuse("invalid", `Must provide a dictionary with only known keys: ${Object.keys(known).join(", ")}.`);
    }
    for (const [key, [type, name]] of Object.entries(known)) {
      if (key in value && typeof value[key] !== type) {
        refuse("invalid", `${key} must be ${name}.`);
      }
    }
  });
}

/** What session recordings keep of network requests. */
export function networkCaptureConfig(): Field<Json> {
  return dictionary((value) => {
    if (!Object.keys(value).every((key) => ["recordHeaders", "recordBody"].includes(key))) {
      refuse("invalid", "Must provide a dictionary with only 'recordHeaders' and/or 'recordBody' keys.");
    }
  });
}

/** The feature flag that session recording depends on. */
export function linkedFlag(): Field<Json> {
  return dictionary((value) => {
    const keys = Object.keys(value).sort().join(" ");
    if (keys !== "id key" && keys !== "id key variant") {
      refuse(
        "invalid",
        "Must provide a dictionary with only 'id' and 'key' keys. _or_ only 'id', 'key', and 'variant' keys.",
      );
    }
  });
}

export function replayConfig(): Field<Json> {
  const known = ["record_canvas", "ai_config"];
  return dictionary((value) => {
    if (!Object.keys(value).every((key) => known.includes(key))) {
      refuse(
        "invalid",
        `Must provide a dictionary with only known keys. One or more of ${known.join(", ")}.`,
      );
    }
    checkSummaries(value.ai_config ?? null);
  });
}

function checkSummaries(value: Json): void {
  const allowed = [
    "included_event_properties",
    "opt_in",
    "preferred_events",
    "excluded_events",
    "important_user_properties",
  ];
  if (value !== null && !isObject(value)) {
    refuse("invalid", "Must provide a dictionary or None.");
  }
  if (isObject(value) && !Object.keys(value).every((key) => allowed.includes(key))) {
    refuse("invalid", `Must provide a dictionary with only allowed keys: ${allowed.join(", ")}.`);
  }
}

/** Whether a recording needs all triggers to match, or any one. */
export function triggerMatchType(): Field<Json> {
  return checked(text({ max: 24 }), (value) => {
    if (value !== "all" && value !== "any") {
      refuse("invalid", "Must provide a valid trigger match type. Only 'all' or 'any' or None are allowed.");
    }
  }).nullable();
}

const DISTINGUISHED_MODIFIERS: Readonly<Record<string, readonly string[]>> = {
  bounceRatePageViewMode: ["count_pageviews", "uniq_urls", "uniq_page_screen_autocaptures"],
  inCohortVia: ["auto", "leftjoin", "subquery", "leftjoin_conjoined"],
  materializationMode: ["auto", "legacy_null_as_string", "legacy_null_as_null", "disabled"],
  personsArgMaxVersion: ["auto", "v1", "v2"],
  personsJoinMode: ["inner", "left"],
  personsOnEventsMode: [
    "disabled",
    "person_id_no_override_properties_on_events",
    "person_id_override_properties_on_events",
    "person_id_override_properties_joined",
  ],
  propertyGroupsMode: ["enabled", "disabled", "optimized"],
  sessionTableVersion: ["auto", "v1", "v2", "v3"],
  sessionsV2JoinMode: ["string", "uuid"],
};
const FREE_MODIFIERS: readonly string[] = [
  "customChannelTypeRules",
  "dataWarehouseEventsModifiers",
  "inlineCohortCalculation",
  "materializedColumnsOptimizationMode",
];
const SWITCHES: readonly string[] = [
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
];

/** How queries run. */
export function modifiers(): Field<Json> {
  return dictionary((value) => {
    const seconds = value.bounceRateDurationSeconds ?? 1;
    if (typeof seconds !== "number") {
      refuse("invalid", "Must be a number.", "bounceRateDurationSeconds");
    }
    if (Number(seconds) < 1 || Number(seconds) > 120) {
      refuse("invalid", "Must be between 1 and 120 seconds.", "bounceRateDurationSeconds");
    }
    if (!Object.entries(value).every(([key, setting]) => isModifier(key, setting))) {
      refuse("invalid", "Invalid modifier key.");
    }
  });
}

function isModifier(key: string, setting: Json): boolean {
  const choices = DISTINGUISHED_MODIFIERS[key];
  if (choices !== undefined) {
    return setting === null || choices.includes(String(setting));
  }
  if (SWITCHES.includes(key)) {
    return setting === null || typeof setting === "boolean";
  }
  return key === "bounceRateDurationSeconds" || FREE_MODIFIERS.includes(key);
}

/** Filters that separate the team's own events from the others. */
export function propertyFilters(): Field<Json> {
  return field((value): Json => {
    const isFilter = (one: unknown) => isObject(one) && typeof one.type === "string";
    return Array.isArray(value) && value.every(isFilter)
      ? value
      : refuse("invalid", "Must provide an array of valid property filters.");
  });
}

/** Log settings, such as how long logs are kept. */
export function logsSettings(): Field<Json> {
  return dictionary(({ retention_days }) => {
    if (
      retention_days !== undefined &&
      retention_days !== null &&
      ![14, 30].some((days) => days === retention_days)
    ) {
      refuse("invalid", "retention_days must be one of [14, 30]");
    }
  });
}
