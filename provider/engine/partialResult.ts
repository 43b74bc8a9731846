import { messageOf } from "../posthog/errors";
import type { Properties } from "./state";

/** A write failed after the object existed. The engine keeps `id` and `properties`, and the next run goes on. */
export class PartialResultError extends Error {
  readonly reasons: readonly string[];

  constructor(
    readonly id: string,
    readonly properties: Properties,
    cause: unknown,
  ) {
    super(messageOf(cause));
    this.name = "HalfMadeError";
    this.reasons = [this.message];
  }
}
