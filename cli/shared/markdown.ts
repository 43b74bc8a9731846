import { printable } from "../../provider/audit/printable";

/** A text as it stands in Markdown, on one line with nothing in it taken for markup, nor obeyed by a terminal. */
export function markdownText(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, " ")).replace(/[\\|<>*_`~[\]#@]/g, "\\$&");
}

/** The lines of a Markdown table with an empty line before it; none where it has no rows. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  if (rows.length === 0) return [];
  return ["", line(heads), line(heads.map(() => "---")), ...rows.map((row) => line(row.map(markdownText)))];
}
