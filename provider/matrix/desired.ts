import type { AccessLevel, ProjectLevel, ResourceLevel } from "../access/levels";
import type { Treatment } from "./model";

/** The subject of an entry: a team, a person (in lower case), or without either everyone who is not listed. */
export interface MatrixPrincipal {
  /** The team's name in the matrix. */
  readonly team?: string;
  /** E-mail address or user UUID. */
  readonly user?: string;
}

/** A role that should exist, with its members. */
export interface DesiredRole extends Treatment {
  /** The team's name in the matrix. */
  readonly team: string;
  /** The team's earlier names in the matrix. */
  readonly previously: readonly string[];
  /** The role's name in PostHog. */
  readonly name: string;
  /** In the matrix's order; missing if the matrix does not list the team's members. */
  readonly members?: readonly string[];
  /** Whether to wait for people who are not in the organization yet. */
  readonly waitForMembers?: boolean;
}

/** Levels on one type of resource. */
export interface DesiredLevels {
  readonly default?: ResourceLevel;
  /** By person. */
  readonly members: Readonly<Record<string, ResourceLevel>>;
  /** By team. */
  readonly roles: Readonly<Record<string, ResourceLevel>>;
}

/** The access policy that one project should have. */
export interface DesiredProject extends Treatment {
  /** The project's name in the matrix. */
  readonly project: string;
  /** The project's earlier names in the matrix. */
  readonly previously: readonly string[];
  /** Its number, if the matrix gives it. */
  readonly id?: number;
  readonly defaultAccess?: ProjectLevel;
  /** By person. */
  readonly members: Readonly<Record<string, ProjectLevel>>;
  /** By team. */
  readonly roles: Readonly<Record<string, ProjectLevel>>;
  /** By type of resource. */
  readonly resources: Readonly<Record<string, DesiredLevels>>;
}

/** A key that a service account should have. */
export interface DesiredKey {
  readonly team: string;
  /** The project's name in the matrix. */
  readonly project: string;
  /** The project's number, if the matrix gives it. */
  readonly id?: number;
  /** Earlier names of team and project, as pairs. */
  readonly previously: readonly { readonly team: string; readonly project: string }[];
  /** A project secret key, or a personal key that is restricted to the project. */
  readonly kind: "project" | "personal";
  readonly label: string;
  /** Sorted. */
  readonly scopes: readonly string[];
  readonly rotateAfterDays?: number;
}

/** One thing that the matrix grants or denies, for people and outputs. */
export interface MatrixGrant extends MatrixPrincipal {
  /** The project's name in the matrix. */
  readonly project: string;
  /** Type of resource; `project` for the project as a whole. */
  readonly resource: string;
  /** The level; `none` is a denial. */
  readonly level: AccessLevel;
  /** Last day, as ISO date. */
  readonly until?: string;
  /** The reason given in the matrix. */
  readonly because?: string;
}

/** Something that a matrix asks for but PostHog cannot enforce. */
export interface NotEnforceable extends MatrixPrincipal {
  /** The project's name in the matrix. */
  readonly project: string;
  /** The text in the matrix, such as `can_delete_flags: false`. */
  readonly asked: string;
  /** Why PostHog cannot enforce it. */
  readonly why: string;
  /** What is applied instead, such as `feature_flag: editor`; missing if nothing is. */
  readonly applied?: string;
  /** The closest thing that PostHog can enforce, and what it would also take away. */
  readonly closest: string;
}

/** Something that ends by itself: access to a project, or membership of a team if there is no project. */
export interface Ending extends MatrixPrincipal {
  /** The project's name in the matrix. */
  readonly project?: string;
  /** Last day, as ISO date. */
  readonly until: string;
  /** Days from today to the last day; negative once it has ended. */
  readonly days: number;
  /** Whether only denials end, so that nobody loses access. */
  readonly isDenial?: boolean;
  /** Where the end comes from, if the team inherits it: `defaults.staging.until (line 4)`. */
  readonly inheritedFrom?: string;
  /** The reason given in the matrix. */
  readonly reason?: string;
}

/** What a matrix grants on one day. Every list is sorted. */
export interface DesiredAccess {
  readonly roles: readonly DesiredRole[];
  readonly projects: readonly DesiredProject[];
  readonly keys: readonly DesiredKey[];
  readonly grants: readonly MatrixGrant[];
  readonly notEnforceable: readonly NotEnforceable[];
  /** What ends within the next 14 days. */
  readonly ending: readonly Ending[];
  /** What has ended and is no longer desired. */
  readonly ended: readonly Ending[];
  /** Remarks that are not problems. */
  readonly warnings: readonly string[];
}

/** The name of a subject in a sentence. */
export function subjectName({ team, user }: MatrixPrincipal): string {
  return team ?? user ?? "everybody";
}
