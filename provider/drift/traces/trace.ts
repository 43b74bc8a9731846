/** Values by name, as the engine keeps a resource's inputs and outputs. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * What an entry of the activity log looks like that is behind a difference. Everything that is given has to hold; of
 * several traces one is enough.
 */
export interface Trace {
  /** PostHog's name of the kind of object, such as `OrganizationMembership`. */
  readonly scope: string;
  /** What was done: `created`, `updated`, `deleted` and others; one of them. */
  readonly activities: readonly string[];
  /** PostHog's ids of the object; one of them. Missing where the id is not known any more. */
  readonly itemIds?: readonly string[];
  /** The project's number, for servers that note it. */
  readonly projectId?: number;
  /** Names of the changed field in the log; one of them. Missing if the entry as a whole shows it. */
  readonly fields?: readonly string[];
  /** How the log may write the field's current value; missing if it cannot be compared. */
  readonly after?: readonly unknown[];
  /** What the entry's context says, by name; null for what it does not say. */
  readonly context?: Readonly<Record<string, string | null>>;
  /** Texts that the entry's name has, all of them, in any case. */
  readonly mentions?: readonly string[];
  /** Whether an entry like that may just as well be about something else. */
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

/** One thing that differs, with everything that shows where the log records it. */
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

/** What an entry behind a difference looks like; none if PostHog's log has no such entries. */
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
