import type { Properties } from "../../provider/engine/state";
import { isUnknown } from "../../provider/engine/unknown";
import type { StateEntry } from "./mergeState";
import { kindOf, type PlannedResource, type ProgramPlan, titleOf, waitsFor } from "./planned";

/** The kind of resource and the output that an argument takes its value from. */
const sources: Readonly<Record<string, { readonly kind: string; readonly output: string }>> = {
  projectId: { kind: "Project", output: "projectId" },
  role: { kind: "Role", output: "roleId" },
  roleId: { kind: "Role", output: "roleId" },
  defaultRoleId: { kind: "Role", output: "roleId" },
  user: { kind: "OrganizationMember", output: "email" },
};

/**
 * Fills in references to resources in the state. A preview does not know the outputs of a resource with a pending
 * update, but an update never changes which object it is.
 *
 * @param entries the entries of the state.
 */
export function fillReferences(
  { planned, updating }: Pick<ProgramPlan, "planned" | "updating">,
  entries: readonly StateEntry[],
): PlannedResource[] {
  const there = new Map(entries.filter(({ urn }) => updating.has(urn)).map((entry) => [entry.urn, entry]));
  return planned.map((resource) => (resource.waitsFor.length === 0 ? resource : filledIn(resource, there)));
}

function filledIn(planned: PlannedResource, there: ReadonlyMap<string, StateEntry>): PlannedResource {
  const { resource, args } = planned;
  const known = Object.fromEntries(
    Object.keys(args).flatMap((name): [string, unknown][] => {
      const [source, ...others] = resource.propertyDependencies?.[name] ?? [];
      const entry = there.get(source ?? "");
      if (!isUnknown(args[name]) || entry === undefined || others.length > 0) return [];
      const value = outputFor(name, entry);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const filled = { ...args, ...known };
  const inputs: Properties = { ...resource.inputs, ...known };
  return {
    ...planned,
    resource: { ...resource, inputs },
    args: filled,
    waitsFor: waitsFor(resource, filled),
  };
}

/** The value that an argument takes from a resource; undefined for a secret, whose value stays hidden. */
function outputFor(argument: string, { urn, outputs }: StateEntry): string | number | undefined {
  const source = Object.hasOwn(sources, argument) ? sources[argument] : undefined;
  const value = source?.kind === kindOf(urn) ? outputs?.[source?.output ?? ""] : undefined;
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

/**
 * Why the arguments of a resource are unknown, as a sentence.
 *
 * @param inState whether a resource is in the state.
 */
export function whyUnknown({ waitsFor }: PlannedResource, inState: (urn: string) => boolean): string {
  const isResource = (source: string): boolean => source.startsWith("urn:");
  const words = waitsFor.filter((source) => !isResource(source));
  const resources = waitsFor.filter(isResource);
  const titles = (those: readonly string[]): string => those.map(titleOf).join(", ");
  const [absent, changing] = [resources.filter((urn) => !inState(urn)), resources.filter(inState)];
  return [
    ...(words.length === 0 ? [] : [`${words.join(", ")} is unknown before pulumi up`]),
    ...(absent.length === 0 ? [] : [`it refers to ${titles(absent)}, which is not in the state`]),
    ...(changing.length === 0
      ? []
      : [`it refers to ${titles(changing)}, which has a pending update: run pulumi up, then adopt again`]),
  ].join("; ");
}
