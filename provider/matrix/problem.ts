import { printable } from "../access/messages";

/** Longest text of a matrix, in characters: about 25,000 entries. */
export const longestText = 2_000_000;

/** Steps from the matrix's root to a value: names, and numbers in lists. */
export type Path = readonly (string | number)[];

/** A position in a text; line and column start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong with a matrix. */
export interface MatrixProblem {
  readonly path: Path;
  /** Starts lower-case; says what is wrong and what would be right. */
  readonly message: string;
  /** Whether it is about the name at the end of the path instead of its value. */
  readonly onName?: boolean;
  /** Missing if the matrix is an object of the program. */
  readonly position?: Position;
}

/** How many problems a message lists before it only counts the rest. */
const listedProblems = 50;
/** Longest name that a message repeats in full. */
const longestStep = 60;

/** An unusable matrix, with everything that is wrong with it. */
export class MatrixError extends Error {
  override readonly name = "MatrixError";

  constructor(
    readonly problems: readonly MatrixProblem[],
    /** The file; undefined for a matrix that does not come from a file. */
    readonly file?: string,
  ) {
    super(messageFor(problems, file));
  }
}

/** A path as a message shows it: `access_matrix.engineering.members[2]`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${cut(step)}`))
    .join("");
}

/** A problem as one line: `access.yaml:4:22 access_matrix.engineering.members: must be a list`. */
export function problemLine({ path, message, position }: MatrixProblem, file?: string): string {
  const place = position === undefined ? file : `${file ?? "matrix"}:${position.line}:${position.column}`;
  const subject = path.length === 0 ? "" : `${pathText(path)}: `;
  return `${place === undefined ? "" : `${place} `}${subject}${message}`;
}

/** Problems in the order of the text, each once. */
export function inOrder(problems: readonly MatrixProblem[]): MatrixProblem[] {
  const different = new Map(problems.map((problem) => [problemLine(problem), problem]));
  return [...different.values()].sort(
    (one, other) =>
      (one.position?.line ?? 0) - (other.position?.line ?? 0) ||
      (one.position?.column ?? 0) - (other.position?.column ?? 0),
  );
}

/** The problems that do not follow from others: a problem with a whole mostly follows from a broken part. */
export function withoutConsequences(
  problems: readonly MatrixProblem[],
  causes: readonly MatrixProblem[],
): MatrixProblem[] {
  const wholes = new Set(
    causes.flatMap(({ path }) => [...path, ""].map((_, length) => JSON.stringify(path.slice(0, length)))),
  );
  const broken = new Set(causes.map(({ path }) => JSON.stringify(path)));
  return problems.filter(({ path, onName }) => {
    const key = JSON.stringify(path);
    return !broken.has(key) && (onName === true || !wholes.has(key));
  });
}

function messageFor(problems: readonly MatrixProblem[], file: string | undefined): string {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  const lines = problems
    .slice(0, listedProblems)
    .map((problem) => `  ${printable(problemLine(problem, file))}`);
  const more = problems.length - lines.length;
  return [`the access matrix has ${count}`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}

function cut(step: string): string {
  return step.length > longestStep ? `${step.slice(0, longestStep)}...` : step;
}
