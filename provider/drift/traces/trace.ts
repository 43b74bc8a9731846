import type { NameDirectory, Trace, Values } from "../model";

/** One thing that differs, with all that tells where the log would show it. */
export interface Seen {
  /** The resource's id. */
  readonly id: string;
  /** Its outputs as the stack has them. */
  readonly state: Values;
  /** The argument, and below it the keys that lead to the value; empty for the whole object. */
  readonly path: readonly string[];
  /** The value in PostHog. */
  readonly actual?: unknown;
  readonly directory: NameDirectory;
}

/** Tells what an entry looks like that is behind a difference; none where PostHog's log has no such entries. */
export type Tracer = (seen: Seen) => readonly Trace[];

/** Where the log shows what happens to one kind of resource. */
export interface ResourceTraces {
  /** Who deleted it. */
  readonly gone: Tracer;
  /**
   * Who changed an argument; `local` for those that PostHog knows nothing of, such as how many removals an update may
   * make, which never differ.
   */
  readonly properties: Readonly<Record<string, Tracer | "local">>;
}

/** A text among the state's values. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

/** The texts that there are. */
export function texts(...values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}

/** PostHog's spelling of a name of ours: `jitProvisioning` is `jit_provisioning`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
