import { kindOfType } from "../../access/typeTokens";
import { isUnknown } from "../../engine/unknown";

/** Arguments and outputs by name; what a preview cannot know is the engine's unknown value. */
export type Values = Readonly<Record<string, unknown>>;

/** One resource of this package, as a rule sees it. */
export interface DeclaredResource {
  /** Its kind, such as `Project`. */
  readonly kind: string;
  /** Its name in the program. */
  readonly name: string;
  /** The engine's name for it. */
  readonly urn: string;
  /** Its arguments, as the program declares them. */
  readonly values: Values;
  /**
   * What PostHog returned for it, in this run or an earlier one, including the arguments. Missing if the rule checks
   * the resource alone, before it is changed.
   */
  readonly outputs?: Values;
  /** URNs of the resources that an argument comes from, by argument. Only for rules over the stack. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** A resource as the engine shows it: with its arguments before it is changed, with its outputs at the end. */
interface ShownResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: object;
  readonly propertyDependencies?: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/** Reads a resource before it is changed; undefined for resources of other packages. */
export function declaredResource({ type, name, urn, props }: ShownResource): DeclaredResource | undefined {
  const kind = kindOfType(type);
  if (kind === undefined) return undefined;
  return { kind, name, urn, values: plainValues(props), sources: {} };
}

/**
 * Reads a resource at the end, with the arguments that it had before: outputs alone would show what PostHog has, which
 * may not match the program yet, or may contain more.
 */
export function finishedResource(
  shown: ShownResource,
  declared: DeclaredResource | undefined,
): DeclaredResource | undefined {
  const resource = declaredResource(shown);
  if (resource === undefined) return undefined;
  const { values: outputs } = resource;
  const sources = Object.entries(shown.propertyDependencies ?? {}).map(([argument, from]) => [
    argument,
    from.map(({ urn }) => urn),
  ]);
  return { ...resource, values: declared?.values ?? outputs, outputs, sources: Object.fromEntries(sources) };
}

/** Pulumi wraps the values in a proxy that throws on each one that is not known yet; property descriptors bypass it. */
function plainValues(props: object): Values {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(props));
  return Object.fromEntries(descriptors.map(([key, { value }]) => [key, value]));
}

/** A test for resources of these kinds. */
export function isKind(...kinds: readonly string[]): (resource: DeclaredResource) => boolean {
  return ({ kind }) => kinds.includes(kind);
}

/** A value if it is a known text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** The known texts of a list; empty for anything else. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((item) => textOf(item) ?? []) : [];
}

/** The entries of an object; empty for anything else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

export function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** The name of a resource in violations: `Project "production"`. */
export function titleOf({ kind, name }: DeclaredResource): string {
  return `${kind} ${JSON.stringify(name)}`;
}
