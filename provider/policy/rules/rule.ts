import * as z from "zod";
import { printable } from "../../access/messages";
import { didYouMean } from "../../access/nearest";
import type { DeclaredResource } from "./declared";
import type { RuleName } from "./settings";

export interface Violation {
  /** The resource that violates it; missing if it is the whole stack. */
  readonly resource?: DeclaredResource;
  /** What is wrong, naming resource and argument. Never the value of a key. */
  readonly what: string;
  /** What to change. */
  readonly fix: string;
}

/** When a rule runs: for each resource before it is changed, for all of them at the end, or both. */
type Reach = "resource" | "stack" | "both";

/** Settings from a program or a configuration file. */
export type GivenSettings = Readonly<Record<string, unknown>>;

/** A rule of the pack. */
export interface Rule {
  readonly name: RuleName;
  /** What it requires, in a sentence. */
  readonly description: string;
  /** The reason for the rule. */
  readonly why: string;
  /** How bad a violation is. */
  readonly severity: "low" | "medium" | "high" | "critical";
  /** Its settings with their defaults. */
  readonly settings: z.ZodObject;
  /** When it runs. */
  reach(given: GivenSettings): Reach;
  /** The violations among the resources: one resource, or those of the stack. */
  judge(resources: readonly DeclaredResource[], given: GivenSettings): Violation[];
}

/** Everything specific to one rule; `Shape` holds its settings. */
interface RuleDefinition<Shape extends z.ZodRawShape> extends Omit<Rule, "settings" | "reach" | "judge"> {
  readonly settings: z.ZodObject<Shape>;
  readonly reach: Reach | ((settings: z.output<z.ZodObject<Shape>>) => Reach);
  judge(resources: readonly DeclaredResource[], settings: z.output<z.ZodObject<Shape>>): Violation[];
}

/** Names of resources that a rule leaves out. */
export const exceptSetting = z
  .array(z.string("must be a list of names"), "must be a list of names")
  .default([])
  .describe("Resources that the rule skips, by their names in the program.");

/** E-mail domains. */
export const domainsSetting = z
  .array(z.string("must be a list of domains").toLowerCase(), "must be a list of domains")
  .default([]);

/** A regular expression for the names of projects. */
export function projectsSetting(pattern: string) {
  return z
    .string("must be a regular expression")
    .refine(isPattern, "must be a regular expression")
    .default(pattern)
    .describe("A regular expression that matches names of projects or of their resources.");
}

/** Builds a rule from its definition: reads settings and skips exceptions before the rule runs. */
export function defineRule<Shape extends z.ZodRawShape>(definition: RuleDefinition<Shape>): Rule {
  const { settings, reach, judge, ...rest } = definition;
  return {
    ...rest,
    settings,
    reach: (given) => {
      const read = settings.safeParse(given);
      // Invalid settings are reported once, not for each resource.
      if (!read.success) return "stack";
      return typeof reach === "string" ? reach : reach(read.data);
    },
    judge: (resources, given) => {
      const read = settings.safeParse(given);
      if (!read.success) return [unusable(definition.name, read.error)];
      const left = new Set(exceptions.parse(given).except);
      return judge(
        resources.filter(({ name }) => !left.has(name)),
        read.data,
      );
    },
  };
}

/** The printed form of a violation: what, why, fix. */
export function violationText({ why }: Rule, { what, fix }: Violation): string {
  return [what, `why: ${why}`, `fix: ${fix}`].map(printable).join("\n  ");
}

/** What is wrong with settings, one line each. */
export function settingProblems(rule: string, { issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => `${[rule, ...path].join(".")}: ${message}`);
}

/**
 * The messages about settings that a rule does not have, one line each.
 *
 * @param enforcement the name of the enforcement setting in that place.
 * @param wording builds the line from a setting's name.
 */
export function unknownSettings(
  { settings }: Rule,
  given: GivenSettings,
  enforcement: string,
  wording: (setting: string) => string,
): string[] {
  const names = [enforcement, ...Object.keys(settings.shape)];
  return Object.keys(given)
    .filter((key) => !names.includes(key))
    .map((key) => `${wording(key)}${didYouMean(key, names)}`);
}

const exceptions = z.looseObject({ except: z.array(z.string()).catch([]) });

function unusable(rule: RuleName, error: z.ZodError): Violation {
  return {
    what: `invalid settings of ${rule}: ${settingProblems(rule, error).join("; ")}`,
    fix: "correct them in the pack, or in the file of --policy-pack-config",
  };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "i");
    return true;
  } catch {
    return false;
  }
}
