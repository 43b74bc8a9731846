// Written out instead of derived from the schema, so that the package's declarations do not need zod. A test compares
// the two.
import type { ProjectLevel, ResourceLevel } from "../access/levels";
import type { Verb } from "./capabilities";

/** Capabilities, such as `can_view_recordings: true`. */
export interface MatrixCapabilities {
  [capability: `can_${Verb}_${string}`]: boolean;
}

/** How policies treat what the matrix does not list. */
interface MatrixPolicy {
  /** `additive` (default) keeps what is not listed; `exclusive` removes it. */
  mode?: "additive" | "exclusive";
  /** Largest share of the existing grants that one update may remove. Default 0.25. */
  removalLimit?: number;
  /** People and roles to leave alone, such as those that SCIM manages. */
  ignore?: string[];
}

/** What one person has in one project. */
export interface MatrixPerson extends MatrixCapabilities {
  /** Access to the project. */
  role?: ProjectLevel;
  /** PostHog's levels by type of resource: `{feature_flag: "editor"}`. */
  resources?: Record<string, ResourceLevel>;
  /** Last day of the grant, such as `2026-12-31`. Previews warn from 14 days before. */
  until?: string;
  /** Reason for the grant. Shown wherever the grant is. */
  because?: string;
}

/** What a team has in one project: a role and capabilities, or the scopes of a service account's key. */
export interface MatrixEntry extends MatrixPerson {
  /** Makes the team a service account: it gets an API key with these scopes, and no role. */
  api_key_scopes?: string[];
  /** Label of the key in PostHog. Default: `<team>/<project>`. */
  label?: string;
  /** Days after which the key gets a new value. Default: never. */
  rotateAfterDays?: number;
  /** `false` drops what `extends` and `defaults` give in this project. Default true. */
  inherit?: boolean;
  /** Last day of the grant, such as `2026-12-31`; `never` cancels an end from `extends` or `defaults`. */
  until?: string;
}

/** A project's settings, with capabilities and levels for everybody who is not named. */
export interface MatrixProject extends MatrixPolicy, MatrixCapabilities {
  /** The project's id in PostHog, if the program does not set it. */
  id?: number | string;
  /** Access of everybody who is not named: `none` makes the project private. Default: unchanged. */
  defaultAccess?: ProjectLevel;
  /** PostHog's levels by type of resource: `{feature_flag: "editor"}`. */
  resources?: Record<string, ResourceLevel>;
  /** Earlier names in this matrix, so that renaming does not recreate everything. */
  previously?: string | number | (string | number)[];
  /** People with access of their own, by e-mail address or user UUID. */
  members?: Record<string, MatrixPerson>;
}

/** What a template says besides its projects. */
export interface TemplateSettings {
  /** Templates or teams to inherit projects from; settings here take precedence. */
  extends?: string | number | (string | number)[];
}

/** What a team says besides its projects. */
export interface TeamSettings extends TemplateSettings, MatrixPolicy {
  /** Earlier names in this matrix, so that renaming does not recreate everything. */
  previously?: string | number | (string | number)[];
  /** Name of the role in PostHog. Default: the team's name. */
  name?: string;
  /** Members of the team. If missing, the role's members stay unchanged. */
  members?: (string | { user: string; until?: string; because?: string })[];
  /** `true` waits for people who have not joined the organization yet. Default false: they are an error. */
  waitForMembers?: boolean;
}

/** Projects by name, next to the settings of a template or team. */
type WithProjects<Settings> = Settings & {
  [project: string]: MatrixEntry | Settings[keyof Settings] | undefined;
};

/** Something for teams to extend. */
export type MatrixTemplate = WithProjects<TemplateSettings>;

/** A team: its settings, and what it has by project. */
export type MatrixTeam = WithProjects<TeamSettings>;

/** An access matrix as an object of the program: the same as in YAML. */
export interface MatrixObject extends MatrixPolicy {
  /** `true` waits for people who have not joined the organization yet. Default false: they are an error. */
  waitForMembers?: boolean;
  /** Settings of every team that does not override them; not of service accounts. */
  defaults?: Record<string, MatrixEntry>;
  /** What holds for a project as a whole. */
  projects?: Record<string, MatrixProject>;
  /** Teams that exist to be extended: they get no role. */
  templates?: Record<string, MatrixTemplate>;
  /** Teams, and what each has in each project. */
  access_matrix: Record<string, MatrixTeam>;
}
