import { colors } from "./colors";

/** Between two columns. */
const gap = "  ";
/** Narrower than this the last column is not made: the line gets longer instead. */
const narrowest = 24;
/** Wider than this no other column becomes; what is longer pushes its line aside. */
const widest = 40;

/** The width of the terminal, or where there is none what everybody can read. */
export function terminalWidth({ columns }: { readonly columns?: number } = process.stdout): number {
  return columns ?? 100;
}

/**
 * A table for a terminal. The last column takes what is left of the width, and its texts go on below. Cells are plain
 * text without line breaks.
 */
export function textTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  if (rows.length === 0) return [];
  const last = heads.length - 1;
  const widths = heads
    .slice(0, last)
    .map((head, at) => Math.min(widest, Math.max(head.length, ...rows.map((row) => (row[at] ?? "").length))));
  const left = widths.reduce((sum, each) => sum + each + gap.length, 0);
  const line = (cells: readonly string[]): string[] => {
    const start = widths.map((each, at) => (cells[at] ?? "").padEnd(each) + gap).join("");
    return wrapped(cells[last] ?? "", Math.max(narrowest, width - left)).map((part, at) =>
      `${at === 0 ? start : " ".repeat(left)}${part}`.trimEnd(),
    );
  };
  return [...line(heads).map((head) => colors.dim(head)), ...rows.flatMap(line)];
}

/** A text on lines of a width, broken between words where that is possible. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
