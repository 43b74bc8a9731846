import type { PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { type DeclaredResource, declaredResource, finishedResource } from "./declared";
import type { GivenRule } from "./given";
import { type GivenSettings, type Rule, unknownSettings, violationText } from "./rule";

/** A rule as Pulumi's engine runs it. */
export type RulePolicy = ResourceValidationPolicy & StackValidationPolicy;

/**
 * Makes a policy of a rule. The settings of the pack are the defaults of the policy's configuration, so that what
 * Pulumi is configured with comes on top of them.
 */
export function policyOf({ rule, enforcement, given }: GivenRule): RulePolicy {
  const { name, description, severity } = rule;
  const declared = new Map<string, DeclaredResource>();
  const told = new Set<string>();
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
        told.add(`${urn} ${text}`);
        report(text, urn);
      }
    },
    validateStack: (args, report) => {
      const configured = args.getConfig<GivenSettings>();
      for (const problem of strangeSettings(rule, configured)) report(problem);
      const settings = { ...given, ...configured };
      if (rule.reach(settings) === "resource") return;
      const resources = args.resources.flatMap((one) => finishedResource(one, declared.get(one.urn)) ?? []);
      for (const { text, urn } of reportsOf(rule, resources, settings)) {
        if (!told.has(`${urn} ${text}`)) report(text, urn);
      }
    },
  };
}

/** Pulumi passes on what a configuration file has beside the settings: a slip of the pen would change nothing, unseen. */
function strangeSettings(rule: Rule, configured: GivenSettings): string[] {
  const wording = (setting: string): string =>
    `${rule.name}: ${setting} is no setting of a configuration file`;
  return unknownSettings(rule, configured, "enforcementLevel", wording);
}

/** What Pulumi is told of the violations: a text, and the resource unless it is the stack. */
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

/** What Pulumi checks a configuration file against. */
function configSchema({ settings }: Rule, given: GivenSettings): PolicyConfigSchema {
  const { properties = {} } = z.toJSONSchema(settings, { io: "input" });
  const entries = Object.entries(properties).map(([name, schema]) => {
    const own = name in given ? { default: given[name] } : {};
    return [name, { ...(typeof schema === "object" ? schema : {}), ...own }];
  });
  return { properties: Object.fromEntries(entries) };
}
