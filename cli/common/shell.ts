import { printable } from "../../provider/access/messages";

/** A value as one word of a shell command, without characters that control a terminal. */
export function shellWord(value: string): string {
  const shown = printable(value);
  if (shown !== value) return `$'${printable(value.replace(/[\\']/g, "\\$&"))}'`;
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
