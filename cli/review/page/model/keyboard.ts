/** A cell of the grid: row 0 is the header, column 0 has the names. */
export interface CellPosition {
  readonly row: number;
  readonly column: number;
}

/** The size of the grid: rows without the header, columns without the names, and visible rows. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
  readonly page: number;
}

interface Stroke {
  readonly key: string;
  readonly ctrlKey: boolean;
}

/** Where a key moves to from a cell, within the edges; undefined for other keys. */
export function moved(from: CellPosition, { key, ctrlKey }: Stroke, size: Size): CellPosition | undefined {
  const to = target(from, key, ctrlKey, size);
  return to && within(to, size);
}

/** The nearest cell that exists. */
export function within({ row, column }: CellPosition, { rows, columns }: Size): CellPosition {
  return { row: clamp(row, rows), column: clamp(column, columns) };
}

function target(
  { row, column }: CellPosition,
  key: string,
  ctrl: boolean,
  size: Size,
): CellPosition | undefined {
  switch (key) {
    case "ArrowUp":
      return { row: row - 1, column };
    case "ArrowDown":
      return { row: row + 1, column };
    case "ArrowLeft":
      return { row, column: column - 1 };
    case "ArrowRight":
      return { row, column: column + 1 };
    case "PageUp":
      return { row: row - size.page, column };
    case "PageDown":
      return { row: row + size.page, column };
    case "Home":
      return { row: ctrl ? 0 : row, column: 0 };
    case "End":
      return { row: ctrl ? size.rows : row, column: size.columns };
    default:
      return undefined;
  }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

/** The part of a long list that is on the page, from the first row up to, but without, the last. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** The visible rows, and some more on both sides. */
export function visibleRange(scrollTop: number, height: number, rowHeight: number, rows: number): Range {
  const spare = 6;
  const first = clamp(Math.floor(scrollTop / rowHeight) - spare, rows);
  return { first, last: clamp(Math.ceil((scrollTop + height) / rowHeight) + spare, rows) };
}

/** How far to scroll, as little as possible, to show a row. */
export function scrollFor(row: number, rowHeight: number, scrollTop: number, height: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}
