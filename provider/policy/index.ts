/**
 * Rules for PostHog organizations, for Pulumi policy packs.
 *
 * @packageDocumentation
 */
import { type Policies, PolicyPack } from "@pulumi/policy";
import { RunError } from "@pulumi/pulumi";
import { policyOf, readSettings } from "./policies";
import { rules } from "./rules";
import type { PosthogPolicySettings } from "./rules/settings";

export type {
  KeysRotateSettings,
  OutsideOwnersSettings,
  OwnersSettings,
  PosthogPolicySettings,
  ProjectRuleSettings,
  ResourceRuleSettings,
  RuleEnforcement,
  RuleName,
  RuleSettings,
  SignOnMethod,
  SignOnSettings,
} from "./rules/settings";

/**
 * The rules as policies, for a pack that has others too: `new PolicyPack("acme", { policies: [...posthogPolicies()]
 * })`. Invalid settings throw an error that lists everything that is wrong with them.
 */
export function posthogPolicies(settings: PosthogPolicySettings = {}): Policies {
  const { given, problems } = readSettings(rules, settings);
  // Pulumi prints this kind of error without a stack.
  if (problems.length > 0) throw new RunError(problemText(problems));
  return given.map(policyOf);
}

/**
 * A policy pack with the rules, for `pulumi preview --policy-pack`. Previews call the pack by this name: letters,
 * digits, dots, hyphens and underscores. Its version is that of the `package.json` next to it.
 */
export function posthogPolicyPack(name: string, settings: PosthogPolicySettings = {}): PolicyPack {
  return new PolicyPack(name, { policies: posthogPolicies(settings) });
}

function problemText(problems: readonly string[]): string {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return [`the settings of the policy pack have ${count}`, ...problems].join("\n  ");
}
