import type { FindingSubject, Severity } from "../../../../provider/review/model";
import type { PageData } from "./data";
import type { Matrix, Principal } from "./matrix";
import { severities } from "./messages";

/** A finding, with the part of the matrix that it is about. */
export interface Finding {
  readonly index: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly fix: string;
  /** The one row that it is about: a person or a key. */
  readonly row?: number;
  /** The one project that it is about, by its position. */
  readonly column?: number;
  /** Rows that it concerns without being about one of them: people of a role or an e-mail domain. */
  readonly concerns: readonly number[];
  /** What to look for to see the rows that it concerns. */
  readonly search?: string;
}

/** The findings, and which part of the matrix has which. */
export interface FindingIndex {
  readonly all: readonly Finding[];
  ofRow(row: number): readonly Finding[];
  ofColumn(column: number): readonly Finding[];
  /** Findings about this subject in this project. */
  ofCell(row: number, column: number): readonly Finding[];
}

/** Puts the findings in order by what they are about. */
export function indexFindings(data: PageData, matrix: Matrix): FindingIndex {
  const place = placer(data, matrix);
  const text = (position: number): string => data.texts[position] ?? "";
  const all = data.findings.map(
    ({ rule, severity, message, evidence, fix, subject }, index): Finding => ({
      index,
      rule: text(rule),
      severity,
      message,
      evidence: evidence.map(text),
      fix: text(fix),
      ...place(subject),
    }),
  );
  const rows = grouped(all, ({ row }) => row);
  const columns = grouped(all, ({ row, column }) => (row === undefined ? column : undefined));
  return {
    all,
    ofRow: (row) => rows.get(row) ?? [],
    ofColumn: (column) => columns.get(column) ?? [],
    ofCell: (row, column) => (rows.get(row) ?? []).filter((finding) => finding.column === column),
  };
}

/** The worst severity among findings, or undefined where there are none. */
export function worst(findings: readonly Finding[]): Severity | undefined {
  return severities.find((severity) => findings.some((finding) => finding.severity === severity));
}

type FindingLocation = Pick<Finding, "row" | "column" | "concerns" | "search">;

function placer(data: PageData, { subjects }: Matrix): (subject: FindingSubject) => FindingLocation {
  const rows = new Map(data.people.map(({ email }, row) => [email.toLowerCase(), row]));
  const columns = new Map(data.projects.map(({ projectId }, column) => [projectId, column]));
  const rowsWhere = (holds: (subject: Principal) => boolean): number[] =>
    subjects.filter(holds).map(({ index }) => index);
  const groupOf = ({ role, domain }: FindingSubject): Pick<FindingLocation, "concerns" | "search"> => {
    if (role !== undefined) return { concerns: rowsWhere(({ roles }) => roles.includes(role)), search: role };
    if (domain === undefined) return { concerns: [] };
    const ending = `@${domain.toLowerCase()}`;
    return {
      concerns: rowsWhere(({ person }) => person?.email.toLowerCase().endsWith(ending) === true),
      search: ending,
    };
  };
  return (subject) => {
    const { person, key, projectId } = subject;
    const column = projectId === undefined ? undefined : columns.get(projectId);
    const keyRow = key === undefined ? undefined : data.people.length + key;
    const row = keyRow ?? (person === undefined ? undefined : rows.get(person.toLowerCase()));
    return row === undefined ? { column, ...groupOf(subject) } : { row, column, concerns: [] };
  };
}

function grouped(
  findings: readonly Finding[],
  by: (finding: Finding) => number | undefined,
): Map<number, Finding[]> {
  const groups = new Map<number, Finding[]>();
  for (const finding of findings) {
    const place = by(finding);
    if (place === undefined) continue;
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [finding]);
    else group.push(finding);
  }
  return groups;
}
