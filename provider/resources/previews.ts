import * as pulumi from "@pulumi/pulumi";

/** How an output derives from other values. */
export interface Rule {
  /** The id, arguments, or `host`: the server's address. */
  readonly from: readonly string[];
  /** Undefined if they do not determine it. */
  readonly value: (...from: string[]) => string | number | undefined;
}

/** Derives an output from other values, by their names. */
export const follows = (from: readonly string[], value: Rule["value"]): Rule => ({ from, value });

/**
 * Outputs of a resource that previews know while an update is pending, although the engine does not: those that derive
 * from other values, and those that the provider reports as stable.
 */
export function knownInPreviews(
  resource: pulumi.CustomResource,
  outputs: readonly string[],
  rules: Readonly<Record<string, Rule>>,
): Record<string, pulumi.Output<unknown>> {
  const kept = propertyOf(resource, "__stable").apply((value) => new Map(Object.entries(Object(value))));
  const source = (name: string): pulumi.Output<unknown> =>
    name === "host" ? kept.apply((values) => values.get(name)) : propertyOf(resource, name);
  const pending = (name: string, own: pulumi.Output<unknown>): pulumi.Output<unknown> => {
    const rule = rules[name];
    if (rule === undefined) return kept.apply((values) => values.get(name) ?? own);
    return pulumi.all(rule.from.map(source)).apply((from) => derivedValue(rule, from) ?? own);
  };
  return Object.fromEntries(
    outputs.map((name) => {
      const own = propertyOf(resource, name);
      return [name, pulumi.output(isFinal(own).then((final) => (final ? own : pending(name, own))))];
    }),
  );
}

/**
 * Outputs in previews that PostHog only has while an argument is `enabled: true`: otherwise they are missing, whatever
 * else changes.
 *
 * @param switches the argument of each such output.
 */
export function missingInPreviews(
  resource: pulumi.CustomResource,
  args: object,
  switches: Readonly<Record<string, string>>,
): Record<string, pulumi.Output<unknown>> {
  return Object.fromEntries(
    Object.entries(switches).map(([name, argument]) => {
      const own = propertyOf(resource, name);
      const present = (value: unknown) => (Object(value).enabled === true ? own : undefined);
      return [name, propertyOf(args, argument).apply(present)];
    }),
  );
}

/** Whether an output keeps the engine's value: it is known, or it is secret. The SDK does not show what is known. */
async function isFinal(output: pulumi.Output<unknown>): Promise<boolean> {
  return (await Reflect.get(output, "isKnown")) !== false || pulumi.isSecret(output);
}

function derivedValue(rule: Rule, from: readonly unknown[]): string | number | undefined {
  const texts = from.filter((value) => typeof value === "string");
  return texts.length === from.length ? rule.value(...texts) : undefined;
}

function propertyOf(of: object, name: string): pulumi.Output<unknown> {
  const value: unknown = Reflect.get(of, name);
  return pulumi.output(value);
}

/** The person in a rule's id. */
export const userUuidFromId = follows(["id"], (id) => /\/user\/([^/]+)$/.exec(id)?.[1]);

/** The role in a rule's id. */
export const roleUuidFromId = follows(["id"], (id) => /\/role\/([^/]+)$/.exec(id)?.[1]);

/** The id itself, for outputs that repeat it under a name of their own. */
export const sameAsId = follows(["id"], (id) => id);
