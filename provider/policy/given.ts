import { z } from "zod";
import { didYouMean } from "../access/nearest";
import { type GivenSettings, type Rule, settingProblems, unknownSettings } from "./rule";
import type { PosthogPolicySettings, RuleEnforcement } from "./settings";

/** A rule with what a pack says about it. */
export interface GivenRule {
  readonly rule: Rule;
  readonly enforcement: RuleEnforcement;
  /** Its own settings, as far as the pack gives them. */
  readonly given: GivenSettings;
}

const enforcementMessage = "must be advisory, mandatory or disabled";
const enforcement = z.enum(["advisory", "mandatory", "disabled"], enforcementMessage);

/** What a pack asks for, and everything that is wrong with how it says so, a line each. */
export interface ReadSettings {
  readonly given: readonly GivenRule[];
  readonly problems: readonly string[];
}

/** Brings a pack's settings together with the rules. */
export function readSettings(rules: readonly Rule[], settings: PosthogPolicySettings): ReadSettings {
  const { enforcement: general = "advisory", ...given } = settings;
  const problems = [
    ...problemsOf("enforcement", enforcement, general),
    ...Object.keys(given).flatMap((name) => unknownRule(name, rules)),
  ];
  const read = rules.map((rule): GivenRule => {
    const own = longForm(given[rule.name]);
    problems.push(...problemsOf(rule.name, ruleSettings(rule), own), ...strangeSettings(rule, own));
    const { enforcement: level = general, ...rest } = own;
    return { rule, enforcement: enforcement.catch("advisory").parse(level), given: rest };
  });
  return { given: read, problems };
}

/** A word stands for the enforcement; a rule that is not mentioned, or is undefined, has its defaults. */
function longForm(given: unknown): Record<string, unknown> {
  if (given === undefined) return {};
  return typeof given === "object" && given !== null ? { ...given } : { enforcement: given };
}

function ruleSettings({ settings }: Rule): z.ZodType {
  return z.looseObject({ ...settings.shape, enforcement: enforcement.optional() });
}

/** Asked beside the schema, which would keep it to itself while a setting has the wrong type. */
function strangeSettings(rule: Rule, given: GivenSettings): string[] {
  return unknownSettings(rule, given, "enforcement", (setting) => `${rule.name}.${setting}: is no setting`);
}

function unknownRule(name: string, rules: readonly Rule[]): string[] {
  const names = rules.map((rule) => rule.name);
  if (names.some((known) => known === name)) return [];
  return [`${name}: is no rule${didYouMean(name, names)}`];
}

function problemsOf(name: string, schema: z.ZodType, value: unknown): string[] {
  const read = schema.safeParse(value);
  return read.success ? [] : settingProblems(name, read.error);
}
