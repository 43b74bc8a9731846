import { printable } from "./printable";

/** What spreadsheets take for the beginning of a formula, wide forms of the signs included (OWASP: CSV injection). */
const formula = /^\s*[=+\-@\t\r|%＝＋－＠]/u;

/**
 * A row of a CSV file (RFC 4180), whose cells no spreadsheet takes for formulas: those begin with an apostrophe. What a
 * terminal would obey, or what turns a line around, stands there by its number.
 */
export function csvRow(cells: readonly (string | number | boolean | undefined)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number | boolean | undefined): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  const shown = value.replace(/[^\t\r\n]+/g, printable);
  const harmless = formula.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
