import { counted } from "../../provider/access/messages";
import { didYouMean } from "../../provider/access/nearest";
import type { ProjectName } from "../../provider/access/snapshot";
import type { Connection } from "../../provider/posthog/connection";
import { NotFoundError } from "../../provider/posthog/errors";
import { listMembers, memberOf } from "../../provider/posthog/members";
import { existingProjects, listProjects } from "../../provider/posthog/projects";
import type { AccessReview, MatrixEnding, ReviewOptions } from "../../provider/review/model";
import { narrowReview, reviewOrganization } from "../../provider/review/reviewOrganization";
import { readOrganization } from "../../provider/snapshot/readOrganization";
import { type MatrixFlags, type ProjectSources, readMatrixFile } from "../common/matrix";
import { projectOutputs } from "../common/stack";

/** What to review. */
export interface ReviewRequest extends MatrixFlags, Pick<ReviewOptions, "thresholds" | "companyDomains"> {
  /** Projects by name or id; all by default. */
  readonly project?: readonly string[];
  /** People by e-mail address or user UUID; everyone by default. */
  readonly person?: readonly string[];
  /** File with a matrix, whose grants may end soon. */
  readonly matrix?: string;
  /** The stack whose outputs contain ids of the matrix's projects. */
  readonly stack?: string;
}

/** Called with what is being read. */
export type Progress = (what: string) => void;

/**
 * Reads and reviews a live organization.
 *
 * @throws NotFoundError for projects or people that do not exist; MatrixError for an invalid matrix.
 */
export async function readReview(
  connection: Connection,
  request: ReviewRequest,
  onProgress?: Progress,
): Promise<AccessReview> {
  const { project, person, matrix, stack } = request;
  const projectIds = project && (await findProjects(connection, project));
  const live = await readOrganization(connection, {
    invites: true,
    keys: true,
    domains: true,
    projectIds,
    onProgress,
  });
  const endings =
    matrix === undefined
      ? []
      : endingsOf(
          await readMatrixFile(
            matrix,
            request,
            projectSources(connection, stack),
            new Date(connection.clock.now()),
          ),
        );
  const review = reviewOrganization(live, { ...request, endings });
  return person === undefined
    ? review
    : narrowReview(review, { people: await findPeople(connection, person) });
}

/** Where a command with a connection and a stack looks for the projects of a matrix. */
export function projectSources(connection: Connection, stack: string | undefined): ProjectSources {
  return { listProjects: () => existingProjects(connection), readOutputs: () => projectOutputs(stack) };
}

function endingsOf({ desired, projects }: Awaited<ReturnType<typeof readMatrixFile>>): MatrixEnding[] {
  const roles = new Map(desired.roles.map(({ team, name }) => [team, name]));
  const numbers = new Map(
    [...desired.projects, ...desired.keys].map(({ project, id }) => [project, projects.get(project) ?? id]),
  );
  return desired.ending.map((ending) => ({
    ...ending,
    role: roles.get(ending.team ?? ""),
    projectId: numbers.get(ending.project ?? ""),
  }));
}

async function findProjects(connection: Connection, wanted: readonly string[]): Promise<number[]> {
  const all = await existingProjects(
    connection,
    ({ id, name }) => wanted.includes(name) || wanted.includes(String(id)),
  );
  const found = wanted.map((name) => ({
    name,
    ids: idsOf(name, all),
  }));
  const unknown = found.filter(({ ids }) => ids.length === 0).map(({ name }) => name);
  if (unknown.length === 0) return found.flatMap(({ ids }) => ids);
  throw notFound(
    "project",
    unknown,
    (await listProjects(connection)).map(({ name }) => name),
  );
}

/** The project with that id, otherwise all with that name: a project may be called `2`. */
function idsOf(wanted: string, all: readonly ProjectName[]): number[] {
  const numbered = all.filter(({ id }) => String(id) === wanted);
  const meant = numbered.length > 0 ? numbered : all.filter(({ name }) => name === wanted);
  return meant.map(({ id }) => id);
}

async function findPeople(connection: Connection, wanted: readonly string[]): Promise<string[]> {
  const members = await listMembers(connection);
  const found = wanted.map((name) => ({ name, member: memberOf(name, members) }));
  const unknown = found.filter(({ member }) => member === undefined).map(({ name }) => name);
  if (unknown.length === 0) return found.flatMap(({ member }) => member?.user.email ?? []);
  throw notFound(
    "person",
    unknown,
    members.map(({ user }) => user.email),
  );
}

function notFound(
  what: "project" | "person",
  unknown: readonly string[],
  known: readonly string[],
): NotFoundError {
  const wrong = unknown.map((name) => `${name}${didYouMean(name, known)}`);
  return new NotFoundError(`the organization has no such ${what}: ${wrong.join(", ")}`, {
    why: `The key's owner sees ${counted(known.length, what, what === "person" ? "people" : undefined)}.`,
    fix: what === "project" ? "Give a project's name or id." : "Give a member's e-mail address.",
  });
}
