import type { Finding } from "./findings";
import type { Principal } from "./matrix";
import type { View } from "./view";

/** What goes on paper. */
export interface PrintPlan {
  readonly rows: readonly Principal[];
  /** Projects side by side, as many as a page is wide. */
  readonly columnGroups: readonly (readonly number[])[];
  readonly findings: readonly Finding[];
  /** What is left out, so that nobody takes a part for the whole. */
  readonly notes: readonly string[];
}

/** Above these a browser takes minutes, and nobody reads the hundreds of pages. */
const mostCells = 60_000;
const mostFindings = 1_000;
const columnsOnPage = 24;

/** Decides what of a view is printed, and says what is not. */
export function printPlan({ people, keys, columns, findings }: View): PrintPlan {
  const all = [...people, ...keys];
  const rows = all.slice(0, Math.floor(mostCells / Math.max(1, columns.length)));
  const groups: number[][] = [];
  for (let start = 0; start < columns.length; start += columnsOnPage) {
    groups.push(columns.slice(start, start + columnsOnPage));
  }
  return {
    rows,
    columnGroups: groups,
    findings: findings.slice(0, mostFindings),
    notes: [
      ...partNote("people and keys", rows.length, all.length),
      ...partNote("findings", Math.min(mostFindings, findings.length), findings.length),
    ],
  };
}

function partNote(what: string, printed: number, all: number): string[] {
  if (printed >= all) return [];
  const [first, whole] = [printed, all].map((count) => count.toLocaleString("en"));
  return [`Printed are the first ${first} of ${whole} ${what}: set filters to print the others.`];
}
