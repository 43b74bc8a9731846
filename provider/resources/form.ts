import type * as pulumi from "@pulumi/pulumi";
import { dynamicType, nativeType } from "../access/typeTokens";
import { shellText } from "../engine/shell";

/** How resources are registered: their type, and how the engine finds their provider. */
export interface Form {
  type(kind: string): string;
  /**
   * What accompanies the arguments.
   *
   * @param about what the provider learns about the resource and its program.
   * @param marks empty inputs, which make outputs secret.
   */
  properties(kind: string, about: object, marks: Record<string, unknown>): Record<string, unknown>;
  options(kind: string): pulumi.CustomResourceOptions;
}

/** Served by the program's own Node process: the text in the state names the package. */
const dynamicForm: Form = {
  type: dynamicType,
  properties: (kind, about, marks) => ({
    ...marks,
    __declared: about,
    __stable: undefined,
    __provider: shellText(kind),
  }),
  options: () => ({}),
};

/** Served by the plugin, which the engine finds by the type, and which marks its secrets itself. */
const nativeForm: Form = {
  type: nativeType,
  properties: () => ({}),
  options: (kind) => ({ aliases: [{ type: dynamicType(kind) }] }),
};

let form = dynamicForm;

/** The form of every resource of this process. */
export function currentForm(): Form {
  return form;
}

/** Registers resources for the plugin from now on; the plugin calls this before it creates a component. */
export function useNativeForm(): void {
  form = nativeForm;
}
