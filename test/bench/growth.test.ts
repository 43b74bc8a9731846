import { growthOf, leastRefresh, type Point } from "../../bench/growth";
import { drawPlot } from "../../bench/plot";

const POLICY = "one ProjectAccess";
const SINGLE = "ProjectMembers";

function point(form: string, grants: number, latencyMs: number, seconds: number, refresh: number): Point {
  const milliseconds = { up: seconds * 1000, preview: 1000, refresh: grants * 100, destroy: 0 };
  const requests = { up: grants + 4, preview: 3, refresh, destroy: 0 };
  const projectReads = { up: 0, preview: 0, refresh: 0, destroy: 0 };
  const life = { milliseconds, requests, projectReads, stateBytes: 1, peakBytes: 123.44e6 };
  return { form, grants, latencyMs, life };
}

const points = [
  point(POLICY, 10, 0, 2, 4),
  point(POLICY, 1000, 0, 4, 9),
  point(SINGLE, 10, 0, 3, 2),
  point(SINGLE, 100, 0, 10, 2),
  point(POLICY, 10, 200, 6, 4),
  point(SINGLE, 10, 200, 8, 2),
];

test("times are relative to the smallest policy without latency, with a panel for each latency", () => {
  const [up] = growthOf(points).plots ?? [];
  expect(up?.panels).toEqual([
    {
      title: "0 ms",
      series: [
        {
          name: POLICY,
          points: [
            [10, 1],
            [1000, 2],
          ],
        },
        {
          name: SINGLE,
          points: [
            [10, 1.5],
            [100, 5],
          ],
        },
      ],
    },
    {
      title: "200 ms",
      series: [
        { name: POLICY, points: [[10, 3]] },
        { name: SINGLE, points: [[10, 4]] },
      ],
    },
  ]);
});

test("a refresh is compared with the smallest refresh, not with an up", () => {
  const [, refresh] = growthOf(points).plots ?? [];
  expect(refresh?.panels.map(({ series }) => series.map((one) => one.points))).toEqual([
    [
      [
        [10, 1],
        [1000, 100],
      ],
      [
        [10, 1],
        [100, 10],
      ],
    ],
    [[[10, 1]], [[10, 1]]],
  ]);
});

test("the figures are of points without latency, and the times those of the largest of each form", () => {
  const { figures } = growthOf(points);
  expect(figures.map(({ name, value, bar }) => [name, value, bar])).toEqual([
    ["growth_refresh_requests_ratio", 1.8, 1.2],
    ["growth_no_change_requests", 3, 5],
    ["growth_policy_time_ratio", 0.04, 0.35],
  ]);
});

test("requests and memory are those without latency, and every plot can be drawn", () => {
  const { plots = [] } = growthOf(points);
  expect(plots.map(({ file }) => file)).toEqual([
    "growth-up",
    "growth-refresh",
    "growth-requests",
    "growth-memory",
  ]);
  const [, , requests, memory] = plots;
  expect(requests?.panels.map(({ series }) => series[1]?.points)).toEqual([
    [
      [10, 14],
      [100, 104],
    ],
    [
      [10, 2],
      [100, 2],
    ],
  ]);
  expect(memory?.panels[0]?.series[0]?.points).toEqual([
    [10, 123.4],
    [1000, 123.4],
  ]);
  for (const plot of plots) expect(drawPlot(plot)).toContain("</svg>");
});

test.each([
  [POLICY, 10, 4],
  [POLICY, 1000, 5],
  [SINGLE, 10, 2],
  [SINGLE, 999, 2],
  [SINGLE, 2500, 4],
])("a refresh of %s with %i grants needs at least %i requests", (form, grants, least) => {
  expect(leastRefresh({ form, grants })).toBe(least);
});

test("one request too many of a small refresh misses the bar, and one of a large refresh does not", () => {
  const refreshOf = (grants: number, refresh: number) =>
    growthOf([point(POLICY, grants, 0, 1, refresh), point(SINGLE, 10, 0, 1, 2)]).figures.find(
      ({ name }) => name === "growth_refresh_requests_ratio",
    );
  expect(refreshOf(10, 5)).toMatchObject({ value: 1.25, bar: 1.2 });
  expect(refreshOf(5000, 10)).toMatchObject({ value: 1.111, bar: 1.2 });
});
