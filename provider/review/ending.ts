import type { Ending } from "../matrix/desired";

/** A grant of a matrix that is about to end, with the names that PostHog has for what it is about. */
export interface MatrixEnding extends Ending {
  /** Name of the team's role in PostHog. */
  readonly role?: string;
  /** The project's number, where it is known. */
  readonly projectId?: number;
}
