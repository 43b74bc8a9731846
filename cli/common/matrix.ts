import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { formatNumber } from "../../provider/access/messages";
import { dateOf } from "../../provider/access/values";
import { namedProjects } from "../../provider/matrix/checks";
import type { DesiredAccess } from "../../provider/matrix/desired";
import { type EvaluateOptions, evaluateMatrix } from "../../provider/matrix/evaluate";
import type { Matrix } from "../../provider/matrix/model";
import { parseMatrix } from "../../provider/matrix/parse";
import { longestText, type Path } from "../../provider/matrix/problem";
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

/** Adds the flags that a program gives to `AccessMatrix` as arguments. */
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

/**
 * Reads the file of a matrix. A project without an id is PostHog's project of the same name.
 *
 * @param names of PostHog's projects.
 * @param check finds further problems, reported with the others.
 */
export function readMatrixFile(
  file: string,
  { projects = new Map(), members = new Map() }: MatrixFlags,
  names: readonly string[],
  now: Date,
  check?: EvaluateOptions["check"],
): DesiredAccess {
  const text = readMatrixText(file);
  const { matrix } = parseMatrix(text);
  const unnumbered = names.filter((name) => matrix?.projects.get(name)?.id === undefined);
  return evaluateMatrix(text, {
    file,
    today: dateOf(now),
    projects: [...projects.keys(), ...unnumbered],
    members: [...members.keys()],
    check,
  });
}

/** Projects without an id in the matrix or a flag, and where each is first named; none of a broken matrix. */
export function unnumberedProjects(
  matrix: Matrix | undefined,
  { projects = new Map() }: MatrixFlags,
): ReadonlyMap<string, Path> {
  const named = matrix === undefined ? [] : namedProjects(matrix);
  const open = named.filter(
    ({ name }) => matrix?.projects.get(name)?.id === undefined && !projects.has(name),
  );
  return new Map(open.map(({ name, path }) => [name, path]));
}

/**
 * The text of a matrix file.
 *
 * @throws NotFoundError when the file does not exist or is too large.
 */
export function readMatrixText(file: string): string {
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
