import type { LiveOrganization } from "../../access/liveOrganization";
import type { Matrix, ProjectPolicy, Team } from "../../matrix/model";
import type { MatrixProblem, Path } from "../../matrix/problem";
import type { MatrixTarget } from "./model";
import { whyUnknown } from "./projects";
import { WorkingOrganization } from "./working";

/** What a matrix is compared with. */
interface KnownOrganization {
  readonly live: LiveOrganization;
  /** Numbers of projects that are given in addition to the matrix. */
  readonly projects: MatrixTarget["projects"];
  /** Today as ISO date: people whose membership has ended by then may be missing. */
  readonly today: string;
}

/**
 * The people and projects of a matrix that the organization does not have, each with its position in the matrix.
 * Projects without an id are checked by the code that resolves the matrix.
 */
export function unknownInMatrix(matrix: Matrix, known: KnownOrganization): MatrixProblem[] {
  const working = new WorkingOrganization(known.live);
  const teams = [...matrix.teams.values()];
  return [
    ...teams.flatMap((team) => unknownMembers(working, matrix, team, known.today)),
    ...[...matrix.projects.values()].flatMap((policy) => unknownPeople(working, policy, known.today)),
    ...unknownProjects(working, matrix, known),
  ];
}

function unknownMembers(
  working: WorkingOrganization,
  matrix: Matrix,
  { members = [], waitForMembers = matrix.waitForMembers }: Team,
  today: string,
): MatrixProblem[] {
  if (waitForMembers === true) return [];
  return members
    .filter(({ user, until = today }) => until >= today && !working.isInvited(user))
    .flatMap(({ user, path }) => unknownPerson(working, user, path));
}

function unknownPeople(
  working: WorkingOrganization,
  { people }: ProjectPolicy,
  today: string,
): MatrixProblem[] {
  return [...people]
    .filter(([, { until }]) => (until?.value ?? today) >= today)
    .flatMap(([user, { path }]) => unknownPerson(working, user, path));
}

function unknownPerson(working: WorkingOrganization, user: string, path: Path): MatrixProblem[] {
  return working.person(user) === undefined ? [{ path, message: working.whyNobody(user), onName: true }] : [];
}

function unknownProjects(
  working: WorkingOrganization,
  matrix: Matrix,
  { projects }: KnownOrganization,
): MatrixProblem[] {
  const entries = [...matrix.projects, ...[...matrix.teams.values()].flatMap((team) => [...team.entries])];
  // If a project appears more than once, the position is in its policy or in the first team.
  const places = new Map([...entries].reverse().map(([name, { path }]) => [name, path]));
  return [...places].flatMap(([project, path]) => {
    const number = projects.get(project) ?? matrix.projects.get(project)?.id;
    const isUnknown = number !== undefined && !working.live.access.projects.some(({ id }) => id === number);
    return isUnknown ? [{ path, message: whyUnknown(working, project, number), onName: true }] : [];
  });
}
