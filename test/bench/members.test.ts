import type { Life } from "../../bench/life";
import { membersFigures } from "../../bench/members";

function life(seconds: number, more: Partial<Life> = {}): Life {
  const milliseconds = { up: seconds * 1000, preview: 2000, refresh: 3000, destroy: 4000 };
  const requests = { up: 210, preview: 4, refresh: 5, destroy: 203 };
  const projectReads = { up: 0, preview: 0, refresh: 0, destroy: 0 };
  return { milliseconds, requests, projectReads, stateBytes: 400_000, peakBytes: 150e6, ...more };
}

test("figures are ratios of medians, bytes for one resource, and the worst of requests and memory", () => {
  const requests = { up: 230, preview: 4, refresh: 7, destroy: 203 };
  const projectReads = { up: 0, preview: 1, refresh: 2, destroy: 0 };
  const ours = [life(8), life(9, { requests }), life(70, { peakBytes: 180.26e6, projectReads })];
  const stock = [life(12, { stateBytes: 1_000_000 }), life(1), life(13, { stateBytes: 1_000_000 })];
  const figures = membersFigures({ ours, stock }, 200);
  expect(Object.fromEntries(figures.map(({ name, value }) => [name, value]))).toEqual({
    up_ratio: 0.75,
    preview_ratio: 1,
    refresh_ratio: 1,
    destroy_ratio: 1,
    state_bytes_per_resource: 2000,
    stock_state_bytes_per_resource: 5000,
    state_ratio: 0.4,
    refresh_requests: 7,
    up_requests: 230,
    project_reads: 2,
    provider_peak_rss_mb: 180.3,
  });
});

test("its JSON is checked against these limits", () => {
  const figures = membersFigures({ ours: [life(1)], stock: [life(1)] }, 200, "22.1.0");
  expect(Object.fromEntries(figures.map(({ name, bar }) => [name, bar]))).toEqual({
    up_ratio: 1,
    preview_ratio: 1,
    refresh_ratio: 1.1,
    destroy_ratio: 1,
    state_bytes_per_resource: undefined,
    stock_state_bytes_per_resource: undefined,
    state_ratio: 0.6,
    refresh_requests: 10,
    up_requests: 230,
    project_reads: 0,
    provider_peak_rss_mb: 200,
  });
});

test("a refresh has no bar on Node 20, which cannot keep compiled code", () => {
  const figures = membersFigures({ ours: [life(1)], stock: [life(1)] }, 200, "20.19.0");
  expect(figures.find(({ name }) => name === "refresh_ratio")).not.toHaveProperty("bar");
});
