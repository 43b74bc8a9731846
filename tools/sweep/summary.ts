import type { Failing } from "./judgement";
import { describePoint } from "./points";
import type { Verdict } from "./sweep";
import { allowanceOf } from "./unavoidable";

/** The figures of fault points. Programs read these names. */
export interface SweepFigures {
  readonly fault_points: number;
  readonly converged: number;
  readonly duplicates: number;
  readonly orphans: number;
  readonly unclear_errors: number;
  readonly unavoidable: number;
  readonly other_failures: number;
}

/** The figures of a sweep: in all, by resource kind and by fault. */
export interface SweepSummary extends SweepFigures {
  readonly by_resource: Readonly<Record<string, SweepFigures>>;
  readonly by_fault: Readonly<Record<string, SweepFigures>>;
}

/** The largest allowed share of unavoidable fault points. */
export const mostUnavoidable = 0.02;

/** How many fault points ended as without the fault, and what was wrong with the others. */
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

export function summaryOf(verdicts: readonly Verdict[]): SweepSummary {
  return {
    ...figuresOf(verdicts),
    by_resource: figuresBy(verdicts, ({ point: { scenario } }) =>
      scenario.siblings === undefined ? scenario.type : "siblings",
    ),
    by_fault: figuresBy(verdicts, ({ point: { fault, second } }) =>
      second === undefined ? fault.name : "two faults",
    ),
  };
}

function figuresBy(
  verdicts: readonly Verdict[],
  keyOf: (verdict: Verdict) => string,
): Record<string, SweepFigures> {
  const keys = [...new Set(verdicts.map(keyOf))].sort();
  return Object.fromEntries(
    keys.map((key) => [key, figuresOf(verdicts.filter((verdict) => keyOf(verdict) === key))]),
  );
}

/** The summary as table lines. */
export function tableOf({ by_resource, by_fault, ...all }: SweepSummary): string[] {
  const rows = [
    ...Object.entries(by_resource),
    ...Object.entries(by_fault),
    ["in all", all] as [string, SweepFigures],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, { fault_points, converged, unavoidable }]) => {
    const defects = fault_points - converged - unavoidable;
    const columns = [
      `${fault_points} points`,
      `${converged} as without`,
      `${unavoidable} unavoidable`,
      `${defects} defects`,
    ];
    return `${name.padEnd(width)}  ${columns.join(", ")}`;
  });
}

/** A defect as text: its position, and what was wrong. */
export function describe({ point, failings, details, error }: Verdict): string {
  return [
    `${describePoint(point)}: ${failings.join(", ")}`,
    ...details,
    ...(error === undefined ? [] : [`the run had said: ${error}`]),
  ].join("\n    ");
}

/** The defects among the verdicts, as text. */
export const defectsOf = (verdicts: readonly Verdict[]): string[] =>
  verdicts
    .filter((verdict) => verdict.failings.length > 0 && allowanceOf(verdict) === undefined)
    .map(describe);

/** The defects of a sweep, and a complaint if too much of it is unavoidable. */
export function complaintsOf(verdicts: readonly Verdict[]): string[] {
  const { unavoidable, fault_points } = figuresOf(verdicts);
  const tooMuch = unavoidable > fault_points * mostUnavoidable;
  return [
    ...defectsOf(verdicts),
    ...(tooMuch ? [`${unavoidable} of ${fault_points} fault points are called unavoidable`] : []),
  ];
}
