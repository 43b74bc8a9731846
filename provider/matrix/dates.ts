const day = 86_400_000;

/** A moment's date in UTC, in ISO form: `2026-12-31`. */
export function dateOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** Days from one ISO date to another; negative where the other one is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / day);
}
