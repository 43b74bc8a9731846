import type { Figure } from "./results";

/** The median: the middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error("There is no median of nothing.");
  return (low + high) / 2;
}

/** A figure with an upper limit, or one that is only shown if it has none. */
export function figure(
  name: string,
  title: string,
  value: number,
  bar?: number,
  unit?: Figure["unit"],
): Figure {
  return {
    name,
    title,
    value,
    ...(bar === undefined ? {} : { bar }),
    ...(unit === undefined ? {} : { unit }),
  };
}

/** A number with at most this many decimals. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** One time as a share of another. */
export function ratio(value: number, base: number): number {
  return rounded(value / base, 3);
}
