import type { z } from "zod";
import type { Verb } from "./capabilities";
import type {
  entrySettings,
  personSettings,
  projectSettings,
  teamSettings,
  templateSettings,
} from "./schema";

/** Capabilities, such as `can_view_recordings: true`. */
export interface MatrixCapabilities {
  [capability: `can_${Verb}_${string}`]: boolean;
}

/** What a team has in one project: a role and capabilities, or the scopes of a service account's key. */
export type MatrixEntry = z.input<typeof entrySettings> & MatrixCapabilities;

/** What one person has in one project. */
export type MatrixPerson = z.input<typeof personSettings> & MatrixCapabilities;

/** A project's settings, with capabilities and levels for everybody who is not named. */
export type MatrixProject = Omit<z.input<typeof projectSettings>, "members"> &
  MatrixCapabilities & {
    /** People with access of their own, by e-mail address or user UUID. */
    members?: Record<string, MatrixPerson>;
  };

/** Projects by name, next to the settings of a template or team. */
type WithProjects<Settings> = Settings & {
  [project: string]: MatrixEntry | Settings[keyof Settings] | undefined;
};

/** Something for teams to extend. */
export type MatrixTemplate = WithProjects<z.input<typeof templateSettings>>;

/** A team: its settings, and what it has by project. */
export type MatrixTeam = WithProjects<z.input<typeof teamSettings>>;

/** An access matrix as an object of the program: the same as in YAML. */
export type MatrixObject = Pick<
  z.input<typeof teamSettings>,
  "mode" | "removalLimit" | "ignore" | "waitForMembers"
> & {
  /** What every team has, unless it says otherwise; service accounts do not. */
  defaults?: Record<string, MatrixEntry>;
  /** What holds for a project as a whole. */
  projects?: Record<string, MatrixProject>;
  /** Teams that exist to be extended: they get no role. */
  templates?: Record<string, MatrixTemplate>;
  /** Teams, and what each has in each project. */
  access_matrix: Record<string, MatrixTeam>;
};
