import { printable } from "../access/messages";

/** A text cut to at most `most` characters. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text.slice(0, 2 * most + 1));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

/** Fields whose values stay hidden, whether or not PostHog has masked them. */
const secretField =
  /secret|password|passwd|token|private|credential|bearer|x509|certificate|challenge|secure_value|totp|sensitive|encrypted/i;

export const hidden = "(hidden)";

/**
 * PostHog's keys, whole or truncated. After other letters only whole keys count, because words such as graphs_ look
 * alike.
 */
const key = /(?:\bph([xsar])_[A-Za-z0-9_-]{6,}|ph([xsar])_[A-Za-z0-9]{30,})/g;

/** Whether the values of a field must never be printed. */
export function isSecretField(field: string): boolean {
  return secretField.test(field);
}

/**
 * A value without its secrets: PostHog masks most of them in the log, but not in every version. This hides fields whose
 * names suggest secrets, at any depth, and keys in any text.
 */
export function conceal(value: unknown, field = ""): unknown {
  if (value === null || value === undefined || typeof value === "boolean") return value;
  if (value === "masked" || isSecretField(field)) return hidden;
  if (typeof value === "string") return concealKeys(value);
  if (Array.isArray(value)) return value.map((item) => conceal(item));
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, conceal(inner, name)]));
}

export function concealKeys(text: string): string {
  return text.replace(key, (_, kind = "", inside = "") => `ph${kind}${inside}_...`);
}

/** What spreadsheets read as the start of a formula, including full-width signs (OWASP: CSV injection). */
const formulaSign = /[=+\-@|%＝＋－＠]/;

/**
 * Where a formula could begin: at the start of a cell or of one of its lines, and after the other characters that
 * separate cells in many countries.
 */
const beginning = /(?:[;\t\r\n]|^)[\s"]*/g;

/**
 * A row of a CSV file (RFC 4180) that no spreadsheet reads as a formula: an apostrophe precedes it. Characters that
 * control a terminal or reverse a line become their numbers.
 */
export function csvRow(cells: readonly (string | number | boolean | undefined)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number | boolean | undefined): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  const shown = value.replace(/[^\t\r\n]+/g, printable);
  const harmless = shown.replace(beginning, (start, at: number) => {
    const isFormula = formulaSign.test(shown.charAt(at + start.length)) || (at === 0 && /[\t\r]/.test(start));
    if (!isFormula) return start;
    return `${at === 0 ? "'" : ""}${start}${/[;\t\r\n]/.test(start) ? "'" : ""}`;
  });
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
