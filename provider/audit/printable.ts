// Control characters move a terminal's cursor, and formatting ones turn a line around.
const unprintable = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A text that stands on one line of a terminal and does nothing else: names in the log are anyone's. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/** A text in at most so many characters. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text.slice(0, 2 * most + 1));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

/** Fields whose values stay hidden, whether or not PostHog has masked them. */
const secretField =
  /secret|password|passwd|token|private|credential|bearer|x509|certificate|challenge|secure_value|totp|sensitive|encrypted/i;

/** What stands in place of a secret. */
export const hidden = "(hidden)";

/** PostHog's keys, whole or cut; behind other letters only whole ones, because words such as graphs_ look alike. */
const key = /(?:\bph([xsar])_[A-Za-z0-9_-]{6,}|ph([xsar])_[A-Za-z0-9]{30,})/g;

/** Whether the values of a field are kept from everything that is printed. */
export function isSecretField(field: string): boolean {
  return secretField.test(field);
}

/**
 * A value without the secrets in it: PostHog masks most of them in the log, but not on every version. Hidden are the
 * fields whose names speak of secrets, at any depth, and keys in any text.
 */
export function conceal(value: unknown, field = ""): unknown {
  if (value === null || value === undefined || typeof value === "boolean") return value;
  if (value === "masked" || isSecretField(field)) return hidden;
  if (typeof value === "string") return concealKeys(value);
  if (Array.isArray(value)) return value.map((item) => conceal(item));
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, conceal(inner, name)]));
}

/** A text without PostHog's keys in it. */
export function concealKeys(text: string): string {
  return text.replace(key, (_, kind = "", inside = "") => `ph${kind}${inside}_...`);
}

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
