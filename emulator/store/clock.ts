/** Tells the time; tests pass their own. */
export type Clock = () => Date;

/** A moment as PostHog writes it: UTC, microseconds, `Z`. */
export function isoMicroseconds(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
