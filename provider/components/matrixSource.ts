import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { longestText } from "../matrix/problem";

/** A matrix to evaluate: text or an object, and the file that a text comes from. */
interface MatrixSource {
  readonly source: unknown;
  readonly file?: string;
}

/** Text has several lines, or is a mapping on one; everything else is the path of a file. */
const textForm = /\n|^\s*\{|^[^\s:]+:(\s|$)/;

/** Takes a matrix as the program gives it; a path is read relative to the program's working directory. */
export function readMatrixSource(matrix: unknown): MatrixSource {
  if (pulumi.Output.isInstance(matrix)) {
    throw new pulumi.RunError(
      "the access matrix is an Output: its teams and projects have to be known when the program runs.\n" +
        "  fix: pass the file's path, its text or an object; the ids of projects and the members of teams may be Outputs",
    );
  }
  if (typeof matrix !== "string" || textForm.test(matrix)) return { source: matrix };
  return { source: readMatrixFile(matrix), file: matrix };
}

function readMatrixFile(file: string): string {
  try {
    const { size } = statSync(file);
    // A character takes at most four bytes.
    if (size > longestText * 4) throw new Error(`it has ${size} bytes; a matrix has ${longestText} at most`);
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(
      `reading the access matrix ${file} failed\n  why: ${why}\n` +
        `  fix: give the path relative to ${resolve(".")}, where the program runs, or an absolute one`,
    );
  }
}
