import type { DesiredAccess } from "./desired";
import type { Matrix } from "./model";
import { type ParsedMatrix, parseMatrix } from "./parse";
import { inOrder, MatrixError, type MatrixProblem } from "./problem";
import { type ResolvedMatrix, type ResolveOptions, resolveMatrix } from "./resolve";

/** What a matrix is evaluated with. */
export interface EvaluateOptions extends ResolveOptions {
  /** How messages call the file that the text comes from; missing for a matrix that is no file. */
  readonly file?: string;
  /** Looks for problems besides, such as people who are not there; they are told with all the others. */
  readonly check?: (matrix: Matrix) => readonly MatrixProblem[];
}

/**
 * What a matrix asks for today, from text (YAML or JSON) or from an object of the program. Throws one `MatrixError`
 * with everything that is wrong.
 */
export function evaluateMatrix(source: unknown, options: EvaluateOptions): DesiredAccess {
  const parsed = parseMatrix(source);
  const { desired, problems } = resolved(parsed, options);
  const later = parsed.later === undefined ? [] : resolved(parsed.later, options).problems;
  if (desired === undefined || problems.length > 0)
    throw new MatrixError(inOrder([...problems, ...later]), options.file);
  return desired;
}

function resolved(
  parsed: ParsedMatrix,
  options: EvaluateOptions,
): Partial<ResolvedMatrix> & Pick<ResolvedMatrix, "problems"> {
  if (parsed.matrix === undefined) return { problems: parsed.problems };
  const { desired, problems } = resolveMatrix(parsed.matrix, options);
  return { desired, problems: parsed.allProblems([...problems, ...(options.check?.(parsed.matrix) ?? [])]) };
}
