/** What spreadsheets take for the beginning of a formula, wide forms of the signs included (OWASP: CSV injection). */
const formula = /^\s*[=+\-@\t\r|%＝＋－＠]/u;

/** A row of a CSV file (RFC 4180), whose cells no spreadsheet takes for formulas: those begin with an apostrophe. */
export function csvRow(cells: readonly (string | number | boolean | undefined)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number | boolean | undefined): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  const harmless = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
