import { groupBy } from "../../../../provider/access/values";
import type { FindingSubject, Severity } from "../../../../provider/review/model";
import type { PageData } from "./data";
import type { Matrix, Principal } from "./matrix";
import { severities } from "./messages";

/** A finding, with its part of the matrix. */
export interface Finding {
  readonly index: number;
  readonly rule: string;
  /** The title of the rule. */
  readonly title: string;
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly fix: string;
  /** Its row, a person or a key, if it is about one. */
  readonly row?: number;
  /** Its project, by position, if it is about one. */
  readonly column?: number;
  /** Other affected rows: people in a role or an e-mail domain. */
  readonly concerns: readonly number[];
  /** A query for those rows. */
  readonly search?: string;
}

/** The findings by part of the matrix. */
export interface FindingIndex {
  readonly all: readonly Finding[];
  ofRow(row: number): readonly Finding[];
  ofColumn(column: number): readonly Finding[];
  /** Findings about a row in a project. */
  ofCell(row: number, column: number): readonly Finding[];
}

/** Sorts findings by part of the matrix. */
export function indexFindings(data: PageData, matrix: Matrix): FindingIndex {
  const place = placer(data, matrix);
  const text = (position: number): string => data.texts[position] ?? "";
  const all = data.findings.map(
    ({ rule, title, severity, message, evidence, fix, subject }, index): Finding => ({
      index,
      rule: text(rule),
      title: text(title),
      severity,
      message,
      evidence: evidence.map(text),
      fix: text(fix),
      ...place(subject),
    }),
  );
  const rows = groupBy(all, ({ row }) => row);
  const columns = groupBy(all, ({ row, column }) => (row === undefined ? column : undefined));
  return {
    all,
    ofRow: (row) => rows.get(row) ?? [],
    ofColumn: (column) => columns.get(column) ?? [],
    ofCell: (row, column) => (rows.get(row) ?? []).filter((finding) => finding.column === column),
  };
}

/** The worst severity among findings; undefined without findings. */
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
