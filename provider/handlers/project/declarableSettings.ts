import { type SettingRule, settingRules } from "./projectSettingRules";
import { type Settings, settingsFromApi } from "./projectSettings";

/** Settings that are not configuration: onboarding state, and the demo flag. */
const noConfiguration: ReadonlySet<string> = new Set([
  "isDemo",
  "completedSnippetOnboarding",
  "hasCompletedOnboardingFor",
  "onboardingTasks",
]);

/** Every setting, to read everything that a project has. */
export const everySetting: Settings = Object.fromEntries(
  [...settingRules.keys()].map((setting) => [setting, null]),
);

/**
 * The settings of a project that a program can take over: those that are on or have a value, if the resource accepts
 * it.
 */
export function declarableSettings(project: Readonly<Record<string, unknown>>): {
  readonly settings: Settings;
  /** Settings whose value cannot be declared, and why. */
  readonly refused: ReadonlyMap<string, string>;
} {
  const refused = new Map<string, string>();
  const chosen = Object.entries(settingsFromApi(project, everySetting)).filter(([setting, value]) => {
    if (noConfiguration.has(setting) || !hasValue(value)) return false;
    const why = whyNot(settingRules.get(setting), value);
    if (why !== undefined) refused.set(setting, why);
    return why === undefined;
  });
  return { settings: Object.fromEntries(chosen), refused };
}

function hasValue(value: unknown): boolean {
  if (value === null || value === false || value === "") return false;
  return typeof value !== "object" || value === null || Object.keys(value).length > 0;
}

function whyNot(rule: SettingRule | undefined, value: unknown): string | undefined {
  if (/"[^"]*(token|secret|password)[^"]*":/i.test(JSON.stringify(value))) return "it may hold a secret";
  const parsed = rule?.schema.safeParse(value);
  return parsed?.success === true ? undefined : "this version does not support its value";
}
