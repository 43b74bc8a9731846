import type { Inputs } from "@pulumi/pulumi";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";

/**
 * Functions that Pulumi's SDK uses to serve components but does not declare: its own server supports neither resources
 * nor configuration.
 */
interface SdkInternals {
  /** Runs work with its own settings, so that several components can be created at once. */
  withLocalStorage<T>(work: () => Promise<T>): Promise<T>;
  /** Asks the engine what it supports, such as secrets. */
  awaitFeatureSupport(): Promise<void>;
  /** Waits until every registration has settled. */
  waitForRPCs(): Promise<void>;
  /** Inputs in the form that a program would pass. */
  deserializeInputs(
    inputs: ReturnType<ConstructRequest["getInputs"]>,
    dependencies: ReturnType<ConstructRequest["getInputdependenciesMap"]>,
  ): Promise<Inputs>;
}

const sources: { readonly [Name in keyof SdkInternals]: () => object } = {
  withLocalStorage: () => require("@pulumi/pulumi/runtime/state"),
  awaitFeatureSupport: () => require("@pulumi/pulumi/runtime/settings"),
  waitForRPCs: () => require("@pulumi/pulumi/runtime/settings"),
  deserializeInputs: () => require("@pulumi/pulumi/provider/server"),
};

/** Loads one of them; the SDK is bundled with the plugin, so a test notices if one is gone. */
export function sdkInternal<Name extends keyof SdkInternals>(name: Name): SdkInternals[Name] {
  const found: unknown = Reflect.get(sources[name](), name);
  if (isFunction<SdkInternals[Name]>(found)) return found;
  throw new Error(
    `@pulumi/pulumi has no ${name}: this plugin was built with a version of it that it does not know`,
  );
}

function isFunction<T>(value: unknown): value is T {
  return typeof value === "function";
}
