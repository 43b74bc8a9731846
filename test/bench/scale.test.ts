import { formatNumber, scaleOf } from "../../bench/scale";

test.each([
  ["linear", [3, 17], [0, 5, 10, 15, 20]],
  ["linear", [0.12, 1], [0, 0.2, 0.4, 0.6, 0.8, 1]],
  ["linear", [0, 0.03], [0, 0.01, 0.02, 0.03]],
  ["linear", [100], [0, 20, 40, 60, 80, 100]],
  ["log", [10, 5000], [10, 100, 1000]],
  ["log", [0.9, 7], [0.5, 1, 2, 5, 10]],
  ["log", [1, 1], [1, 2]],
] as const)("a %s axis for %j has labels at %j, and its values within", (scale, values, ticks) => {
  const axis = scaleOf({ scale }, values);
  expect(axis.ticks).toEqual(ticks);
  const places = [...ticks, ...values].map(axis.at);
  expect(Math.min(...places)).toBeGreaterThanOrEqual(-1e-9);
  expect(Math.max(...places)).toBeLessThanOrEqual(1 + 1e-9);
});

test("a logarithmic axis gives equal factors equal lengths", () => {
  const { at } = scaleOf({ scale: "log" }, [1, 1000]);
  expect([1, 10, 100, 1000].map((value) => Number(at(value).toFixed(3)))).toEqual([0, 0.333, 0.667, 1]);
});

test("a logarithmic axis has no place for zero", () => {
  expect(() => scaleOf({ scale: "log" }, [0, 10])).toThrow("no place for zero");
});

test.each([
  [5000, "5,000"],
  [123.4, "123"],
  [12.345, "12.3"],
  [0.1234, "0.123"],
  [1, "1"],
  [0, "0"],
])("%d reads %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});
