import * as z from "zod";
import { kindOfType } from "../../provider/access/typeTokens";
import type { Properties } from "../../provider/engine/state";
import { containsUnknown } from "../../provider/engine/unknown";
import { jsonOf, readPrinted } from "../common/pulumi";
import { containsMasked, containsSecret, revealed } from "./secrets";

/** What the class adds for messages; it never reaches the state. */
const declaredKey = "__declared";
const providerKey = "__provider";
/** Only the provider reads this. */
const stableKey = "__stable";
const secretsKey = "__secrets";

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

/** A resource in Pulumi's state; other fields are kept. */
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

/** A resource of this package that the program declares and the state lacks. */
export interface PlannedResource {
  /** Its entry in the state, without id and outputs. */
  readonly resource: StateResource;
  /** Its kind, such as `Project`. */
  readonly kind: string;
  /** Its name in the program. */
  readonly name: string;
  /** Its arguments, secrets in plain text. */
  readonly args: Properties;
  readonly secrets: ReadonlySet<string>;
  /** The resources that must be in the state before its arguments are known; empty if they are. */
  readonly waitsFor: readonly string[];
}

/** What a program declares compared with its state. */
export interface ProgramPlan {
  /** Resources of this package that are not in the state, in program order. */
  readonly planned: readonly PlannedResource[];
  /** The stack itself and components that are not in the state, by URN. */
  readonly components: ReadonlyMap<string, StateResource>;
  /** The configuration of each provider that is not in the state, by URN; a refresh uses it. */
  readonly providers: ReadonlyMap<string, Properties>;
  /** How many resources of this package the state has. */
  readonly kept: number;
  /** URNs of resources that the next update changes in place, whose outputs a preview does not know. */
  readonly updating: ReadonlySet<string>;
}

/**
 * Reads the output of `pulumi preview --json` and the file of `--save-plan`, which contains the secrets.
 *
 * @throws ConfigurationError if they are something else.
 */
export function readPlan(preview: string, plan: string): ProgramPlan {
  const { steps } = readPrinted(previewSchema, preview, "pulumi preview --json");
  const { resourcePlans } = readPrinted(planSchema, plan, "pulumi preview --save-plan");
  const creates = steps.flatMap(({ op, newState }) =>
    op === "create" && newState !== undefined ? [newState] : [],
  );
  const own = Object.entries(resourcePlans).filter(([urn]) => kindOf(urn) !== undefined);
  return {
    planned: creates.flatMap((resource) => {
      const kind = resource.custom ? kindOfType(resource.type) : undefined;
      const adds = resourcePlans[resource.urn]?.goal?.inputDiff?.adds;
      return kind === undefined ? [] : [toPlanned(resource, kind, adds)];
    }),
    components: new Map(creates.filter(({ custom }) => !custom).map((resource) => [resource.urn, resource])),
    providers: new Map(
      Object.entries(resourcePlans)
        .filter(([urn]) => typeOf(urn).startsWith("pulumi:providers:"))
        .map(([urn, { goal }]) => [urn, goal?.inputDiff?.adds ?? {}]),
    ),
    kept: own.filter(
      ([, { steps: ops }]) => !(ops ?? []).some((step) => step === "create" || step === "read"),
    ).length,
    updating: new Set(
      Object.entries(resourcePlans).flatMap(([urn, { steps: ops }]) =>
        ops?.length === 1 && ops[0] === "update" ? [urn] : [],
      ),
    ),
  };
}

/** The errors of a failed preview, one line each. */
export function previewErrors(preview: string): string[] {
  const { data } = previewSchema.safeParse(jsonOf(preview));
  return (data?.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message.replace(/<\{%[^%]*%\}>/g, "").trim())
    .filter((message) => message !== "");
}

/** The kind of a resource of this package, such as `Role`; undefined for any other. */
export function kindOf(urn: string): string | undefined {
  return kindOfType(typeOf(urn));
}

/** The name of a resource in the program. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A resource in reports: `Role "analysts"`. */
export function titleOf(urn: string): string {
  return `${kindOf(urn) ?? typeOf(urn)} "${nameOf(urn)}"`;
}

/** The type of a resource, without the types of its parents. */
function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

function toPlanned(shown: StateResource, kind: string, adds: Properties | undefined): PlannedResource {
  const { [declaredKey]: _sent, ...planned } = adds ?? {};
  const inputs = containsMasked(shown.inputs) && adds !== undefined ? planned : (shown.inputs ?? {});
  const resource = { ...shown, inputs };
  const { [providerKey]: _text, [stableKey]: _stable, [secretsKey]: _names, ...own } = inputs;
  return {
    resource,
    kind,
    name: nameOf(resource.urn),
    args: Object.fromEntries(Object.entries(own).map(([name, value]) => [name, revealed(value)])),
    secrets: new Set(Object.keys(own).filter((name) => containsSecret(own[name]))),
    waitsFor: waitsFor(resource, own),
  };
}

/** The resources that unknown arguments refer to; if there are none, the arguments themselves. */
export function waitsFor(
  { propertyDependencies }: Pick<StateResource, "propertyDependencies">,
  args: Properties,
): string[] {
  const unknown = Object.keys(args).filter((name) => containsUnknown(revealed(args[name])));
  const sources = unknown.flatMap((name) => propertyDependencies?.[name] ?? []);
  if (unknown.length > 0 && sources.length === 0) return unknown.map((name) => `the value of ${name}`);
  return [...new Set(sources)];
}
