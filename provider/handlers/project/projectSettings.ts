import * as z from "zod";
import { didYouMean } from "../../access/nearest";
import { isObject, sameSet } from "../../access/values";
import { sameJson } from "../../engine/state";
import { type SettingRule, settingRules } from "./projectSettingRules";

export type Settings = Readonly<Record<string, unknown>>;

/** The schema of declared settings; the error for an unknown name suggests the nearest one. */
export const projectSettings = z
  .looseObject(shapeOf(settingRules), "must be an object of settings")
  .superRefine((settings, context) => {
    for (const name of Object.keys(settings).filter((candidate) => !settingRules.has(candidate))) {
      context.addIssue({ code: "custom", path: [name], message: unknownSetting(name) });
    }
  });

/** Settings that servers from before mid 2026 accept at the environment's address, but not at the project's. */
export const environmentOnlySettings: ReadonlySet<string> = new Set(
  [...settingRules].filter(([, rule]) => rule.environmentOnly).map(([name]) => name),
);

export function apiNameOf(setting: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The settings that are actually declared: those with a value, including `null`. */
export function declaredSettings(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/**
 * Declared settings in PostHog's form.
 *
 * @param held the current values, which supply the other keys of objects that PostHog replaces.
 */
export function settingsToApi(
  settings: Settings,
  held: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(declaredSettings(settings)).map(([name, value]) => {
      const field = apiNameOf(name);
      return [field, toApi(name, value, held[field])];
    }),
  );
}

/**
 * The declared settings as in PostHog: no others, only the declared keys of merged objects, and in the declared
 * spelling if the value is the same. A setting that is missing in PostHog's response is also missing here.
 */
export function settingsFromApi(answer: Readonly<Record<string, unknown>>, declared: Settings): Settings {
  const readable = Object.entries(declaredSettings(declared)).filter(
    ([name]) => answer[apiNameOf(name)] !== undefined,
  );
  return Object.fromEntries(
    readable.map(([name, wanted]) => {
      const live = answer[apiNameOf(name)];
      const owned = settingRules.get(name)?.comparison === "declaredKeys" ? declaredPart(live, wanted) : live;
      return [name, sameSetting(name, owned, wanted) ? wanted : owned];
    }),
  );
}

/** Whether two sets of settings declare the same values. */
export function sameSettings(one: unknown, other: unknown): boolean {
  const [left, right] = [projectSettings.safeParse(one), projectSettings.safeParse(other)];
  if (!left.success || !right.success) return sameJson(one, other);
  return (
    changedSettings(left.data, right.data).length === 0 && changedSettings(right.data, left.data).length === 0
  );
}

/** Names of the declared settings whose live values differ. */
export function changedSettings(live: Settings, declared: Settings): string[] {
  return Object.entries(declaredSettings(declared))
    .filter(([name, wanted]) => !sameSetting(name, live[name], wanted))
    .map(([name]) => name);
}

/** Names of the sent settings that are missing in PostHog's response: this server does not know them. */
export function ignoredSettings(answer: Readonly<Record<string, unknown>>, sent: Settings): string[] {
  return changedSettings(settingsFromApi(answer, sent), sent);
}

function shapeOf(rules: ReadonlyMap<string, SettingRule>): Record<string, z.ZodOptional<z.ZodType>> {
  return Object.fromEntries([...rules].map(([name, rule]) => [name, rule.schema.optional()]));
}

function sameSetting(name: string, live: unknown, wanted: unknown): boolean {
  const comparison = settingRules.get(name)?.comparison;
  if (comparison === "set" && Array.isArray(live) && Array.isArray(wanted)) {
    return sameSet(
      live.filter((item) => item !== null),
      wanted,
    );
  }
  if (comparison === "decimal" && live !== null && wanted !== null) return Number(live) === Number(wanted);
  return sameJson(live, wanted);
}

/** The keys of a live object that the declared one has, at every depth and in lists of the same length. */
function declaredPart(live: unknown, declared: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(declared) && live.length === declared.length) {
    return live.map((item, index) => declaredPart(item, declared[index]));
  }
  if (!isObject(live) || !isObject(declared)) return live;
  return Object.fromEntries(
    Object.entries(declared).map(([key, value]) => [key, declaredPart(live[key], value)]),
  );
}

function toApi(name: string, value: unknown, held: unknown): unknown {
  const { comparison, isReplaced } = settingRules.get(name) ?? {};
  if (isReplaced && isObject(value) && isObject(held)) return { ...held, ...value };
  return comparison === "decimal" && value !== null ? Number(value).toFixed(2) : value;
}

/** Names that people try among the settings although they belong elsewhere. */
const misplaced: ReadonlyMap<string, string> = new Map([
  ["name", "is an argument of Project itself, not a setting"],
  ["timezone", "is an argument of Project itself, not a setting"],
  ["accessControl", "is an argument of Project itself, not a setting; prefer defaultAccess"],
  ["apiToken", "is an output of Project and cannot be set"],
  ["slackIncomingWebhook", "no longer exists: PostHog now sends to Slack through destinations"],
]);

function unknownSetting(name: string): string {
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return misplaced.get(camel) ?? `is an unknown setting${didYouMean(name, settingRules.keys())}`;
}
