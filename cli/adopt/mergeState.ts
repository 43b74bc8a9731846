import * as z from "zod";
import type { Observed } from "../../provider/engine/handler";
import { type Properties, sameJson } from "../../provider/engine/state";
import { unknownValue } from "../../provider/engine/unknown";
import { readPrinted } from "../common/pulumi";
import type { PlannedResource, ProgramPlan, StateResource } from "./planned";
import { toSecret } from "./secrets";

const stateSchema = z.looseObject({
  version: z.literal(3),
  deployment: z.looseObject({
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          id: z.string().optional(),
          outputs: z.record(z.string(), z.unknown()).nullish(),
          external: z.boolean().optional(),
          delete: z.boolean().optional(),
        }),
      )
      .optional(),
  }),
});

/** A stack's state in the output of `pulumi stack export`. */
export type StackState = z.infer<typeof stateSchema>;

export type StateEntry = NonNullable<StackState["deployment"]["resources"]>[number];

/**
 * Reads what `pulumi stack export` printed.
 *
 * @throws ConfigurationError if it is no state.
 */
export function parseState(text: string): StackState {
  return readPrinted(stateSchema, text, "pulumi stack export");
}

/** A resource and its existing object. */
export interface Found {
  readonly planned: PlannedResource;
  readonly observed: Observed;
}

interface MergeContext {
  /** The current time, ISO 8601. */
  readonly now: string;
  /** Id for the stack's entry of the dynamic provider, if it has none yet. */
  readonly providerId: string;
}

/** A state with the found objects, and what has no place in it. */
interface Merged {
  readonly state: StackState;
  /** URNs of resources whose parent is not in the state. */
  readonly orphans: ReadonlySet<string>;
}

/** Adds existing objects to a state, after everything that they refer to. */
export function mergeState(
  state: StackState,
  { components, providers }: Pick<ProgramPlan, "components" | "providers">,
  found: readonly Found[],
  context: MergeContext,
): Merged {
  const resources: Properties[] = [...(state.deployment.resources ?? [])];
  const known = new Set((state.deployment.resources ?? []).map(({ urn }) => urn));
  const orphans = new Set<string>();
  const add = (resource: StateResource, parts: Properties): void => {
    resources.push({ ...bare(resource, known), ...parts, created: context.now, modified: context.now });
    known.add(resource.urn);
  };
  const placeParent = (urn: string | undefined): boolean => {
    if (urn === undefined || known.has(urn)) return true;
    const component = components.get(urn);
    if (component === undefined || !placeParent(component.parent)) return false;
    add(component, {});
    return true;
  };
  for (const { planned, observed } of found) {
    const { resource } = planned;
    if (!placeParent(resource.parent)) {
      orphans.add(resource.urn);
      continue;
    }
    const provider = providerOf(resource, context.providerId);
    if (provider !== undefined && !known.has(provider.urn)) {
      add(
        { urn: provider.urn, type: provider.type, custom: true },
        { id: provider.id, ...configured(providers.get(provider.urn)) },
      );
    }
    add(resource, { ...provider?.reference, ...filled(planned, observed) });
  }
  return {
    state: {
      ...state,
      deployment: { ...state.deployment, resources: resources as StateEntry[] },
    },
    orphans,
  };
}

/** An entry without positions in the program's source, and without references to anything missing from the state. */
function bare(
  { stackTrace: _trace, sourcePosition: _at, ...resource }: StateResource,
  known: ReadonlySet<string>,
): Properties {
  const there = (urns: readonly string[] | null | undefined): string[] =>
    (urns ?? []).filter((urn) => known.has(urn));
  const { dependencies, propertyDependencies } = resource;
  return {
    ...resource,
    ...(dependencies == null ? {} : { dependencies: there(dependencies) }),
    ...(propertyDependencies == null
      ? {}
      : {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([name, urns]) => [name, there(urns)]),
          ),
        }),
  };
}

/** Id, arguments and outputs as the next refresh would write them. */
function filled({ resource, args, secrets }: PlannedResource, { id, inputs, outputs }: Observed): Properties {
  const { __provider, __secrets } = resource.inputs ?? {};
  const own = { ...(__secrets === undefined ? {} : { __secrets }), __provider };
  const hidden = new Set([...secrets, ...(resource.additionalSecretOutputs ?? [])]);
  const encode = (values: Properties): Properties =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const declared = resource.inputs?.[name];
        if (declared !== undefined && sameJson(value, args[name])) return [name, declared];
        return [name, hidden.has(name) ? toSecret(value) : value];
      }),
    );
  return { id, inputs: { ...encode(inputs), ...own }, outputs: { ...encode(outputs), ...own } };
}

/** A provider's configuration as the engine stores it. */
function configured(configuration: Properties = {}): Properties {
  return Object.keys(configuration).length === 0 ? {} : { inputs: configuration, outputs: configuration };
}

/** The provider's entry for a reference `<URN>::<id>`; a preview has no id for a new one. */
function providerOf(
  { provider }: StateResource,
  newId: string,
): { urn: string; type: string; id: string; reference: { provider: string } } | undefined {
  if (provider === undefined) return undefined;
  const at = provider.lastIndexOf("::");
  const [urn, given] = [provider.slice(0, at), provider.slice(at + 2)];
  const id = given === unknownValue ? newId : given;
  return { urn, id, type: urn.split("::")[2] ?? "", reference: { provider: `${urn}::${id}` } };
}
