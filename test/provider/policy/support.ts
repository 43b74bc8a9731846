import { unknownValue } from "../../../provider/engine/unknown";
import type { DeclaredResource, Values } from "../../../provider/policy/rules/declared";
import type { GivenSettings, Rule } from "../../../provider/policy/rules/rule";

/** A value that a preview does not know yet. */
export const later = unknownValue;

/** The engine's name of a resource. */
export const urnOf = (kind: string, name: string): string =>
  `urn:pulumi:dev::acme::pulumi-nodejs:dynamic/posthog:${kind}::${name}`;

/** A resource as a rule sees it. In a test, the arguments may include what PostHog returned. */
export function declare(
  kind: string,
  name: string,
  values: Values,
  { outputs = values, sources = {} }: Partial<DeclaredResource> = {},
): DeclaredResource {
  return { kind, name, urn: urnOf(kind, name), values, outputs, sources };
}

/** A rule's complaints, one text each. */
export function found(
  rule: Rule,
  resources: readonly DeclaredResource[],
  settings: GivenSettings = {},
): string[] {
  return rule.judge(resources, settings).map(({ what }) => what);
}
