import type { PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import * as z from "zod";
import { didYouMean } from "../access/nearest";
import { type DeclaredResource, declaredResource, finishedResource } from "./rules/declared";
import { type GivenSettings, type Rule, settingProblems, unknownSettings, violationText } from "./rules/rule";
import type { PosthogPolicySettings, RuleEnforcement } from "./rules/settings";

/** A rule with its settings in a pack. */
interface GivenRule {
  readonly rule: Rule;
  readonly enforcement: RuleEnforcement;
  /** Its own settings, as given in the pack. */
  readonly given: GivenSettings;
}

const enforcementMessage = "must be advisory, mandatory or disabled";
const enforcement = z.enum(["advisory", "mandatory", "disabled"], enforcementMessage);

/** The settings of a pack, and everything that is wrong with them, one line each. */
interface ReadSettings {
  readonly given: readonly GivenRule[];
  readonly problems: readonly string[];
}

/** Combines a pack's settings with the rules. */
export function readSettings(rules: readonly Rule[], settings: PosthogPolicySettings): ReadSettings {
  const { enforcement: general = "advisory", ...given } = settings;
  const problems = [
    ...problemsOf("enforcement", enforcement, general),
    ...Object.keys(given).flatMap((name) => unknownRule(name, rules)),
  ];
  const read = rules.map((rule): GivenRule => {
    const own = longForm(given[rule.name]);
    problems.push(...problemsOf(rule.name, ruleSettings(rule), own), ...unknownInPack(rule, own));
    const { enforcement: level = general, ...rest } = own;
    return { rule, enforcement: enforcement.catch("advisory").parse(level), given: rest };
  });
  return { given: read, problems };
}

/** A word sets the enforcement; a rule that is missing or undefined has its defaults. */
function longForm(given: unknown): Record<string, unknown> {
  if (given === undefined) return {};
  return typeof given === "object" && given !== null ? { ...given } : { enforcement: given };
}

function ruleSettings({ settings }: Rule): z.ZodType {
  return z.looseObject({ ...settings.shape, enforcement: enforcement.optional() });
}

/** Checked separately: the schema would not report it if a setting has the wrong type. */
function unknownInPack(rule: Rule, given: GivenSettings): string[] {
  return unknownSettings(rule, given, "enforcement", (setting) => `${rule.name}.${setting}: unknown setting`);
}

function unknownRule(name: string, rules: readonly Rule[]): string[] {
  const names = rules.map((rule) => rule.name);
  if (names.some((known) => known === name)) return [];
  return [`${name}: unknown rule${didYouMean(name, names)}`];
}

function problemsOf(name: string, schema: z.ZodType, value: unknown): string[] {
  const read = schema.safeParse(value);
  return read.success ? [] : settingProblems(name, read.error);
}

/** A rule as Pulumi's engine runs it. */
export type RulePolicy = ResourceValidationPolicy & StackValidationPolicy;

/**
 * Turns a rule into a policy. The settings of the pack are the defaults of the policy's configuration, so that Pulumi's
 * configuration overrides them.
 */
export function policyOf({ rule, enforcement, given }: GivenRule): RulePolicy {
  const { name, description, severity } = rule;
  const declared = new Map<string, DeclaredResource>();
  const reported = new Set<string>();
  return {
    name,
    description,
    severity,
    enforcementLevel: enforcement,
    configSchema: configSchema(rule, given),
    validateResource: (args, report) => {
      const resource = declaredResource(args);
      if (resource === undefined) return;
      declared.set(resource.urn, resource);
      const settings = { ...given, ...args.getConfig<GivenSettings>() };
      if (rule.reach(settings) === "stack") return;
      for (const { text, urn } of reportsOf(rule, [resource], settings)) {
        reported.add(`${urn} ${text}`);
        report(text, urn);
      }
    },
    validateStack: (args, report) => {
      const configured = args.getConfig<GivenSettings>();
      for (const problem of unknownInFile(rule, configured)) report(problem);
      const settings = { ...given, ...configured };
      if (rule.reach(settings) === "resource") return;
      const resources = args.resources.flatMap((one) => finishedResource(one, declared.get(one.urn)) ?? []);
      for (const { text, urn } of reportsOf(rule, resources, settings)) {
        if (!reported.has(`${urn} ${text}`)) report(text, urn);
      }
    },
  };
}

/** Pulumi passes on unknown entries of a configuration file: a typo would have no effect, unnoticed. */
function unknownInFile(rule: Rule, configured: GivenSettings): string[] {
  const wording = (setting: string): string =>
    `${rule.name}: unknown setting ${setting} in the configuration file`;
  return unknownSettings(rule, configured, "enforcementLevel", wording);
}

/** What Pulumi receives about the violations: a text, and the resource unless it is the stack. */
function reportsOf(
  rule: Rule,
  resources: readonly DeclaredResource[],
  settings: GivenSettings,
): { text: string; urn: string | undefined }[] {
  return rule.judge(resources, settings).map((violation) => ({
    text: violationText(rule, violation),
    urn: violation.resource?.urn,
  }));
}

/** The schema by which Pulumi checks a configuration file. */
function configSchema({ settings }: Rule, given: GivenSettings): PolicyConfigSchema {
  const { properties = {} } = z.toJSONSchema(settings, { io: "input" });
  const entries = Object.entries(properties).map(([name, schema]) => {
    const own = name in given ? { default: given[name] } : {};
    return [name, { ...(typeof schema === "object" ? schema : {}), ...own }];
  });
  return { properties: Object.fromEntries(entries) };
}
