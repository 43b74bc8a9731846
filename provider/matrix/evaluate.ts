import type { DesiredAccess } from "./desired";
import { type ParsedMatrix, parseMatrix } from "./parse";
import { inOrder, MatrixError } from "./problem";
import { type ResolvedMatrix, type ResolveOptions, resolveMatrix } from "./resolve";

/** What a matrix is evaluated with. */
export interface EvaluateOptions extends ResolveOptions {
  /** How messages call the file that the text comes from; missing for a matrix that is no file. */
  readonly file?: string;
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
  options: ResolveOptions,
): Partial<ResolvedMatrix> & Pick<ResolvedMatrix, "problems"> {
  if (parsed.matrix === undefined) return { problems: parsed.problems };
  const { desired, problems } = resolveMatrix(parsed.matrix, options);
  return { desired, problems: parsed.allProblems(problems) };
}
