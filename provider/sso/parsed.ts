/**
 * What came of reading somebody's input: the value with remarks worth a warning, or the one thing that is
 * wrong with it. `problem` and `notes` start lower-case and never repeat the input.
 */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** A value that was read, with remarks if there are any. */
export function read<T>(value: T, notes: readonly string[] = []): Parsed<T> {
  return { ok: true, value, notes };
}

/** Input that cannot be used, and why. */
export function unreadable(problem: string): Parsed<never> {
  return { ok: false, problem };
}
