/** How every page begins that is made from the sources. */
export const MADE = "<!-- Made by `npm run docs`";

/** A table; a column without any text is left out. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heading.map((_, column) => rows.some((row) => (row[column] ?? "") !== ""));
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .filter((_, column) => kept[column])
      .map((cell) => (cell === "" ? " " : cell))
      .join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text for a cell of a table. */
export function cell(text: string): string {
  return text.replace(/\|/g, "\\|");
}

/** Text set as code, for a cell of a table; nothing stays nothing. */
export function code(text: string): string {
  return text === "" ? "" : `\`${cell(text)}\``;
}

/** Where a heading of the same page is reached. */
export function anchor(heading: string): string {
  return `#${heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replace(/ /g, "-")}`;
}

/** Puts the parts of a page under each other; empty ones are left out. */
export function page(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
