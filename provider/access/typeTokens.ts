/**
 * The types of this package's resources, as the engine and states write them. Each kind has two: one for the npm
 * package, which the program's own Node process serves, and one for the plugin for other languages.
 */

/** The type in the npm package. */
export const dynamicType = (kind: string): string => `pulumi-nodejs:dynamic/posthog:${kind}`;

/** The type in the plugin. */
export const nativeType = (kind: string): string => `posthog:index:${kind}`;

/** The type of the component, which consists of resources but is not one. It is the same in both. */
export const accessMatrixType = nativeType("AccessMatrix");

/** A bridged Terraform provider called `posthog` has types such as `posthog:index/project:Project`. */
const ownType = /^(?:pulumi-nodejs:dynamic\/posthog|posthog:index):([^:/$]+)$/;

/**
 * The kind of a resource of this package, such as `Project`, from its type in either form; undefined for any other
 * type.
 */
export function kindOfType(type: string): string | undefined {
  return type === accessMatrixType ? undefined : ownType.exec(type)?.[1];
}

/** Whether a type is one of the plugin's. */
export function isNativeType(type: string): boolean {
  return kindOfType(type) !== undefined && type.startsWith(nativeType(""));
}
