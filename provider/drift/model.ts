import type { ActivityEntry } from "../audit/entry";
import type { Trace } from "./traces/trace";

/** What is wrong: something has a different value, no longer exists, or exists unmanaged. */
type DifferenceKind = "changed" | "gone" | "unmanaged";

export interface SourcePlace {
  /** Path below the program's folder. */
  readonly file: string;
  readonly line: number;
}

/** One difference from the stack or the matrix. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** Kind of resource, such as `ProjectMember`; for something unmanaged the kind of thing, such as `grant`. */
  readonly type: string;
  /** Its description: `role "Editors"`. */
  readonly title: string;
  /** What identifies it in every version, whatever its title; only for something unmanaged. */
  readonly identity?: string;
  /** The resource's name in the program, or the entry's in the matrix; missing for something unmanaged. */
  readonly name?: string;
  /** The engine's name for the resource. */
  readonly urn?: string;
  /** The part that differs, such as `members.ann@acme.com`; missing if it is the whole object. */
  readonly property?: string;
  /** The value in the stack or the matrix; missing if none. */
  readonly expected?: unknown;
  /** The value in PostHog; missing if none. */
  readonly actual?: unknown;
  readonly traces: readonly Trace[];
  /** When the stack last wrote the resource, ISO 8601: earlier events cannot be the cause. */
  readonly writtenAt?: string;
  readonly place?: SourcePlace;
  /** Whether the last update of the resource failed midway, so that it may be the cause. */
  readonly isHalfMade?: true;
}

/** The entry of the activity log behind a difference, or why there is none. */
export type Attribution =
  /** `exact`: it set the value in PostHog. `near`: it changed the same thing, but its value cannot be compared. */
  | {
      readonly kind: "found";
      readonly entry: ActivityEntry;
      readonly fit: "exact" | "near";
      /** How many other entries of the log are about the same thing. */
      readonly others: number;
    }
  /** PostHog does not record such changes. */
  | { readonly kind: "unrecorded"; readonly why: string }
  /** The log, or this part of it, is unreadable. */
  | { readonly kind: "unreadable"; readonly why: string; readonly fix: string }
  /** The log was read, but no entry matches. */
  | { readonly kind: "none"; readonly why: string };

export interface LogGap {
  /** The affected kinds of object; missing for all. */
  readonly scopes?: readonly string[];
  readonly why: string;
  readonly fix: string;
}

/** What was read from the activity log. */
export interface ReadLog {
  /** Latest first. */
  readonly entries: readonly ActivityEntry[];
  /** The start of the period that was read, ISO 8601. */
  readonly since: string;
  readonly gaps: readonly LogGap[];
  /** The start of the period for which PostHog still has entries, ISO 8601; missing if the plan sets no limit. */
  readonly keptSince?: string;
}

/** A difference and its cause. */
export interface AttributedDifference extends Difference {
  readonly cause: Attribution;
}
