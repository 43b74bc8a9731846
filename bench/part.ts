import type { StackOptions } from "../tools/stack";
import type { Measurement } from "./results";

/** What every part is given. */
export interface Run extends Required<Pick<StackOptions, "engine" | "signal">> {
  /** Whether few and small points will do, to try the benchmark itself. */
  readonly isQuick: boolean;
}

/** A part of the benchmark, and its section of `docs/benchmarks.md`. */
export interface Part {
  /** What `--only` takes. */
  readonly name: string;
  /** Heading of its section. */
  readonly title: string;
  /** What is measured and how, in Markdown: it stands above the figures. */
  readonly text: string;
  /** Measures, and shows its progress. It throws when it cannot; a missed bar is no error. */
  measure(run: Run): Promise<Measurement>;
}
