import * as pulumi from "@pulumi/pulumi";
import { shellText } from "../engine/shell";
import { declaredKinds } from "./program";

/** Arguments that every resource takes. */
export interface CommonArgs {
  /**
   * Name of an entry of `posthog:accounts`: another organization, key or region in the same program.
   * Another account of the same organization changes nothing in PostHog: the preview shows an update, which only
   * records the name. Default: the top-level configuration.
   */
  account?: pulumi.Input<string>;
  /**
   * The organization, as UUID or slug. Compared by what it means, so another spelling changes nothing;
   * another organization replaces. Default: `posthog:organizationId`, or the key's only organization.
   */
  organizationId?: pulumi.Input<string>;
  /**
   * Take over an existing object instead of failing. The preview says what would be adopted and what would change on
   * it. Default false.
   */
  adopt?: pulumi.Input<boolean>;
}

/** Where a resource that is looked up with `get` is found. */
export type GetArgs = Pick<CommonArgs, "account" | "organizationId">;

/** What a resource class tells its base. */
export interface ResourceShape {
  /** Name behind `pulumi-nodejs:dynamic/posthog:`. */
  readonly type: string;
  /** Its own arguments: each is an output as well, also where the program leaves it out. */
  readonly args: readonly string[];
  /** Outputs besides the arguments. */
  readonly outputs: readonly string[];
  /** Outputs that are secret. */
  readonly secrets?: readonly string[];
}

/** The base of every resource: it names the provider, declares the outputs, and marks the secret ones. */
export abstract class PosthogResource extends pulumi.CustomResource {
  /** UUID of the organization that the object lives in. */
  declare public readonly organizationUuid: pulumi.Output<string>;

  protected constructor(
    shape: ResourceShape,
    name: string,
    args: object,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const outputs = Object.fromEntries(
      [...shape.args, ...shape.outputs, "organizationUuid"].map((output) => [output, undefined]),
    );
    const kinds = declaredKinds();
    if (isPlain(args, opts)) kinds[shape.type] = (kinds[shape.type] ?? 0) + 1;
    // The SDK takes a stack trace for each declared output, for its own debugging: a fifth of a preview's time.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      super(
        `pulumi-nodejs:dynamic/posthog:${shape.type}`,
        name,
        { ...outputs, ...args, __declared: { name, kinds }, __provider: shellText(shape.type) },
        pulumi.mergeOptions({ additionalSecretOutputs: [...(shape.secrets ?? [])] }, opts ?? {}),
      );
    } catch (error) {
      Error.stackTraceLimit = limit;
      if (error instanceof Error) Error.captureStackTrace(error, new.target);
      throw error;
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}

/** Whether a resource is managed, and with the top-level account: its key is the one that all such resources need. */
function isPlain(args: object, opts: pulumi.CustomResourceOptions | undefined): boolean {
  return opts?.id === undefined && !("account" in args && args.account !== undefined);
}

/** The options of a resource that is looked up by its id instead of being managed. */
export function getOptions(
  id: pulumi.Input<pulumi.ID>,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.CustomResourceOptions {
  return { ...opts, id };
}
