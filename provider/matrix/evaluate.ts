import type { DesiredAccess } from "./desired";
import { parseMatrix } from "./parse";
import { MatrixError, withoutConsequences } from "./problem";
import { type ResolveOptions, resolveMatrix } from "./resolve";

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
  const { matrix, problems, locate } = parseMatrix(source);
  if (matrix === undefined) throw new MatrixError(problems, options.file);
  const resolved = resolveMatrix(matrix, options);
  const all = locate([...problems, ...withoutConsequences(resolved.problems, problems)]);
  if (all.length > 0) throw new MatrixError(all, options.file);
  return resolved.desired;
}
