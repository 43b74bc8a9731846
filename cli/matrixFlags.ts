import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { namedProjects } from "../provider/matrix/checks";
import type { Matrix } from "../provider/matrix/model";
import { longestText, type Path } from "../provider/matrix/problem";
import { LookupError, messageOf } from "../provider/posthog/errors";

/** What a matrix is read with, beside the file. */
export interface MatrixFlags {
  /** Numbers of the matrix's projects by name. */
  readonly projects?: Readonly<Record<string, number>>;
  /** People by team, beside the matrix. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

/** Adds the flags that a program gives to `AccessMatrix` as arguments. */
export function addMatrixFlags(command: Command): Command {
  return command
    .option("--projects <name=id>", "numbers of the matrix's projects, such as web=1,app=2", readNumbers)
    .option("--members <team=people>", "people of a team, such as web=ann@acme.com,bob@acme.com", readTeam);
}

/** Projects with a number neither in the matrix nor by a flag, and a place of each; of a broken matrix none. */
export function unnumberedProjects(
  matrix: Matrix | undefined,
  { projects = {} }: MatrixFlags,
): ReadonlyMap<string, Path> {
  const named = matrix === undefined ? [] : namedProjects(matrix);
  const open = named.filter(
    ({ name }) => matrix?.projects.get(name)?.id === undefined && projects[name] === undefined,
  );
  return new Map(open.map(({ name, path }) => [name, path]));
}

/**
 * The text of a matrix file.
 *
 * @throws LookupError when there is none, or it is no matrix by its size.
 */
export function readMatrixText(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (text.length <= longestText) return text;
    throw new Error(`it has ${text.length} characters; a matrix has ${longestText} at most`);
  } catch (error) {
    throw new LookupError(`the matrix ${file} cannot be read`, {
      why: `${isMissing(error) ? "There is no such file" : messageOf(error)}.`,
      fix: "Give the path of the file that the program gives to AccessMatrix.",
    });
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";

function readNumbers(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const read = text.split(",").map((pair): [string, number] => {
    const [, name, id] = /^\s*(.+?)\s*=\s*([1-9]\d*)\s*$/.exec(pair) ?? [];
    if (name !== undefined && id !== undefined) return [name, Number(id)];
    throw new InvalidArgumentError(`"${pair}" is not a project with its number, such as web=1.`);
  });
  return { ...before, ...Object.fromEntries(read) };
}

function readTeam(
  text: string,
  before: Readonly<Record<string, readonly string[]>> = {},
): Record<string, readonly string[]> {
  const [, team, list] = /^\s*([^=]+?)\s*=(.*)$/.exec(text) ?? [];
  if (team === undefined || list === undefined) {
    throw new InvalidArgumentError(`"${text}" is not a team with its people, such as web=ann@acme.com.`);
  }
  return {
    ...before,
    [team]: list
      .split(",")
      .map((user) => user.trim())
      .filter((user) => user !== ""),
  };
}
