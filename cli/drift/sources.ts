import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { parseRefresh } from "../../provider/drift/refresh";
import { DriftSourceError, parseState, type StackResource } from "../../provider/drift/state";
import { dateOf } from "../../provider/matrix/dates";
import type { DesiredAccess } from "../../provider/matrix/desired";
import { evaluateMatrix } from "../../provider/matrix/evaluate";
import { MatrixError } from "../../provider/matrix/problem";
import { type MatrixFlags, readMatrixText } from "../matrixFlags";
import { runPulumi } from "../pulumi";

/** What is compared with PostHog. */
export type Source =
  | {
      readonly kind: "stack" | "refresh";
      readonly name: string;
      readonly resources: readonly StackResource[];
    }
  | { readonly kind: "matrix"; readonly name: string; readonly desired: DesiredAccess };

/** Where to find what is compared; one of them is given. */
export interface SourceFlags extends Partial<MatrixFlags> {
  /** Pulumi stack whose state is compared, unless another source is given. */
  readonly stack?: string;
  /** File with the output of `pulumi stack export`, or `-` for the standard input. */
  readonly state?: string;
  /** File with the engine's report of a refresh, or `-`. */
  readonly explain?: string;
  /** File with an access matrix. */
  readonly matrix?: string;
}

const choose =
  "Name one: --stack <name>, --state <file>, --matrix <file>, or --explain <file> with what a refresh printed.";

/**
 * Reads what is to be compared.
 *
 * @throws DriftSourceError when it is not one thing, or cannot be read; MatrixError when the matrix is wrong.
 */
export async function readSource(flags: SourceFlags, now: Date): Promise<Source> {
  const { stack, state, explain, matrix } = flags;
  const given = [state, explain, matrix].filter((source) => source !== undefined);
  if (given.length > 1) {
    throw new DriftSourceError(
      "there are several things to compare",
      "Drift is of one thing at a time.",
      choose,
    );
  }
  if (explain !== undefined) {
    const name = nameOf(explain);
    return { kind: "refresh", name, resources: parseRefresh(await readText(explain), name) };
  }
  if (state !== undefined) {
    const name = nameOf(state);
    return { kind: "stack", name, resources: parseState(await readText(state), name) };
  }
  if (matrix !== undefined) return { kind: "matrix", name: matrix, desired: readMatrix(matrix, flags, now) };
  if (stack === undefined)
    throw new DriftSourceError("there is nothing to compare", "No source is named.", choose);
  return {
    kind: "stack",
    name: `stack ${stack}`,
    resources: parseState(await exportStack(stack), `stack ${stack}`),
  };
}

async function exportStack(stack: string): Promise<string> {
  const { ok, stdout, why } = await runPulumi(["stack", "export", "--stack", stack]);
  if (ok) return stdout;
  throw new DriftSourceError(
    `the state of stack "${stack}" cannot be read`,
    why,
    "Run this in the folder of the Pulumi program, or give the state itself: --state <file>.",
  );
}

const nameOf = (path: string): string => (path === "-" ? "the standard input" : path);

/** A text file, or the standard input to its end. */
async function readText(path: string): Promise<string> {
  try {
    return path === "-" ? await text(process.stdin) : readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DriftSourceError(`${nameOf(path)} cannot be read`, `${why}.`, "Correct the path.");
  }
}

function readMatrix(file: string, { projects = {}, members = {} }: SourceFlags, now: Date): DesiredAccess {
  const desired = evaluateMatrix(readMatrixText(file), {
    file,
    today: dateOf(now),
    projects: Object.keys(projects),
    members: Object.keys(members),
  });
  const lost = desired.projects.find(
    ({ project, id }) => id === undefined && projects[project] === undefined,
  );
  if (lost === undefined) return desired;
  throw new MatrixError(
    [
      {
        path: ["projects", lost.project],
        message: `has no number; give it: --projects ${lost.project}=<number>`,
      },
    ],
    file,
  );
}
