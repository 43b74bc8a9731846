import { z } from "zod";
import type { Properties } from "../../provider/engine/state";
import { containsUnknown } from "../../provider/engine/unknown";
import { containsMasked, containsSecret, revealed } from "./secrets";

/** Begins the type of every resource of this package. */
const ownTypes = "pulumi-nodejs:dynamic/posthog:";
/** What the class sends along for messages; it never reaches the state. */
const declaredKey = "__declared";
const providerKey = "__provider";

const properties = z.record(z.string(), z.unknown());
const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean(),
  inputs: properties.optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  additionalSecretOutputs: z.array(z.string()).nullish(),
});

/** A resource as Pulumi's state has it; fields that are not named here pass. */
export type StateResource = z.infer<typeof resourceSchema>;

const previewSchema = z.object({
  steps: z
    .array(z.object({ op: z.string(), urn: z.string(), newState: resourceSchema.optional() }))
    .default([]),
  diagnostics: z.array(z.object({ message: z.string().default(""), severity: z.string() })).default([]),
});

const planSchema = z.object({
  resourcePlans: z
    .record(
      z.string(),
      z.looseObject({
        goal: z
          .looseObject({ inputDiff: z.looseObject({ adds: properties.optional() }).optional() })
          .nullish(),
        steps: z.array(z.string()).nullish(),
      }),
    )
    .default({}),
});

/** A resource of this package that the program declares and the state does not have. */
export interface PlannedResource {
  /** As it would stand in the state, but for id and outputs. */
  readonly resource: StateResource;
  /** Name behind `pulumi-nodejs:dynamic/posthog:`. */
  readonly kind: string;
  /** Its name in the program. */
  readonly name: string;
  /** Its arguments, secrets in clear. */
  readonly args: Properties;
  /** Names of the arguments that hold a secret. */
  readonly secrets: ReadonlySet<string>;
  /** The resources that have to be in the state before its arguments are known; empty when they are. */
  readonly waitsFor: readonly string[];
}

/** What a program declares beside its state. */
export interface ProgramPlan {
  /** Resources of this package that are not in the state, in the order of the program. */
  readonly planned: readonly PlannedResource[];
  /** The stack itself and components that are not in the state, by URN. */
  readonly components: ReadonlyMap<string, StateResource>;
  /** The configuration of each provider that is not in the state, by URN; a refresh goes by it. */
  readonly providers: ReadonlyMap<string, Properties>;
  /** How many resources of this package are in the state already. */
  readonly kept: number;
  /** URNs of what the next update would change in place, so that a preview does not know its outputs. */
  readonly updating: ReadonlySet<string>;
}

/** Reads what `pulumi preview --json` printed and what `--save-plan` saved, which alone has the secrets. */
export function readPlan(preview: string, plan: string): ProgramPlan {
  const { steps } = previewSchema.parse(JSON.parse(preview));
  const { resourcePlans } = planSchema.parse(JSON.parse(plan));
  const creates = steps.flatMap(({ op, newState }) =>
    op === "create" && newState !== undefined ? [newState] : [],
  );
  const own = Object.entries(resourcePlans).filter(([urn]) => kindOf(urn) !== undefined);
  return {
    planned: creates
      .filter(({ type }) => type.startsWith(ownTypes))
      .map((resource) => toPlanned(resource, resourcePlans[resource.urn]?.goal?.inputDiff?.adds)),
    components: new Map(creates.filter(({ custom }) => !custom).map((resource) => [resource.urn, resource])),
    providers: new Map(
      Object.entries(resourcePlans)
        .filter(([urn]) => typeOf(urn).startsWith("pulumi:providers:"))
        .map(([urn, { goal }]) => [urn, goal?.inputDiff?.adds ?? {}]),
    ),
    kept: own.filter(
      ([, { steps: made }]) => !(made ?? []).some((step) => step === "create" || step === "read"),
    ).length,
    updating: new Set(
      Object.entries(resourcePlans).flatMap(([urn, { steps: made }]) =>
        made?.length === 1 && made[0] === "update" ? [urn] : [],
      ),
    ),
  };
}

/** What a preview that failed complains of, one line each; empty when it says nothing. */
export function complaintsOf(preview: string): string[] {
  try {
    return previewSchema
      .parse(JSON.parse(preview))
      .diagnostics.filter(({ severity }) => severity === "error")
      .map(({ message }) => message.replace(/<\{%[^%]*%\}>/g, "").trim())
      .filter((message) => message !== "");
  } catch {
    return [];
  }
}

/** The kind of a resource of this package, such as `Role`; undefined for everybody else's. */
export function kindOf(urn: string): string | undefined {
  const type = typeOf(urn);
  return type.startsWith(ownTypes) ? type.slice(ownTypes.length) : undefined;
}

/** The name that the program gave a resource. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** How reports call a resource: `Role "analysts"`. */
export function titleOf(urn: string): string {
  return `${kindOf(urn) ?? typeOf(urn)} "${nameOf(urn)}"`;
}

/** The type of a resource, without those of its parents. */
function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

function toPlanned(shown: StateResource, adds: Properties | undefined): PlannedResource {
  const { [declaredKey]: _sent, ...told } = adds ?? {};
  const inputs = containsMasked(shown.inputs) && adds !== undefined ? told : (shown.inputs ?? {});
  const resource = { ...shown, inputs };
  const { [providerKey]: _text, ...own } = inputs;
  return {
    resource,
    kind: resource.type.slice(ownTypes.length),
    name: nameOf(resource.urn),
    args: Object.fromEntries(Object.entries(own).map(([name, value]) => [name, revealed(value)])),
    secrets: new Set(Object.keys(own).filter((name) => containsSecret(own[name]))),
    waitsFor: waitsFor(resource, own),
  };
}

/** The resources that arguments which are not known yet refer to; without any, the arguments themselves in words. */
export function waitsFor(
  { propertyDependencies }: Pick<StateResource, "propertyDependencies">,
  args: Properties,
): string[] {
  const unknown = Object.keys(args).filter((name) => containsUnknown(revealed(args[name])));
  const sources = unknown.flatMap((name) => propertyDependencies?.[name] ?? []);
  if (unknown.length > 0 && sources.length === 0) return unknown.map((name) => `the value of ${name}`);
  return [...new Set(sources)];
}
