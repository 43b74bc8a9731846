import { startEmulator } from "../emulator";
import { formatDuration, startStep } from "../tools/command";
import { figure, ratio, rounded } from "./figures";
import { type Life, live, unlimitedConfig } from "./life";
import type { Part, Run } from "./part";
import { grantsAsPolicy, grantsAsSingles, seedOf } from "./programs";
import type { Figure, Measurement, Plot, Series } from "./results";

/** The forms in which grants are declared, with the measured numbers of grants. */
const FORMS = [
  { name: "one ProjectAccess", program: grantsAsPolicy, sizes: [10, 100, 1000, 5000] },
  { name: "ProjectMembers", program: grantsAsSingles, sizes: [10, 100, 500] },
] as const;

/** PostHog's response times, in milliseconds. */
const LATENCIES = [0, 50, 200];

const COMMANDS = ["up", "preview", "refresh"] as const;

/** The measurements of one stack with a number of grants. */
export interface Point {
  readonly form: string;
  readonly grants: number;
  readonly latencyMs: number;
  readonly life: Life;
}

/** How time, requests and memory grow with the number of grants. */
export const growth: Part = {
  name: "growth",
  title: "How it grows",
  text: `
Grants of one project, as one \`ProjectAccess\` and as one \`ProjectMember\` each, with a PostHog that takes 0, 50 and 200 ms for an answer and has no rate limit (\`requestsPerMinute: off\`). A time of 1 is that of the same command with 10 grants in one \`ProjectAccess\` and no latency. PostHog Cloud allows 480 requests a minute: there, one request for each grant decides the time of the first \`up\`.

**When to take policies.** Pulumi keeps each resource in the state, and the local and bucket backends write the whole state at each step: the time of single resources grows with the square of their number, and the organization of 604 resources above takes many times as long as the same access as policies. Take \`ProjectAccess\`, and \`Role\` with its members, from about 100 grants on, or wherever grants that nobody declared have to show or go. Take single resources where several programs grant access to one project, or where a grant has dependents of its own.

**The least possible.** A refresh has to read each list that its resources are in once, on pages as large as PostHog gives them: for \`ProjectMember\`s the organization's members and the project's access rules; for a \`ProjectAccess\` also the rules on types, and the roles that rules may name. More than 1.2 times as many requests miss the bar.
`,
  measure: async (run) => growthOf(await measurePoints(run)),
};

async function measurePoints(run: Run): Promise<Point[]> {
  const points: Point[] = [];
  for (const latencyMs of run.isQuick ? [0] : LATENCIES) {
    for (const { name, program, sizes } of FORMS) {
      for (const grants of run.isQuick ? sizes.slice(0, 2) : sizes) {
        const emulator = await startEmulator({ seed: seedOf(grants, { name: "Bench", id: 1 }), latencyMs });
        const step = startStep(`${grants} grants as ${name}, answers after ${latencyMs} ms`);
        try {
          const { engine, signal } = run;
          const options = { engine, signal, program: program(grants), config: unlimitedConfig(emulator) };
          const life = await live(options, emulator, COMMANDS);
          step.done(COMMANDS.map((one) => `${one} ${formatDuration(life.milliseconds[one])}`).join(", "));
          points.push({ form: name, grants, latencyMs, life });
        } finally {
          await emulator.close();
        }
      }
    }
  }
  return points;
}

/** Makes figures and plots from the points. */
export function growthOf(points: readonly Point[]): Measurement {
  const instant = points.filter(({ latencyMs }) => latencyMs === 0);
  const [smallest] = instant;
  if (smallest === undefined) throw new Error("Nothing was measured without latency.");
  const latencies = [...new Set(points.map(({ latencyMs }) => latencyMs))];
  const times = (command: "up" | "refresh"): Plot => ({
    file: `growth-${command}`,
    title: `Time of ${command === "up" ? "the first up" : "a refresh"}`,
    x: { label: "grants", scale: "log" },
    y: { label: "share of the smallest", scale: "log" },
    panels: latencies.map((latency) => ({
      title: `${latency} ms`,
      series: seriesOf(
        points.filter(({ latencyMs }) => latencyMs === latency),
        ({ life }) => ratio(life.milliseconds[command], smallest.life.milliseconds[command]),
      ),
    })),
  });
  const requests: Plot = {
    file: "growth-requests",
    title: "Requests to PostHog",
    x: { label: "grants", scale: "log" },
    y: { label: "requests", scale: "log" },
    panels: (["up", "refresh"] as const).map((command) => ({
      title: command === "up" ? "the first up" : "a refresh",
      series: seriesOf(instant, ({ life }) => life.requests[command]),
    })),
  };
  const memory: Plot = {
    file: "growth-memory",
    title: "Peak memory of the provider",
    x: { label: "grants", scale: "log" },
    y: { label: "MB", scale: "linear" },
    panels: [{ title: "", series: seriesOf(instant, ({ life }) => rounded(life.peakBytes / 1e6, 1)) }],
  };
  return { figures: figuresOf(instant), plots: [times("up"), times("refresh"), requests, memory] };
}

function seriesOf(points: readonly Point[], read: (point: Point) => number): Series[] {
  return [...new Set(points.map(({ form }) => form))].map((form) => ({
    name: form,
    points: points
      .filter((point) => point.form === form)
      .map((point): [number, number] => [point.grants, read(point)]),
  }));
}

/** The most people on one page of PostHog's lists. */
const PAGE = 1000;

/** The fewest requests that read everything a refresh compares: each list once. The owner is also a member. */
export function leastRefresh({ form, grants }: Pick<Point, "form" | "grants">): number {
  const pagesOfMembers = Math.ceil((grants + 1) / PAGE);
  return pagesOfMembers + (form === FORMS[0].name ? 3 : 1);
}

function figuresOf(points: readonly Point[]): Figure[] {
  const worst = Math.max(...points.map((point) => point.life.requests.refresh / leastRefresh(point)));
  const changes = Math.max(...points.map(({ life }) => life.requests.preview));
  const largest = (form: string): Point | undefined => points.filter((point) => point.form === form).at(-1);
  const [policy, single] = FORMS.map(({ name }) => largest(name));
  if (policy === undefined || single === undefined) throw new Error("One form was not measured.");
  const times = policy.life.milliseconds.up / policy.grants / (single.life.milliseconds.up / single.grants);
  return [
    figure(
      "growth_refresh_requests_ratio",
      "requests of a refresh, share of the least possible",
      rounded(worst, 3),
      1.2,
    ),
    figure("growth_no_change_requests", "requests of a preview without changes, at most", changes, 5),
    figure(
      "growth_policy_time_ratio",
      `up for one of ${policy.grants} grants in a ProjectAccess, share of one of ${single.grants} ProjectMembers`,
      rounded(times, 3),
      0.35,
    ),
  ];
}
