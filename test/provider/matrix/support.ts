import type { DesiredAccess } from "../../../provider/matrix/desired";
import { type EvaluateOptions, evaluateMatrix } from "../../../provider/matrix/evaluate";
import { MatrixError, problemLine } from "../../../provider/matrix/problem";

/** The matrix at the start of the documentation. */
export const plainMatrix = `access_matrix:
  engineering:
    staging_project: {role: admin, can_create_flags: true, can_delete_flags: true}
    production_project: {role: member, can_create_flags: true, can_delete_flags: false}
  product:
    staging_project: {role: member, can_view_recordings: true, can_create_insights: true}
    production_project: {role: member, can_view_recordings: true, can_create_insights: true}
  bi_service_account:
    production_project: {api_key_scopes: [insight:read, dashboard:read, query:read]}
  flag_service_account:
    production_project: {api_key_scopes: [feature_flag:read, feature_flag:write]}
`;

const usual: EvaluateOptions = {
  today: "2026-11-23",
  projects: ["staging_project", "production_project"],
  file: "access.yaml",
};

/** A matrix's result on 23 November 2026, in a program with a staging and a production project. */
export function desiredOf(source: unknown, options: Partial<EvaluateOptions> = {}): DesiredAccess {
  return evaluateMatrix(source, { ...usual, ...options });
}

/** Every problem of a matrix, one line each; empty if it is valid. */
export function problemsOf(source: unknown, options: Partial<EvaluateOptions> = {}): string[] {
  try {
    desiredOf(source, options);
    return [];
  } catch (error) {
    if (!(error instanceof MatrixError)) throw error;
    return error.problems.map((problem) => problemLine(problem, error.file));
  }
}

/** A matrix with one team that has one entry in staging. */
export function withEntry(entry: string): string {
  return `access_matrix: {team: {staging_project: ${entry}}}`;
}

/** The column where the entry of {@link withEntry} begins. */
const entryColumn = "access_matrix: {team: {staging_project: ".length;

/** The problems of one entry, with paths and columns relative to the entry. */
export function entryProblemsOf(entry: string, options: Partial<EvaluateOptions> = {}): string[] {
  return problemsOf(withEntry(entry), options).map((line) =>
    line
      .replace(/^access\.yaml:1:(\d+) /, (_, column: string) => `${Number(column) - entryColumn} `)
      .replace(/access_matrix\.team\.staging_project(\.|: )/, ""),
  );
}
