import { figure, median, ratio } from "../../bench/figures";
import { type Figure, isReached } from "../../bench/results";

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[10, 1, 2, 5], 3.5],
])("the median of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle);
});

test("the median of nothing is an error", () => {
  expect(() => median([])).toThrow("no median");
});

test("a ratio has three decimals", () => {
  expect(ratio(2, 3)).toBe(0.667);
});

test.each<[Pick<Figure, "value" | "bar">, boolean]>([
  [{ value: 1, bar: 1 }, true],
  [{ value: 1.001, bar: 1 }, false],
  [{ value: 0, bar: 0 }, true],
  [{ value: 1, bar: 0 }, false],
  [{ value: 7 }, true],
  [{ value: true, bar: true }, true],
  [{ value: false, bar: true }, false],
  [{ value: true, bar: false }, false],
  [{ value: 1, bar: true }, false],
])("%j is within its bar: %s", (values, reached) => {
  expect(isReached({ ...figure("some_figure", "some figure", 0), ...values })).toBe(reached);
});
