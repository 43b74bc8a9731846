/** A part of a program: on one line if it fits, else with one line per item. */
export type Piece = string | Group;

/** Items between brackets. */
export interface Group {
  readonly open: string;
  readonly items: readonly Item[];
  readonly close: string;
  /** The text next to the brackets, inside, if they are on one line. */
  readonly padding?: string;
}

/** One item, with the text before its value. */
export interface Item {
  /** `name=`; empty for a list item. */
  readonly label: string;
  readonly value: Piece;
}

/** How a language breaks lines. */
export interface Style {
  readonly indent: string;
  /** Whether values on neighboring lines are aligned. */
  readonly aligned?: boolean;
}

const widest = 100;

/** Prints a piece that begins in a column. */
export function printPiece(piece: Piece, style: Style, column = 0, depth = ""): string {
  if (typeof piece === "string") return piece;
  const flat = onOneLine(piece);
  if (column + flat.length <= widest) return flat;
  const inner = depth + style.indent;
  const lines = piece.items.map(({ label, value }) => ({
    label,
    text: printPiece(value, style, inner.length + label.length, inner),
  }));
  const printed = (style.aligned === true ? aligned(lines) : lines).map(
    ({ label, text }) => `${inner}${label}${text},\n`,
  );
  return `${piece.open}\n${printed.join("")}${depth}${piece.close}`;
}

function onOneLine(piece: Piece): string {
  if (typeof piece === "string") return piece;
  const { open, items, close, padding = "" } = piece;
  const pad = items.length === 0 ? "" : padding;
  return `${open}${pad}${items.map(({ label, value }) => label + onOneLine(value)).join(", ")}${pad}${close}`;
}

interface Line {
  readonly label: string;
  readonly text: string;
}

/** Pads the labels of neighboring one-line items to the widest of them. */
function aligned(lines: readonly Line[]): Line[] {
  const isLong = ({ text }: Line): boolean => text.includes("\n");
  const from = (index: number, step: 1 | -1): number => {
    let end = index;
    for (let next = lines[end + step]; next !== undefined && !isLong(next); next = lines[end + step])
      end += step;
    return end;
  };
  return lines.map((line, index) => {
    if (isLong(line)) return line;
    const run = lines.slice(from(index, -1), from(index, 1) + 1);
    return { ...line, label: line.label.padEnd(Math.max(...run.map(({ label }) => label.length))) };
  });
}
