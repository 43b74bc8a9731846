import type { ActivityEntry } from "../audit/entry";

/** Values by name, as the engine keeps a resource's inputs and outputs. */
export type Values = Readonly<Record<string, unknown>>;

/** What is wrong: something has another value, is not there any more, or is there without being managed. */
export type DifferenceKind = "changed" | "gone" | "unmanaged";

/** Where the program declares a resource. */
export interface SourcePlace {
  /** Path below the program's folder. */
  readonly file: string;
  readonly line: number;
}

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
  /** Names of the changed field in the log; one of them. Missing where the entry as a whole tells it. */
  readonly fields?: readonly string[];
  /** How the log may write the field's value as it is now; missing where it cannot be compared. */
  readonly after?: readonly unknown[];
  /** What the entry's context says, by name; null for what it does not say. */
  readonly context?: Readonly<Record<string, string | null>>;
  /** Texts that the entry's name has, all of them, in any case. */
  readonly mentions?: readonly string[];
  /** Whether an entry like that may just as well be about something else. */
  readonly isVague?: true;
}

/** One thing that is not as the stack or the matrix has it. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** Kind of resource, such as `ProjectMember`; of what nobody manages the kind of thing, such as `grant`. */
  readonly type: string;
  /** What it is, in words: `role "Editors"`. */
  readonly title: string;
  /** What it is the same by in every version, whatever its title says; only of what nobody manages. */
  readonly identity?: string;
  /** The resource's name in the program, or the entry's in the matrix; missing for what nobody manages. */
  readonly name?: string;
  /** The engine's name of the resource. */
  readonly urn?: string;
  /** What of it differs, such as `members.ann@acme.com`; missing where it is the whole object. */
  readonly property?: string;
  /** The value in the stack or the matrix; missing for none. */
  readonly expected?: unknown;
  /** The value in PostHog; missing for none. */
  readonly actual?: unknown;
  readonly traces: readonly Trace[];
  /** When the stack last wrote the resource, ISO 8601: what happened before cannot be behind it. */
  readonly writtenAt?: string;
  readonly place?: SourcePlace;
  /** Whether the last update of the resource broke off half-way, so that it may be behind the difference. */
  readonly isHalfMade?: true;
}

/** The entry of the activity log behind a difference, or why there is none. */
export type Attribution =
  /** `exact`: it set the value that PostHog has. `near`: it changed the same thing, and its value cannot be compared. */
  | {
      readonly kind: "found";
      readonly entry: ActivityEntry;
      readonly fit: "exact" | "near";
      /** How many more entries of the log are about the same thing. */
      readonly others: number;
    }
  /** PostHog writes no entries of such things. */
  | { readonly kind: "unrecorded"; readonly why: string }
  /** The log, or this part of it, cannot be read. */
  | { readonly kind: "unreadable"; readonly why: string; readonly fix: string }
  /** The log was read and says nothing that fits. */
  | { readonly kind: "none"; readonly why: string };

/** A part of the log that could not be read. */
export interface LogGap {
  /** The kinds of object that it is about; missing for all. */
  readonly scopes?: readonly string[];
  readonly why: string;
  readonly fix: string;
}

/** What was read of the activity log. */
export interface ReadLog {
  /** Latest first. */
  readonly entries: readonly ActivityEntry[];
  /** From when on it was read, ISO 8601. */
  readonly since: string;
  readonly gaps: readonly LogGap[];
  /** From when on PostHog still has entries, ISO 8601; missing where the plan sets no end. */
  readonly keptSince?: string;
}

/** A difference and who is behind it. */
export interface AttributedDifference extends Difference {
  readonly cause: Attribution;
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
