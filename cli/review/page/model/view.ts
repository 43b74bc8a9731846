import type { AccessLevel } from "../../../../provider/access/levels";
import { formatNumber } from "../../../../provider/access/messages";
import { compareNames } from "../../../../provider/access/naturalOrder";
import type { ReviewedProject } from "../../../../provider/review/model";
import type { Finding, FindingIndex } from "./findings";
import type { Cell, Matrix, Principal } from "./matrix";
import { heights, severities } from "./messages";
import type { ViewState } from "./state";

/** The visible part of a review, in order. */
export interface View {
  readonly people: readonly Principal[];
  readonly keys: readonly Principal[];
  /** Positions of the visible projects. */
  readonly columns: readonly number[];
  readonly findings: readonly Finding[];
}

/** Filters and sorts a review. */
export function makeView(matrix: Matrix, index: FindingIndex, state: ViewState): View {
  const columns = columnsNamed(matrix, state.project);
  const hasText = textFilter(state.query);
  const hasLevel = levelFilter(matrix, columns, state.level);
  const rows = matrix.subjects.filter(
    (subject) => isOfKind(subject, state.show) && hasText(subject) && hasLevel(subject),
  );
  const isTouched = touching(rows, columns);
  const findings = index.all.filter((finding) => isWanted(finding, state.finding) && isTouched(finding));
  const named = state.finding === "" ? {} : placesOf(findings);
  const sorted = sortRows(
    rows.filter((subject) => named.rows?.has(subject.index) ?? true),
    matrix,
    index,
    state.sort,
  );
  return {
    people: sorted.filter(({ person }) => person !== undefined),
    keys: sorted.filter(({ key }) => key !== undefined),
    columns: columns.filter((column) => named.columns?.has(column) ?? true),
    findings,
  };
}

function columnsNamed({ projects }: Matrix, wanted: string): number[] {
  return projects.flatMap((project, column) => (isProjectWanted(project, wanted) ? [column] : []));
}

function isOfKind({ person }: Principal, show: string): boolean {
  return show === "people" ? person !== undefined : show === "keys" ? person === undefined : true;
}

/** Whether a finding is about these rows and columns, or about the whole organization. */
function touching(rows: readonly Principal[], columns: readonly number[]): (finding: Finding) => boolean {
  const shownRows = new Set(rows.map(({ index }) => index));
  const shownColumns = new Set(columns);
  return ({ row, column, concerns }) => {
    if (column !== undefined && !shownColumns.has(column)) return false;
    if (row !== undefined) return shownRows.has(row);
    return concerns.length === 0 || concerns.some((concerned) => shownRows.has(concerned));
  };
}

function isWanted({ rule, severity }: Finding, wanted: string): boolean {
  return wanted === "" || wanted === "any" || wanted === severity || wanted === rule;
}

/**
 * Rows or columns that findings are about: people and keys; otherwise people of roles and domains; otherwise projects.
 * The other direction is shown whole.
 */
function placesOf(findings: readonly Finding[]): { rows?: Set<number>; columns?: Set<number> } {
  const named = new Set(findings.flatMap(({ row }) => row ?? []));
  const rows = named.size > 0 ? named : new Set(findings.flatMap(({ concerns }) => concerns));
  if (rows.size > 0) return { rows };
  const columns = new Set(findings.flatMap(({ column }) => column ?? []));
  return columns.size > 0 ? { columns } : {};
}

function isProjectWanted({ name, projectId }: ReviewedProject, wanted: string): boolean {
  const text = wanted.trim().toLowerCase();
  return text === "" || name.toLowerCase().includes(text) || String(projectId) === text;
}

/** A row must contain every word. */
function textFilter(query: string): (subject: Principal) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ searchable }) => words.every((word) => searchable.includes(word));
}

function levelFilter(
  matrix: Matrix,
  columns: readonly number[],
  wanted: string,
): (subject: Principal) => boolean {
  if (wanted === "") return () => true;
  const organizationLevel = /^org:(.*)$/.exec(wanted)?.[1];
  if (organizationLevel !== undefined) return ({ person }) => person?.level === organizationLevel;
  return (subject) => {
    const cells = matrix.cellsOf(subject);
    return columns.some((column) => cells[column]?.level === wanted);
  };
}

const organizationRanks = ["member", "admin", "owner"];

function sortRows(
  rows: readonly Principal[],
  matrix: Matrix,
  index: FindingIndex,
  sort: string,
): readonly Principal[] {
  const projectId = /^project:(\d+)$/.exec(sort)?.[1];
  const column = matrix.projects.findIndex((project) => String(project.projectId) === projectId);
  const weights = new Map<string, (subject: Principal) => number>([
    ["level", ({ person }) => organizationRanks.indexOf(person?.level ?? "")],
    ["findings", (subject) => findingWeight(index.ofRow(subject.index))],
    ["reach", (subject) => matrix.cellsOf(subject).reduce((sum, cell) => sum + heights[cell.level], 0)],
    ["project", (subject) => cellWeight(matrix.cellsOf(subject)[column])],
  ]);
  const nameOf = ({ person, title }: Principal): string =>
    sort === "name" ? title : (person?.email ?? title);
  const named = [...rows].sort((one, other) => compareNames(nameOf(one), nameOf(other)));
  const weigh = weights.get(column >= 0 ? "project" : sort);
  if (weigh === undefined) return named;
  const weighed = named.map((subject) => ({ subject, weight: weigh(subject) }));
  return weighed.sort((one, other) => other.weight - one.weight).map(({ subject }) => subject);
}

/** One worse finding outweighs any number of less severe ones. */
function findingWeight(findings: readonly Finding[]): number {
  return findings.reduce(
    (sum, { severity }) => sum + 1000 ** (severities.length - severities.indexOf(severity)),
    0,
  );
}

/** By level, then by levels on types of resource. */
function cellWeight(cell: Cell | undefined): number {
  if (cell === undefined) return -1;
  return heights[cell.level] * 1000 + cell.resources.reduce((sum, { level }) => sum + heights[level], 0);
}

/** How many cells have each level. */
export function levelCounts(cells: Iterable<Cell>): Map<AccessLevel, number> {
  const counts = new Map<AccessLevel, number>();
  for (const { level } of cells) counts.set(level, (counts.get(level) ?? 0) + 1);
  return counts;
}

/** What is printed. */
interface PrintPlan {
  readonly rows: readonly Principal[];
  /** Projects side by side, as many as fit on a page. */
  readonly columnGroups: readonly (readonly number[])[];
  readonly findings: readonly Finding[];
  /** What is left out. */
  readonly notes: readonly string[];
}

/** More would take a browser minutes, and print hundreds of pages. */
const mostCells = 60_000;
const mostFindings = 1_000;
const columnsOnPage = 24;

/** Decides what to print from a view. */
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
  return [
    `Showing the first ${formatNumber(printed)} of ${formatNumber(all)} ${what}: set filters to print the others.`,
  ];
}
