import type { Axis } from "./results";

/** Positions of values on an axis. */
export interface Scale {
  /** The position on the axis, from 0 to 1. */
  readonly at: (value: number) => number;
  /** Values with a grid line and a label. */
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 5, 10];

/** The most labels on a linear axis. */
const MOST_TICKS = 6;

/** Up to this many decades, a logarithmic axis has labels between the powers of ten. */
const FEW_DECADES = 1.5;

/** An axis for these values. It ends at round numbers; a linear axis begins at zero. */
export function scaleOf({ scale }: Pick<Axis, "scale">, values: readonly number[]): Scale {
  return scale === "log" ? logarithmic(values) : linear(values);
}

function linear(values: readonly number[]): Scale {
  const most = Math.max(...values, Number.EPSILON);
  const step = roundUp(most / (MOST_TICKS - 1));
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => exact(index * step));
  return { at: (value) => value / (count * step), ticks };
}

function logarithmic(values: readonly number[]): Scale {
  if (values.some((value) => value <= 0)) throw new Error("A logarithmic axis has no place for zero.");
  const [low, high] = [roundDown(Math.min(...values)), roundUp(Math.max(...values))];
  const top = high > low ? high : roundUp(high * 1.5);
  const span = Math.log10(top / low);
  const first = Math.floor(Math.log10(low));
  const marks = span <= FEW_DECADES ? [1, 2, 5] : [1];
  const ticks = Array.from({ length: Math.ceil(span) + 2 }, (_, index) => 10 ** (first + index))
    .flatMap((power) => marks.map((mark) => exact(mark * power)))
    .filter((tick) => tick >= low * 0.999 && tick <= top * 1.001);
  return { at: (value) => Math.log10(value / low) / span, ticks };
}

/** The next of 1, 2, 5, 10, 20, ... that is not smaller. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return exact(power * (STEPS.find((step) => step * power >= value * 0.999999) ?? 10));
}

/** The last of 1, 2, 5, 10, 20, ... that is not larger. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return exact(power * ([...STEPS].reverse().find((step) => step * power <= value * 1.000001) ?? 1));
}

/** Removes binary rounding errors. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

/** Three digits, with separators from a thousand up: `0.123`, `12.3`, `5,000`. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
