/** The commands that are timed. */
export const COMMANDS = ["up", "preview", "refresh", "destroy"] as const;

/** One of the commands that are timed. */
export type Command = (typeof COMMANDS)[number];

/** What one life of a stack took. */
export interface Life {
  /** Wall-clock time of each command, in milliseconds. */
  readonly milliseconds: Readonly<Record<Command, number>>;
  /** Size of the state after `up`, in bytes. */
  readonly stateBytes: number;
  /** Requests that PostHog got during each command. */
  readonly requests: Readonly<Record<Command, number>>;
  /** Largest memory of a provider process, in bytes. */
  readonly peakBytes: number;
}

/** The benchmark's result under the names that machines read. */
export interface Figures {
  /** Time of `up` with this package as a share of the stock one's; the same for the other commands. */
  readonly up_ratio: number;
  readonly preview_ratio: number;
  readonly refresh_ratio: number;
  readonly destroy_ratio: number;
  /** Bytes of state for one resource. */
  readonly state_bytes_per_resource: number;
  /** The same for a stock no-op resource. */
  readonly stock_state_bytes_per_resource: number;
  /** Requests of one refresh of all resources. */
  readonly refresh_requests: number;
  /** Requests of the `up` that creates all resources. */
  readonly up_requests: number;
  /** Peak resident memory of the provider process, in MB (10^6 bytes). */
  readonly provider_peak_rss_mb: number;
}

/** The middle value; between the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error("There is no median of nothing.");
  return (low + high) / 2;
}

/** Median time of one command, in milliseconds. */
export function medianTime(lives: readonly Life[], command: Command): number {
  return median(lives.map(({ milliseconds }) => milliseconds[command]));
}

/** Makes the figures from the lives of both kinds of stack. Requests and memory are the worst of all rounds. */
export function figuresOf(ours: readonly Life[], stock: readonly Life[], resources: number): Figures {
  const ratio = (command: Command): number =>
    round(medianTime(ours, command) / medianTime(stock, command), 3);
  const bytes = (lives: readonly Life[]): number =>
    Math.round(median(lives.map(({ stateBytes }) => stateBytes)) / resources);
  const worst = (read: (life: Life) => number): number => Math.max(...ours.map(read));
  return {
    up_ratio: ratio("up"),
    preview_ratio: ratio("preview"),
    refresh_ratio: ratio("refresh"),
    destroy_ratio: ratio("destroy"),
    state_bytes_per_resource: bytes(ours),
    stock_state_bytes_per_resource: bytes(stock),
    refresh_requests: worst(({ requests }) => requests.refresh),
    up_requests: worst(({ requests }) => requests.up),
    provider_peak_rss_mb: round(worst(({ peakBytes }) => peakBytes) / 1e6, 1),
  };
}

/** One line of the report: a figure, the most it may be, and whether it is. */
export interface Verdict {
  /** What is measured. */
  readonly title: string;
  /** The figure as people read it. */
  readonly value: string;
  /** What it is held against. */
  readonly target: string;
  /** Whether the target is reached. */
  readonly reached: boolean;
}

/** A figure that may be so much at most. */
export function atMost(title: string, value: number, limit: number, unit = ""): Verdict {
  return { title, value: `${value}${unit}`, target: `<= ${limit}${unit}`, reached: value <= limit };
}

/** Holds every figure against its target. */
export function verdicts(figures: Figures): Verdict[] {
  const share = round(figures.state_bytes_per_resource / figures.stock_state_bytes_per_resource, 3);
  return [
    ...COMMANDS.map((command) =>
      atMost(`${command}, share of the stock time`, figures[`${command}_ratio`], 1),
    ),
    atMost("state, share of the stock bytes", share, 0.6),
    atMost("requests of the up", figures.up_requests, 230),
    atMost("requests of a refresh", figures.refresh_requests, 10),
    atMost("peak memory of the provider", figures.provider_peak_rss_mb, 200, " MB"),
  ];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
