import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { formatNumber, listed, quoted } from "../../provider/access/messages";
import { nearest } from "../../provider/access/nearest";
import type { ProjectName } from "../../provider/access/snapshot";
import { dateOf } from "../../provider/access/values";
import { namedProjects, projectNamed } from "../../provider/matrix/checks";
import type { DesiredAccess } from "../../provider/matrix/desired";
import { evaluateMatrix } from "../../provider/matrix/evaluate";
import type { Matrix } from "../../provider/matrix/model";
import { parseMatrix } from "../../provider/matrix/parse";
import { longestText, type MatrixProblem, type Path } from "../../provider/matrix/problem";
import { messageOf, NotFoundError } from "../../provider/posthog/errors";
import { gather } from "./flags";
import { codeOf } from "./output";

/** Arguments of `AccessMatrix` other than the file. */
export interface MatrixFlags {
  /** Ids of the matrix's projects by name. */
  readonly projects?: ReadonlyMap<string, number>;
  /** People by team. */
  readonly members?: ReadonlyMap<string, readonly string[]>;
}

/** Adds the flags for what a program would pass to `AccessMatrix` as arguments. */
export function addMatrixFlags(command: Command): Command {
  return command
    .option("--projects <name=id>", "ids of the matrix's projects, such as web=1,app=2", readNumbers)
    .option("--members <team=people>", "people of a team, such as web=ann@acme.com,bob@acme.com", readTeam);
}

function readNumbers(text: string, before: ReadonlyMap<string, number> = new Map()): Map<string, number> {
  const read = text.split(",").map((pair): [string, number] => {
    const [, name, id] = /^\s*(.+?)\s*=\s*([1-9]\d*)\s*$/.exec(pair) ?? [];
    if (name !== undefined && id !== undefined) return [name, Number(id)];
    throw new InvalidArgumentError(`"${pair}" is not a project with its id, such as web=1.`);
  });
  return new Map([...before, ...read]);
}

function readTeam(
  text: string,
  before: ReadonlyMap<string, readonly string[]> = new Map(),
): Map<string, readonly string[]> {
  const [, team, list] = /^\s*([^=]+?)\s*=(.*)$/.exec(text) ?? [];
  if (team === undefined || list === undefined) {
    throw new InvalidArgumentError(`"${text}" is not a team with its people, such as web=ann@acme.com.`);
  }
  return new Map([...before, [team, gather(list)]]);
}

/** A matrix from a file, and the ids of projects that it does not contain itself. */
interface ReadMatrix {
  readonly desired: DesiredAccess;
  readonly projects: ReadonlyMap<string, number>;
}

/** Where to look for projects to which neither the matrix nor a flag gives an id. */
export interface ProjectSources {
  /** The projects of the organization. */
  readonly listProjects: () => Promise<readonly ProjectName[]>;
  /** The ids among the outputs of a stack. */
  readonly readOutputs: () => Promise<ReadonlyMap<string, number>>;
}

/**
 * Reads the file of a matrix. A project without an id gets the one from an output of the stack with its name, otherwise
 * from PostHog's project with the same name, in any case if there is only one.
 *
 * @param check finds further problems, reported with the others.
 * @throws MatrixError with everything that is wrong; projects without an id are one problem.
 */
export async function readMatrixFile(
  file: string,
  flags: MatrixFlags,
  { listProjects, readOutputs }: ProjectSources,
  now: Date,
  check?: (matrix: Matrix, projects: ReadonlyMap<string, number>) => readonly MatrixProblem[],
): Promise<ReadMatrix> {
  const text = readMatrixText(file);
  const open = unnumberedProjects(parseMatrix(text).matrix, flags);
  const [live, outputs] =
    open.size === 0 ? [[], new Map<string, number>()] : await Promise.all([listProjects(), readOutputs()]);
  const numbers = new Map(flags.projects);
  for (const name of open.keys()) {
    const id = outputs.get(name) ?? projectMeant(live, name)?.id;
    if (id !== undefined) numbers.set(name, id);
  }
  const unknown = [...open].filter(([name]) => !numbers.has(name));
  const desired = evaluateMatrix(text, {
    file,
    today: dateOf(now),
    projects: [...numbers.keys(), ...unknown.map(([name]) => name)],
    members: flags.members?.keys(),
    check: (matrix) => [...unknownProjects(unknown, live), ...(check?.(matrix, numbers) ?? [])],
  });
  return { desired, projects: numbers };
}

/** Projects without an id in the matrix or a flag, and where each first appears; none for a broken matrix. */
function unnumberedProjects(
  matrix: Matrix | undefined,
  { projects = new Map() }: MatrixFlags,
): ReadonlyMap<string, Path> {
  const named = matrix === undefined ? [] : namedProjects(matrix);
  const open = named.filter(
    ({ name }) => matrix?.projects.get(name)?.id === undefined && !projects.has(name),
  );
  const first = new Map<string, Path>();
  for (const { name, path } of open) if (!first.has(name)) first.set(name, path);
  return first;
}

/** The project with that name; one that differs in case only if none matches exactly. */
function projectMeant(live: readonly ProjectName[], name: string): ProjectName | undefined {
  if (live.some((project) => project.name === name)) return projectNamed(live, name);
  const [one, ...others] = namesakes(live, name);
  return others.length === 0 ? one : undefined;
}

function namesakes(live: readonly ProjectName[], name: string): ProjectName[] {
  const exact = live.filter((project) => project.name === name);
  return exact.length > 0
    ? exact
    : live.filter((project) => project.name.toLowerCase() === name.toLowerCase());
}

/** Reports once which projects have no id, and how to provide one. */
function unknownProjects(
  unknown: readonly (readonly [name: string, path: Path])[],
  live: readonly ProjectName[],
): MatrixProblem[] {
  const [first] = unknown;
  if (first === undefined) return [];
  const names = live.map((project) => project.name);
  const missing = unknown.flatMap(([name]) => {
    if (namesakes(live, name).length > 0) return [];
    const near = nearest(name, names);
    return [`${quoted(name)}${near === undefined ? "" : ` (did you mean ${quoted(near)}?)`}`];
  });
  const ambiguous = unknown.flatMap(([name]) => {
    const ids = namesakes(live, name).map(({ id }) => String(id));
    return ids.length === 0 ? [] : [`${quoted(name)} may be ${listed(ids, "or")}`];
  });
  const none =
    missing.length === 0 ? [] : [`no project of the organization is called ${listed(missing, "or")}`];
  const why = [...none, ...ambiguous];
  const ids = unknown.map(([name]) => `${name}=<id>`).join(",");
  const them = unknown.length === 1 ? "its id" : "their ids";
  return [
    { path: first[1], message: `${why.join("; ")}: give ${them} with --projects ${ids}`, onName: true },
  ];
}

/**
 * The text of a matrix file.
 *
 * @throws NotFoundError if the file does not exist or is too large.
 */
function readMatrixText(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (text.length <= longestText) return text;
    throw new Error(
      `it has ${formatNumber(text.length)} characters; a matrix has at most ${formatNumber(longestText)}`,
    );
  } catch (error) {
    throw new NotFoundError(`the matrix ${file} cannot be read`, {
      why: `${isMissing(error) ? "The file does not exist" : messageOf(error)}.`,
      fix: "Give the path of the file that the program passes to AccessMatrix.",
    });
  }
}

const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT";
