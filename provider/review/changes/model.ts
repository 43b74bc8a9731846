import type { Direction } from "../../access/change";
import type { AccessLevel } from "../../access/levels";
import type { Omission } from "../../access/liveOrganization";
import type { DesiredAccess } from "../../matrix/desired";

/** A matrix, with what a program gives in addition. */
export interface MatrixTarget {
  readonly desired: DesiredAccess;
  /** Numbers of projects by their names in the matrix; else those that the matrix gives, or of projects of that name. */
  readonly projects: ReadonlyMap<string, number>;
  /** People by team, for teams whose members are not in the matrix. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** One thing that changes for someone. */
export interface ReviewedChange {
  readonly direction: Direction;
  readonly projectId: number;
  /** The project's name; with its number where another has the same. */
  readonly project: string;
  /** Type of resource; `project` for the project as a whole. */
  readonly resource: string;
  readonly before: AccessLevel;
  readonly after: AccessLevel;
  /** Where the level comes from afterwards. */
  readonly through: string;
}

/** Everything that changes for one person. */
export interface ReviewedPersonChange {
  readonly email: string;
  /** All of it in one line, without the address. */
  readonly summary: string;
  /** Losses first. */
  readonly changes: readonly ReviewedChange[];
}

/** What becomes of a role. */
export interface RoleChange {
  readonly role: string;
  readonly change: "made" | "changed" | "deleted";
  /** E-mail addresses. */
  readonly joining: readonly string[];
  readonly leaving: readonly string[];
}

/** What becomes of the access rules of a project. */
export interface ProjectChange {
  readonly projectId: number;
  /** The project's name; with its number where another has the same. */
  readonly project: string;
  /** How many rules are made, set to another level, and removed. */
  readonly made: number;
  readonly changed: number;
  readonly removed: number;
}

/** What becomes of a service account's key. */
export interface KeyChange {
  /** The service account, by its name in the matrix. */
  readonly team: string;
  /** The project, by its name in the matrix. */
  readonly project: string;
  readonly change: "made" | "changed" | "deleted";
  /** What it may do afterwards, or might until it was deleted. */
  readonly scopes: readonly string[];
  /** Of them those that it did not have. */
  readonly gained: readonly string[];
  /** What it had and will not have. */
  readonly lost: readonly string[];
}

/** What changes between a live organization and a matrix. */
export interface ChangeReview {
  readonly organization: { readonly id: string; readonly name: string; readonly host: string };
  /** When it was read, ISO 8601. */
  readonly readAt: string;
  /** Whether there is anything to write, whether or not someone's access changes with it. */
  readonly hasChanges: boolean;
  /** People who lose something come first. */
  readonly people: readonly ReviewedPersonChange[];
  /** Roles that someone leaves come first, deleted ones before all. */
  readonly roles: readonly RoleChange[];
  readonly projects: readonly ProjectChange[];
  /** Deleted ones first. */
  readonly keys: readonly KeyChange[];
  /** The keys of which nothing can be said, by service account and project: personal ones without an earlier matrix. */
  readonly uncomparedKeys: readonly { readonly team: string; readonly project: string }[];
  /** What someone should look at: refused removals, what cannot be enforced, what ends soon. */
  readonly warnings: readonly string[];
  /** What is good to know: what stays undeclared, what has ended, who is waited for. */
  readonly notes: readonly string[];
  readonly omissions: readonly Omission[];
}
