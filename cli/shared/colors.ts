import picocolors from "picocolors";

/**
 * Whether a command prints in color: where a terminal shows it, unless NO_COLOR is set; elsewhere only when
 * FORCE_COLOR asks for it. That it runs in CI is no reason: what is printed there is often kept in a file or posted.
 */
export function printsInColor(
  { NO_COLOR, FORCE_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean | undefined,
): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal === true && TERM !== "dumb";
}

/** The colors of what commands print. */
export const colors = picocolors.createColors(printsInColor(process.env, process.stdout.isTTY));
