import { startEmulator } from "../emulator";
import { formatDuration, startStep } from "../tools/command";
import type { Engine } from "../tools/engine";
import { emulatorConfig, PulumiStack, type StackOptions } from "../tools/stack";
import { atMost, type Verdict } from "./figures";
import { live, unlimitedConfig } from "./life";
import { ORGANIZATION_SEED, POLICY_PROGRAM, SINGLE_PROGRAM } from "./programs";

/** What an organization of some 600 resources takes, under the names that machines read. */
export interface OrganizationFigures {
  /** Requests of one refresh of everything. */
  readonly org_refresh_requests: number;
  /** Requests of the first `up`. */
  readonly org_first_up_requests: number;
  /** Requests of an `up` that changes nothing, as its preview. */
  readonly org_no_change_requests: number;
  /** Whether the same `up` and refresh pass under PostHog's rate limit without an error and without a refused request. */
  readonly org_rate_limited_ok: boolean;
  /** Time of the `up` with policy resources as a share of that with single ones. */
  readonly org_policy_up_ratio: number;
}

/** Resources of the single program: three projects with their settings and defaults, and a hundred of six kinds. */
const RESOURCES = 604;

/** Measures the organization as single resources, as policies, and under the rate limit. */
export async function measureOrganization(engine: Engine, signal: AbortSignal): Promise<OrganizationFigures> {
  const run = { engine, signal };
  const single = await lifeOf("the organization as single resources", SINGLE_PROGRAM, run);
  const policy = await lifeOf("the organization as policies         ", POLICY_PROGRAM, run);
  return {
    org_refresh_requests: single.requests.refresh,
    org_first_up_requests: single.requests.up,
    org_no_change_requests: single.requests.preview,
    org_rate_limited_ok: await passesUnderTheLimit(run),
    org_policy_up_ratio: Number((policy.milliseconds.up / single.milliseconds.up).toFixed(3)),
  };
}

/** Holds the figures against their targets. */
export function organizationVerdicts(figures: OrganizationFigures): Verdict[] {
  return [
    atMost("organization, requests of a refresh", figures.org_refresh_requests, 20),
    atMost("organization, requests of the up", figures.org_first_up_requests, RESOURCES + 30),
    atMost("organization, requests of no change", figures.org_no_change_requests, 3),
    atMost("organization, policies' share of time", figures.org_policy_up_ratio, 0.35),
    {
      title: "organization, under the rate limit",
      value: figures.org_rate_limited_ok ? "passes" : "fails",
      target: "no error, no refused request",
      reached: figures.org_rate_limited_ok,
    },
  ];
}

type Run = Pick<StackOptions, "engine" | "signal">;

async function lifeOf(title: string, program: StackOptions["program"], run: Run): ReturnType<typeof live> {
  const emulator = await startEmulator({ seed: ORGANIZATION_SEED });
  const step = startStep(title);
  try {
    const config = unlimitedConfig(emulator);
    const life = await live({ ...run, program, config }, () => emulator.requests.length);
    step.done(`up ${formatDuration(life.milliseconds.up)}, ${life.requests.up} requests`);
    return life;
  } finally {
    await emulator.close();
  }
}

async function passesUnderTheLimit(run: Run): Promise<boolean> {
  const emulator = await startEmulator({ seed: ORGANIZATION_SEED, rateLimit: true });
  const step = startStep("the organization under the rate limit");
  const stack = await PulumiStack.create({
    ...run,
    program: SINGLE_PROGRAM,
    config: emulatorConfig(emulator),
  });
  try {
    await stack.up();
    await stack.refresh();
    const refused = emulator.requests.filter(({ status }) => status === 429).length;
    step.done(`${emulator.requests.length} requests, ${refused} refused`);
    return refused === 0;
  } finally {
    await stack.close();
    await emulator.close();
  }
}
