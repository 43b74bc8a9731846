import picocolors from "picocolors";
import { printable } from "../../provider/access/messages";

/**
 * Whether a command prints in color: on a terminal, unless NO_COLOR is set; elsewhere only with FORCE_COLOR. A CI
 * environment alone does not switch colors on: its output is often stored in a file or posted.
 */
export function printsInColor(
  { NO_COLOR, FORCE_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean | undefined,
): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal === true && TERM !== "dumb";
}

/** The colors of a command's output. */
export const colors = picocolors.createColors(printsInColor(process.env, process.stdout.isTTY));

/** Between two columns. */
const gap = "  ";
/** The minimum width of the last column: longer lines are allowed instead. */
const narrowest = 24;
/** The maximum width of other columns; a longer text shifts the rest of its line to the right. */
const widest = 40;

/** The width of the terminal, or a generally readable width if there is none. */
export function terminalWidth({ columns }: { readonly columns?: number } = process.stdout): number {
  return columns ?? 100;
}

/** A table for a terminal. The last column fills the rest of the width, and its texts wrap. Cells are plain text. */
export function textTable(
  heads: readonly string[],
  texts: readonly (readonly string[])[],
  width: number,
): string[] {
  if (texts.length === 0) return [];
  const rows = texts.map((row) => row.map(printable));
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

/** A text as printable lines of that width, broken between words. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
