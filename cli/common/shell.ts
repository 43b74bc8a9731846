import { printable } from "../../provider/access/messages";

/** A value as one word of a command for a shell, as text that a terminal does not obey. */
export function shellWord(value: string): string {
  const shown = printable(value);
  if (shown !== value) return `$'${printable(value.replace(/[\\']/g, "\\$&"))}'`;
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
