import { printable } from "../../provider/access/messages";

const onOneLine = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .join(" ");

/** A text on one line of Markdown, without markup or control characters. */
export function markdownText(text: string): string {
  return printable(onOneLine(text)).replace(/[\\|<>*_`~[\]#@]/g, "\\$&");
}

/** The lines of a Markdown table, preceded by an empty line; none for a table without rows. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  if (rows.length === 0) return [];
  return ["", line(heads), line(heads.map(() => "---")), ...rows.map((row) => line(row.map(markdownText)))];
}
