/** The beginning of every generated page. */
export const MADE = "<!-- Made by `npm run docs`";

/** A table. Leaves out columns without text. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heading.map((_, column) => rows.some((row) => (row[column] ?? "") !== ""));
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .filter((_, column) => kept[column])
      .map((cell) => (cell === "" ? " " : cell))
      .join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text for a table cell. */
export function cell(text: string): string {
  return text.replace(/\|/g, "\\|");
}

/** Text as code for a table cell. Empty text stays empty. */
export function code(text: string): string {
  return text === "" ? "" : `\`${cell(text)}\``;
}

/** The anchor of a heading on the same page. */
export function anchor(heading: string): string {
  return `#${heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replace(/ /g, "-")}`;
}

/** Joins the parts of a page; leaves out empty ones. */
export function page(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
