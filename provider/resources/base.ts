import * as pulumi from "@pulumi/pulumi";
import { pathToLostName } from "../access/values";
import type { OutputSecrecy } from "../engine/secretOutputs";
import { dependenciesOf, label } from "./dependencies";
import { currentForm } from "./form";
import { knownInPreviews, missingInPreviews, type Rule } from "./previews";
import { secrecyOf } from "./secrecy";

/** Arguments that every resource takes. */
export interface CommonArgs {
  /**
   * Name of an entry of `posthog:accounts`: another organization, key or region in the same program. Another account of
   * the same organization changes nothing in PostHog: the preview shows an update that only records the name. Default:
   * the top-level configuration.
   */
  account?: pulumi.Input<string>;
  /**
   * The organization, as UUID or slug. Another spelling of the same organization changes nothing; another organization
   * replaces. Default: `posthog:organizationId`, or the key's only organization.
   */
  organizationId?: pulumi.Input<string>;
  /**
   * Whether to adopt an existing object instead of failing. The preview says which object it adopts and what changes.
   * Default false.
   */
  adopt?: pulumi.Input<boolean>;
}

/** Where `get` finds an existing object. */
export type GetArgs = Pick<CommonArgs, "account" | "organizationId">;

/** The properties of a resource class. */
interface ResourceShape {
  /** Name behind `pulumi-nodejs:dynamic/posthog:`. */
  readonly type: string;
  /** Its own arguments. Each is also an output, even if the program leaves it out. */
  readonly args: readonly string[];
  readonly outputs: readonly string[];
  /** Outputs that derive from the id, the arguments or the server's address. */
  readonly known?: Readonly<Record<string, Rule>>;
  /** Outputs that PostHog only has while this argument is `enabled: true`. */
  readonly switched?: Readonly<Record<string, string>>;
  /** Which outputs are secret; missing if none can be. */
  readonly secrecy?: OutputSecrecy;
  /** Whether previews depend on the order of resources. */
  readonly ordered?: boolean;
}

/** How many resources of each kind a program declares, by the kind's name. */
type DeclaredKinds = Record<string, number>;

/** One entry per run of a program: several may run in one process. */
const programs = new WeakMap<object, DeclaredKinds>();
const withoutEngine = {};

/**
 * The kinds of resource that the running program has declared so far. The object keeps counting: by the time the first
 * resource reaches the engine, a program that does not wait has declared all of them.
 */
function declaredKinds(): DeclaredKinds {
  const run = pulumi.runtime.getMonitor() ?? withoutEngine;
  const known = programs.get(run) ?? {};
  programs.set(run, known);
  return known;
}

/**
 * Whether nothing can change while the program's functions read: in a preview, and in an update until the program
 * declares its first resource. A process without an engine is not a program.
 */
export function nothingChanges(): boolean {
  const run = pulumi.runtime.getMonitor();
  return run !== undefined && (pulumi.runtime.isDryRun() || !programs.has(run));
}

/** The base of every resource: it names the provider, declares the outputs, and marks the secret ones. */
export abstract class PosthogResource extends pulumi.CustomResource {
  /** UUID of the organization that the object belongs to. */
  declare public readonly organizationUuid: pulumi.Output<string>;

  protected constructor(
    shape: ResourceShape,
    name: string,
    args: object,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    refuseLostNames(shape.type, name, args);
    const outputs = Object.fromEntries(
      [...shape.args, ...shape.outputs, "organizationUuid"].map((output) => [output, undefined]),
    );
    const form = currentForm();
    const kinds = declaredKinds();
    if (isPlain(args, opts)) kinds[shape.type] = (kinds[shape.type] ?? 0) + 1;
    const dependencies = shape.ordered === true ? { dependencies: dependenciesOf(args, opts ?? {}) } : {};
    const { inputs, secrets } = secrecyOf(args, shape.secrecy?.derived);
    const declared = {
      name,
      kinds,
      hidden: opts?.additionalSecretOutputs ?? [],
      ...dependencies,
      ...(secrets === undefined ? {} : { secrets }),
    };
    // The SDK captures a stack trace for each declared output, for its own debugging, which takes a fifth of a
    // preview's time.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      super(
        form.type(shape.type),
        name,
        { ...outputs, ...printable(args), ...form.properties(shape.type, declared, inputs) },
        pulumi.mergeOptions(
          { ...form.options(shape.type), additionalSecretOutputs: [...(shape.secrecy?.secrets ?? [])] },
          opts ?? {},
        ),
      );
    } catch (error) {
      Error.stackTraceLimit = limit;
      if (error instanceof Error) Error.captureStackTrace(error, new.target);
      throw error;
    } finally {
      Error.stackTraceLimit = limit;
    }
    label(this, shape.type, name, opts?.parent);
    if (!pulumi.runtime.isDryRun() || opts?.id !== undefined) return;
    const hidden = new Set(opts?.additionalSecretOutputs);
    const open = [...shape.outputs, "organizationUuid"].filter((output) => !hidden.has(output));
    Object.assign(this, knownInPreviews(this, open, shape.known ?? {}));
    Object.assign(this, missingInPreviews(this, args, shape.switched ?? {}));
  }
}

/** Pulumi would silently drop an entry called `__proto__` on the way to the provider. */
function refuseLostNames(type: string, name: string, args: object): void {
  const path = pathToLostName(args);
  if (path === undefined) return;
  throw new pulumi.RunError(
    `${type} "${name}": ${path.join(".")} cannot be sent\n` +
      "  why: JavaScript drops entries of objects that are called __proto__, so PostHog would never get it\n" +
      "  fix: name a role by its id; call anything else by another name",
  );
}

/** The arguments in a form that the SDK can print: it cannot print an object with a role called `toString`. */
function printable(args: object): Record<string, unknown> {
  const isMute = (value: unknown): boolean =>
    typeof value === "object" && value !== null && Object.hasOwn(value, "toString");
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, isMute(value) ? pulumi.output(value) : value]),
  );
}

/** Whether a resource is managed with the top-level account, whose key all such resources need. */
function isPlain(args: object, opts: pulumi.CustomResourceOptions | undefined): boolean {
  return opts?.id === undefined && !("account" in args && args.account !== undefined);
}

/** The options of a resource that is read by its id instead of being managed. */
export function getOptions(
  id: pulumi.Input<pulumi.ID>,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.CustomResourceOptions {
  return { ...opts, id };
}
