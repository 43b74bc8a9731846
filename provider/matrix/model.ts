import type { ProjectLevel, ResourceLevel } from "../access/levels";
import type { Capability } from "./capabilities";
import type { Path } from "./problem";

/** A value with its position in the matrix. */
export interface Located<T> {
  readonly value: T;
  readonly path: Path;
}

/** The value of `until` that cancels an inherited end. */
export const never = "never";

/** The access of a team, a person or everyone in one project, as the matrix declares it. */
export interface Entry {
  readonly path: Path;
  readonly role?: Located<ProjectLevel>;
  /** The declared levels, by type of resource. */
  readonly levels: ReadonlyMap<string, Located<ResourceLevel>>;
  readonly capabilities: readonly Located<Capability>[];
  /** Scopes of a service account's key. */
  readonly scopes?: Located<readonly string[]>;
  /** The key's label. */
  readonly label?: Located<string>;
  readonly rotateAfterDays?: number;
  /** Last day, as ISO date, or {@link never}. */
  readonly until?: Located<string>;
  readonly reason?: string;
  /** Whether it inherits from `extends` and `defaults`. */
  readonly inherits: boolean;
}

/** The entries by project, under the project's name in the matrix. */
export type Entries = ReadonlyMap<string, Entry>;

/** How a policy treats what the matrix does not list. */
export interface Treatment {
  readonly mode?: "additive" | "exclusive";
  /** Share from 0 to 1. */
  readonly removalLimit?: number;
  readonly ignore?: readonly string[];
}

/** Something that teams can extend. */
export interface Template {
  readonly path: Path;
  readonly extends: readonly Located<string>[];
  readonly entries: Entries;
}

/** Someone in a team. */
export interface Member {
  readonly user: string;
  readonly path: Path;
  /** Last day, as ISO date. */
  readonly until?: string;
  readonly reason?: string;
}

/** A team: people with a role, or a service account with keys. */
export interface Team extends Template, Treatment {
  /** Earlier names in the matrix. */
  readonly previously: readonly Located<string>[];
  /** Name of the role in PostHog. */
  readonly name: Located<string>;
  /** Missing if the matrix does not list the team's members. */
  readonly members?: readonly Member[];
  /** Whether to wait for people who are not in the organization yet. */
  readonly waitForMembers?: boolean;
}

/** The settings of a project as a whole. */
export interface ProjectPolicy extends Treatment {
  readonly path: Path;
  readonly id?: number;
  /** Earlier names in the matrix. */
  readonly previously: readonly Located<string>[];
  /** The access of everyone who is not listed. */
  readonly everybody: Entry;
  readonly people: Entries;
}

/** A matrix as it was written: without inheritance, resolution or ends applied. */
export interface Matrix extends Treatment {
  readonly defaults: Entries;
  readonly projects: ReadonlyMap<string, ProjectPolicy>;
  readonly templates: ReadonlyMap<string, Template>;
  readonly teams: ReadonlyMap<string, Team>;
  /** Whether teams wait for people who are not in the organization yet. */
  readonly waitForMembers?: boolean;
  /** Remarks that are not problems. */
  readonly warnings: readonly string[];
  /** A place as messages show it: `defaults.staging.until (line 4)`; without the line if there is no text. */
  placeOf(path: Path): string;
}
