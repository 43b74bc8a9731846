import type { Failing, Verdict } from "./sweep";
import { allowanceOf } from "./unavoidable";

/** The figures of a sweep; the names are what programs read. */
export interface SweepFigures {
  readonly fault_points: number;
  readonly converged: number;
  readonly duplicates: number;
  readonly orphans: number;
  readonly unclear_errors: number;
  readonly unavoidable: number;
  readonly other_failures: number;
}

/** The largest share of fault points that may be unavoidable. */
export const mostUnavoidable = 0.02;

/** What came of the fault points: how many ended as without the fault, and what was wrong with the others. */
export function figuresOf(verdicts: readonly Verdict[]): SweepFigures {
  const failed = verdicts.filter(({ failings }) => failings.length > 0);
  const defects = failed.filter((verdict) => allowanceOf(verdict) === undefined);
  const having = (failing: Failing): number =>
    defects.filter(({ failings }) => failings.includes(failing)).length;
  return {
    fault_points: verdicts.length,
    converged: verdicts.length - failed.length,
    duplicates: having("duplicates"),
    orphans: having("orphans"),
    unclear_errors: having("unclear_errors"),
    unavoidable: failed.length - defects.length,
    other_failures: defects.filter(({ failings }) => failings.some(isOther)).length,
  };
}

const isOther = (failing: Failing): boolean => ["converged", "adoption", "secrets"].includes(failing);

/** A defect in words: where it was, and what was not as it should be. */
export function describe({ point, failings, details, error }: Verdict): string {
  const { scenario, phase, request, fault, sequel } = point;
  return [
    `${scenario.name}: ${phase}, request ${request}, ${fault.name}, then ${sequel}: ${failings.join(", ")}`,
    ...details,
    ...(error === undefined ? [] : [`the run had said: ${error}`]),
  ].join("\n    ");
}

/** The defects of a sweep, and that too much of it is unavoidable. */
export function complaintsOf(verdicts: readonly Verdict[]): string[] {
  const defects = verdicts.filter(
    (verdict) => verdict.failings.length > 0 && allowanceOf(verdict) === undefined,
  );
  const { unavoidable, fault_points } = figuresOf(verdicts);
  const tooMuch = unavoidable > fault_points * mostUnavoidable;
  return [
    ...defects.map(describe),
    ...(tooMuch ? [`${unavoidable} of ${fault_points} fault points are called unavoidable`] : []),
  ];
}
