import * as pulumi from "@pulumi/pulumi";
import { getAllResources } from "@pulumi/pulumi/output";

/** The names of this package's resources in messages: a resource itself, or all children of a component. */
const labels = new WeakMap<pulumi.Resource, string[]>();

/** Registers a resource for those that depend on it, or on its component. */
export function label(resource: pulumi.Resource, kind: string, name: string, parent?: pulumi.Resource): void {
  for (const known of [resource, ...(pulumi.ComponentResource.isInstance(parent) ? [parent] : [])]) {
    labels.set(known, [...(labels.get(known) ?? []), `${kind} "${name}"`]);
  }
}

/**
 * The resources of this package that have to settle before another one is registered: those in `dependsOn`, those whose
 * outputs are among its arguments, and its parent.
 */
export function dependenciesOf(
  args: object,
  { dependsOn, parent }: Pick<pulumi.CustomResourceOptions, "dependsOn" | "parent">,
): pulumi.Output<string[]> {
  const implicitly = getAllResources(pulumi.output({ ...args })).then((resources) => [...resources]);
  return pulumi.all([pulumi.output(dependsOn ?? []), implicitly]).apply(([explicit, implicit]) => {
    // A parent component does not come first: the engine does not wait for its other children.
    const first = pulumi.CustomResource.isInstance(parent) ? [parent] : [];
    const resources = new Set([explicit, implicit, first].flat());
    return [...resources].flatMap((resource) => labels.get(resource) ?? []);
  });
}
