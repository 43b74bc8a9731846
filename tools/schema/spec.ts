/** The parts of Pulumi's package schema that this package uses. */
export interface PackageSpec {
  readonly name: string;
  readonly version: string;
  readonly config: { readonly variables: Properties };
  readonly provider: { readonly description: string; readonly inputProperties: Properties };
  readonly types: Readonly<Record<string, ObjectSpec | EnumSpec>>;
  readonly resources: Readonly<Record<string, ResourceSpec>>;
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  readonly [about: string]: unknown;
}

/** The type of a value. */
export type TypeSpec =
  | { readonly type: "boolean" | "integer" | "number" | "string" }
  | { readonly type: "array"; readonly items: TypeSpec }
  | { readonly type: "object"; readonly additionalProperties: TypeSpec }
  | { readonly $ref: string };

/** A property with its type and description. */
export type PropertySpec = TypeSpec & {
  readonly description?: string;
  readonly secret?: true;
  readonly willReplaceOnChanges?: true;
  /** Whether the value must be known when the program runs. */
  readonly plain?: true;
};

export type Properties = Readonly<Record<string, PropertySpec>>;

export interface ObjectSpec {
  readonly type: "object";
  readonly description?: string;
  readonly properties: Properties;
  readonly required: readonly string[];
}

/** A text from a list. */
export interface EnumSpec {
  readonly type: "string";
  readonly description: string;
  readonly enum: readonly { readonly name: string; readonly value: string }[];
}

/** A resource or component. */
export interface ResourceSpec {
  readonly description: string;
  readonly isComponent?: true;
  readonly inputProperties: Properties;
  readonly requiredInputs: readonly string[];
  readonly properties: Properties;
  readonly required: readonly string[];
  readonly aliases?: readonly { readonly type: string }[];
}

export interface FunctionSpec {
  readonly description: string;
  readonly inputs: Omit<ObjectSpec, "type">;
  readonly outputs: Omit<ObjectSpec, "type">;
}

export const anything: TypeSpec = { $ref: "pulumi.json#/Any" };

/** The token of a resource, function or type of this package. */
export const tokenOf = (name: string): string => `posthog:index:${name}`;
