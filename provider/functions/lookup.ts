import * as pulumi from "@pulumi/pulumi";
import type { Reader, Readers } from "./readers";

/** The arguments that every look-up takes. */
export interface LookupArgs {
  /** Name of an entry of `posthog:accounts`. Default: the top-level configuration. */
  account?: string;
  /** The organization, as UUID or slug. Default: `posthog:organizationId`, or the key's only organization. */
  organizationId?: string;
}

/** Arguments in which outputs of resources may stand. */
export type Inputs<Args> = {
  [Name in keyof Args]: Args[Name] extends (infer Item)[] | undefined
    ? pulumi.Input<pulumi.Input<Item>[]> | undefined
    : pulumi.Input<Args[Name]>;
};

/** Which of the readers answers a look-up. */
export type Choose<Result> = (readers: Readers) => Reader<Result>;

/**
 * The half that speaks with PostHog. It is loaded by the first look-up, so that programs without any start as fast as
 * they can.
 */
function back(): typeof import("./readers") {
  return require("./readers");
}

/** Answers a look-up with plain values. */
export async function lookUp<Result>(choose: Choose<Result>, args: object): Promise<Result> {
  const { readers, answer } = back();
  const config = new pulumi.Config("posthog");
  const answered = await answer(choose(readers), args, (key) => config.get(key));
  // Pulumi prints the message of a RunError, and of any other error its stack.
  if ("problem" in answered) throw new pulumi.RunError(answered.problem);
  return answered.result;
}

/** Answers a look-up with outputs of resources as arguments; while one of them is unknown, the answer is. */
export function lookUpOutput<Result>(choose: Choose<Result>, args: object): pulumi.Output<Result> {
  return pulumi.output<object>(args).apply((known) => lookUp(choose, known));
}
