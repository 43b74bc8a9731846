/** Values by name, as the engine keeps a resource's inputs and outputs. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * What an activity log entry that caused a difference looks like. All given conditions have to match; of several
 * traces, one is enough.
 */
export interface Trace {
  /** PostHog's name of the kind of object, such as `OrganizationMembership`. */
  readonly scope: string;
  /** What was done: one of `created`, `updated`, `deleted` and others. */
  readonly activities: readonly string[];
  /** PostHog's possible ids of the object. Missing if the id is no longer known. */
  readonly itemIds?: readonly string[];
  /** The project's number, for servers that record it. */
  readonly projectId?: number;
  /** Possible names of the changed field in the log. Missing if the entry as a whole shows the change. */
  readonly fields?: readonly string[];
  /** How the log may write the field's current value; missing if it cannot be compared. */
  readonly after?: readonly unknown[];
  /** The values in the entry's context, by name; null for a value that must be missing. */
  readonly context?: Readonly<Record<string, string | null>>;
  /** Texts that the entry's name has to contain, all of them, in any case. */
  readonly mentions?: readonly string[];
  /** Whether such an entry may equally be about something else. */
  readonly isIndirect?: true;
}

/** Who is in the organization and which roles it has, for names that the stack writes differently. */
export interface NameDirectory {
  readonly people: readonly {
    readonly userUuid: string;
    readonly membershipId: string;
    readonly email: string;
  }[];
  readonly roles: readonly { readonly id: string; readonly name: string }[];
}

/** One difference, with everything that shows where the log records it. */
export interface Seen {
  /** The resource's id. */
  readonly id: string;
  /** Its outputs in the stack. */
  readonly state: Values;
  /** The argument, followed by the keys that lead to the value; empty for the whole object. */
  readonly path: readonly string[];
  /** The value in PostHog. */
  readonly actual?: unknown;
  readonly directory: NameDirectory;
}

/** What an entry that caused a difference looks like; empty if PostHog's log has no such entries. */
export type Tracer = (seen: Seen) => readonly Trace[];

/** Where the log shows changes to one kind of resource. */
export interface ResourceTraces {
  /** Who deleted it. */
  readonly gone: Tracer;
  /**
   * Who changed an argument; `local` for those that PostHog does not store, such as the limit of removals in an update,
   * which never differ.
   */
  readonly properties: Readonly<Record<string, Tracer | "local">>;
}

export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

/** The texts that are not missing. */
export function texts(...values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}

/** PostHog's spelling of one of our names: `jitProvisioning` is `jit_provisioning`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
