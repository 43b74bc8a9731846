import * as pulumi from "@pulumi/pulumi";
import { getAllResources } from "@pulumi/pulumi/output";

/** How messages name the resources of this package: a resource itself, or all that a component has as its children. */
const labels = new WeakMap<pulumi.Resource, string[]>();

/** Makes a resource known to those that depend on it, or on the component that it belongs to. */
export function label(resource: pulumi.Resource, kind: string, name: string, parent?: pulumi.Resource): void {
  for (const known of [resource, ...(pulumi.ComponentResource.isInstance(parent) ? [parent] : [])]) {
    labels.set(known, [...(labels.get(known) ?? []), `${kind} "${name}"`]);
  }
}

/**
 * The resources of this package that are settled before another one is registered: those in `dependsOn`, those whose
 * outputs are among its arguments, and its parent.
 */
export function dependenciesOf(
  args: object,
  { dependsOn, parent }: Pick<pulumi.CustomResourceOptions, "dependsOn" | "parent">,
): pulumi.Output<string[]> {
  const implicitly = getAllResources(pulumi.output({ ...args })).then((resources) => [...resources]);
  return pulumi.all([pulumi.output(dependsOn ?? []), implicitly]).apply(([explicit, implicit]) => {
    // A component as a parent does not come first: its other children are not waited for.
    const first = pulumi.CustomResource.isInstance(parent) ? [parent] : [];
    const resources = new Set([explicit, implicit, first].flat());
    return [...resources].flatMap((resource) => labels.get(resource) ?? []);
  });
}
