/** The largest share of what exists that one update may remove unless the program says otherwise. */
export const defaultRemovalLimit = 0.25;

/** What one update is about to remove. */
export interface Removals {
  /** How many there are that it could remove. */
  readonly existing: number;
  /** How many of them it removes. */
  readonly removed: number;
  /** The largest share that it may remove, 0 to 1. */
  readonly limit: number;
}

/**
 * How many may be removed at once. Of a handful one is always a large share, so a single removal passes unless the
 * limit is 0.
 */
export function allowedRemovals({ existing, limit }: Omit<Removals, "removed">): number {
  // Products such as 0.29 * 100 end a hair below the whole number that is meant.
  return limit === 0 ? 0 : Math.max(1, Math.floor(existing * limit + 1e-9));
}

/**
 * Why so many removals are not carried out, and how to go ahead on purpose; undefined when they are few enough.
 *
 * @param things what is removed, in the plural: `grants`.
 */
export function tooManyRemovals(
  removals: Removals,
  things: string,
): { why: string; fix: string } | undefined {
  const { existing, removed, limit } = removals;
  const allowed = allowedRemovals(removals);
  if (removed <= allowed) return undefined;
  // Rounded up, so that the limit that is proposed is enough.
  const share = Math.min(1, Math.ceil((removed / existing) * 100) / 100);
  return {
    why: `It would remove ${removed} of ${existing} ${things}, and removalLimit ${limit} allows ${allowed}.`,
    fix: `If that is meant, set removalLimit: ${share} for this update, and take it out again afterwards.`,
  };
}
