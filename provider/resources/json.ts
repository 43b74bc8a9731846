import type * as pulumi from "@pulumi/pulumi";

/** Any JSON value. Outputs of other resources may stand anywhere in it. */
export type JsonInput =
  | pulumi.Input<string | number | boolean | null>
  | pulumi.Input<JsonInput[]>
  | pulumi.Input<{ [key: string]: JsonInput }>;

/** A JSON object whose keys are PostHog's own, passed on as they are written. */
export type JsonObjectInput = pulumi.Input<{ [key: string]: JsonInput }>;
