import type { ActivityEntry } from "../audit/entry";
import type { Trace } from "./traces/trace";

/** What is wrong: something has a different value, no longer exists, or exists unmanaged. */
type DifferenceKind = "changed" | "gone" | "unmanaged";

/** Where the program declares a resource. */
export interface SourcePlace {
  /** Path below the program's folder. */
  readonly file: string;
  readonly line: number;
}

/** One difference from the stack or the matrix. */
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
  /** What of it differs, such as `members.ann@acme.com`; missing if it is the whole object. */
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
