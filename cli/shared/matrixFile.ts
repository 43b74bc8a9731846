import { readFileSync } from "node:fs";
import { dateOf } from "../../provider/access/values";
import { namedProjects } from "../../provider/matrix/checks";
import type { DesiredAccess } from "../../provider/matrix/desired";
import { type EvaluateOptions, evaluateMatrix } from "../../provider/matrix/evaluate";
import type { Matrix } from "../../provider/matrix/model";
import { parseMatrix } from "../../provider/matrix/parse";
import { longestText, type Path } from "../../provider/matrix/problem";
import { messageOf, NotFoundError } from "../../provider/posthog/errors";
import type { MatrixFlags } from "./matrixFlags";

/**
 * Reads the file of a matrix; projects that are not numbered are those of the same name.
 *
 * @param check looks for problems besides, which are told with the others.
 */
export function readMatrixFile(
  file: string,
  { projects = {}, members = {} }: MatrixFlags,
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
    projects: [...Object.keys(projects), ...unnumbered],
    members: Object.keys(members),
    check,
  });
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
 * @throws NotFoundError when there is none, or it is no matrix by its size.
 */
export function readMatrixText(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (text.length <= longestText) return text;
    throw new Error(`it has ${text.length} characters; a matrix has ${longestText} at most`);
  } catch (error) {
    throw new NotFoundError(`the matrix ${file} cannot be read`, {
      why: `${isMissing(error) ? "There is no such file" : messageOf(error)}.`,
      fix: "Give the path of the file that the program gives to AccessMatrix.",
    });
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";
