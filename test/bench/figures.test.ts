import { type Figures, figuresOf, type Life, median, verdicts } from "../../bench/figures";

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

function life(seconds: number, more: Partial<Life> = {}): Life {
  const milliseconds = { up: seconds * 1000, preview: 2000, refresh: 3000, destroy: 4000 };
  const requests = { up: 210, preview: 4, refresh: 5, destroy: 203 };
  return { milliseconds, requests, stateBytes: 400_000, peakBytes: 150e6, ...more };
}

test("figures are ratios of medians, bytes for one resource, and the worst of requests and memory", () => {
  const requests = { up: 230, preview: 4, refresh: 7, destroy: 203 };
  const ours = [life(8), life(9, { requests }), life(70, { peakBytes: 180.26e6 })];
  const stock = [life(12, { stateBytes: 1_000_000 }), life(1), life(13, { stateBytes: 1_000_000 })];
  expect(figuresOf(ours, stock, 200)).toEqual({
    up_ratio: 0.75,
    preview_ratio: 1,
    refresh_ratio: 1,
    destroy_ratio: 1,
    state_bytes_per_resource: 2000,
    stock_state_bytes_per_resource: 5000,
    refresh_requests: 7,
    up_requests: 230,
    provider_peak_rss_mb: 180.3,
  });
});

describe("verdicts", () => {
  const atTheLimit: Figures = {
    up_ratio: 1,
    preview_ratio: 1,
    refresh_ratio: 1,
    destroy_ratio: 1,
    state_bytes_per_resource: 600,
    stock_state_bytes_per_resource: 1000,
    refresh_requests: 10,
    up_requests: 230,
    provider_peak_rss_mb: 200,
  };

  test("a figure at its limit is reached", () => {
    expect(verdicts(atTheLimit).filter(({ reached }) => !reached)).toEqual([]);
  });

  test.each([
    ["up_ratio", 1.001],
    ["preview_ratio", 1.001],
    ["refresh_ratio", 1.001],
    ["destroy_ratio", 1.001],
    ["state_bytes_per_resource", 601],
    ["refresh_requests", 11],
    ["up_requests", 231],
    ["provider_peak_rss_mb", 200.1],
  ])("%s above its limit is missed, and only that", (name, value) => {
    expect(verdicts({ ...atTheLimit, [name]: value }).filter(({ reached }) => !reached)).toHaveLength(1);
  });
});
