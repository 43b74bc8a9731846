/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random sample from a seed, in the original order. */
export function sampleOf<T>(things: readonly T[], count: number, seed: number): T[] {
  const random = seededNumbers(seed);
  const drawn = things.map((thing, at) => ({ thing, at, lot: random() }));
  const chosen = drawn.sort((one, other) => one.lot - other.lot).slice(0, count);
  return chosen.sort((one, other) => one.at - other.at).map(({ thing }) => thing);
}
