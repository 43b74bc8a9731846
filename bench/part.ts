import type { StackOptions } from "../tools/stack";
import type { Measurement } from "./results";

/** The input of every part. */
export interface Run extends Required<Pick<StackOptions, "engine" | "signal">> {
  /** Whether a few small points are enough, to try the benchmark itself. */
  readonly isQuick: boolean;
}

/** A part of the benchmark, and its section of `docs/benchmarks.md`. */
export interface Part {
  /** Its name for `--only`. */
  readonly name: string;
  /** The heading of its section. */
  readonly title: string;
  /** What is measured and how, in Markdown; comes before the figures. */
  readonly text: string;
  /** Measures and shows its progress. Throws if it cannot measure; a missed bar is not an error. */
  measure(run: Run): Promise<Measurement>;
}
