import type { Direction } from "../../access/change";
import type { AccessLevel } from "../../access/levels";
import type { Omission } from "../../access/liveOrganization";
import type { DesiredAccess } from "../../matrix/desired";

/** A matrix, with what a program adds to it. */
export interface MatrixTarget {
  readonly desired: DesiredAccess;
  /**
   * Numbers of projects by their names in the matrix; by default those in the matrix, or those of projects with that
   * name.
   */
  readonly projects: ReadonlyMap<string, number>;
  /** People by team, for teams whose members are not in the matrix. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** One thing that changes for someone. */
export interface ReviewedChange {
  readonly direction: Direction;
  readonly projectId: number;
  /** The project's name; with its number if another has the same name. */
  readonly project: string;
  /** Type of resource; `project` for the project as a whole. */
  readonly resource: string;
  readonly before: AccessLevel;
  readonly after: AccessLevel;
  /** Where the level comes from after the change. */
  readonly through: string;
}

/** Everything that changes for one person. */
export interface ReviewedPersonChange {
  readonly email: string;
  /** All changes in one line, without the address. */
  readonly summary: string;
  /** Losses first. */
  readonly changes: readonly ReviewedChange[];
}

export interface RoleChange {
  readonly role: string;
  readonly change: "made" | "changed" | "deleted";
  /** E-mail addresses. */
  readonly joining: readonly string[];
  readonly leaving: readonly string[];
}

/** A change of a project's access rules. */
export interface ProjectChange {
  readonly projectId: number;
  /** The project's name; with its number if another has the same name. */
  readonly project: string;
  /** How many rules are created, set to another level, and removed. */
  readonly made: number;
  readonly changed: number;
  readonly removed: number;
}

export interface KeyChange {
  /** The service account, by its name in the matrix. */
  readonly team: string;
  /** The project, by its name in the matrix. */
  readonly project: string;
  readonly change: "made" | "changed" | "deleted";
  /** Its scopes after the change, or before a deletion. */
  readonly scopes: readonly string[];
  /** The scopes that it did not have before. */
  readonly gained: readonly string[];
  /** The scopes that it loses. */
  readonly lost: readonly string[];
}

/** What changes between a live organization and a matrix. */
export interface ChangeReview {
  readonly organization: { readonly id: string; readonly name: string; readonly host: string };
  /** When it was read, ISO 8601. */
  readonly readAt: string;
  /** Whether there is anything to write, even if nobody's access changes with it. */
  readonly hasChanges: boolean;
  /** People who lose something come first. */
  readonly people: readonly ReviewedPersonChange[];
  /** Deleted roles first, then roles that someone leaves. */
  readonly roles: readonly RoleChange[];
  readonly projects: readonly ProjectChange[];
  /** Deleted ones first. */
  readonly keys: readonly KeyChange[];
  /** The keys that cannot be compared, by service account and project: personal ones without an earlier matrix. */
  readonly uncomparedKeys: readonly { readonly team: string; readonly project: string }[];
  /** What needs attention: rejected removals, what PostHog cannot enforce, what ends soon. */
  readonly warnings: readonly string[];
  /** Other remarks: what stays undeclared, what has ended, who has yet to join. */
  readonly notes: readonly string[];
  readonly omissions: readonly Omission[];
}
