import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { parseRefresh } from "../../provider/drift/refresh";
import { DriftSourceError, parseState, type StackResource } from "../../provider/drift/state";
import type { DesiredAccess } from "../../provider/matrix/desired";
import { messageOf } from "../../provider/posthog/errors";
import { type MatrixFlags, type ProjectSources, readMatrixFile } from "../common/matrix";
import { runPulumi } from "../common/pulumi";

export type Source =
  | {
      readonly kind: "stack" | "refresh";
      readonly name: string;
      readonly resources: readonly StackResource[];
    }
  | { readonly kind: "matrix"; readonly name: string; readonly desired: DesiredAccess };

/** What to compare; only one is given. */
export interface SourceFlags extends Partial<MatrixFlags> {
  /** Pulumi stack to compare, unless another source is given. */
  readonly stack?: string;
  /** File with the output of `pulumi stack export`, or `-` for the standard input. */
  readonly state?: string;
  /** File with the engine's report of a refresh, or `-`. */
  readonly explain?: string;
  /** File with an access matrix. */
  readonly matrix?: string;
}

/** Whether the flags contain a source other than a stack. */
export const namesSource = ({ state, explain, matrix }: SourceFlags): boolean =>
  [state, explain, matrix].some((source) => source !== undefined);

const choose =
  "Run this in the folder of a Pulumi program, or give one: --stack <name>, --state <file>, --matrix <file>, or --explain <file> with the output of a refresh.";

/**
 * Reads what to compare.
 *
 * @param sources only used for a matrix with projects without an id.
 * @throws DriftSourceError if there is not exactly one source, or it cannot be read; MatrixError if the matrix is
 *   invalid.
 */
export async function readSource(flags: SourceFlags, now: Date, sources: ProjectSources): Promise<Source> {
  const { stack, state, explain, matrix } = flags;
  const given = [state, explain, matrix].filter((source) => source !== undefined);
  if (given.length > 1) {
    throw new DriftSourceError(
      "there are several things to compare",
      "drift compares one thing at a time.",
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
  if (matrix !== undefined) {
    return { kind: "matrix", name: matrix, desired: await readNumbered(matrix, flags, now, sources) };
  }
  if (stack === undefined)
    throw new DriftSourceError("there is nothing to compare", "No source is given.", choose);
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
    "Run this in the folder of the Pulumi program, or give the state: --state <file>.",
  );
}

const nameOf = (path: string): string => (path === "-" ? "the standard input" : path);

/** Reads a text file, or standard input. */
async function readText(path: string): Promise<string> {
  try {
    return path === "-" ? await text(process.stdin) : readFileSync(path, "utf8");
  } catch (error) {
    throw new DriftSourceError(`${nameOf(path)} cannot be read`, `${messageOf(error)}.`, "Correct the path.");
  }
}

/** Reads a matrix with the ids of its projects. */
async function readNumbered(
  file: string,
  flags: SourceFlags,
  now: Date,
  sources: ProjectSources,
): Promise<DesiredAccess> {
  const { desired, projects } = await readMatrixFile(file, flags, sources, now);
  const numbered = <T extends { readonly project: string; readonly id?: number }>(one: T): T => ({
    ...one,
    id: projects.get(one.project) ?? one.id,
  });
  return { ...desired, projects: desired.projects.map(numbered), keys: desired.keys.map(numbered) };
}
