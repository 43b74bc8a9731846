/**
 * Rules for PostHog organisations, for Pulumi's policy packs.
 *
 * @packageDocumentation
 */
import { type Policies, PolicyPack } from "@pulumi/policy";
import { readSettings } from "./given";
import { policyOf } from "./policies";
import { rules } from "./rules";
import type { PosthogPolicySettings } from "./settings";

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
} from "./settings";

/**
 * The rules as policies, for a pack that has others too: `new PolicyPack("acme", { policies: [...posthogPolicies()] })`.
 * Wrong settings are an error that lists everything that is wrong with them.
 */
export function posthogPolicies(settings: PosthogPolicySettings = {}): Policies {
  return readSettings(rules, settings).map(policyOf);
}

/**
 * A policy pack of the rules, for `pulumi preview --policy-pack`. The name is what previews call the pack: letters,
 * digits, dots, hyphens and underscores. Its version is that of the `package.json` beside it.
 */
export function posthogPolicyPack(name: string, settings: PosthogPolicySettings = {}): PolicyPack {
  return new PolicyPack(name, { policies: posthogPolicies(settings) });
}
