import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type Emulator, startEmulator } from "../../emulator";
import type { Properties } from "../../provider/engine/state";
import { killTree } from "../processes";
import { emulatorConfig, PulumiStack, Secret, type StackResult } from "../stack";
import { type Course, courseOf } from "./course";
import type { FaultPoint } from "./points";
import { sampleOf, seededNumbers } from "./sample";
import { changesIn, type Scenario, scenarios, seedOf } from "./scenarios";
import { type Ended, type Entry, HandlerStack, type SweptStack } from "./stack";
import { judge, SweptScenario, type Verdict } from "./sweep";

const resourceSchema = z.looseObject({
  urn: z.string(),
  id: z.string().default(""),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
  initErrors: z.array(z.string()).optional(),
});
const secretSchema = z.object({ plaintext: z.string() });

class EngineStack implements SweptStack {
  private isDead: (() => boolean) | undefined;

  constructor(
    readonly emulator: Emulator,
    private readonly types: readonly string[],
    private readonly stack: PulumiStack,
  ) {}

  get isAlone(): boolean {
    return this.types.length === 1;
  }

  async entries(): Promise<readonly (Entry | undefined)[]> {
    const { deployment } = await this.stack.exportState({ showSecrets: true });
    const resources = (deployment.resources ?? []).map((resource) => resourceSchema.parse(resource));
    return this.types.map((_, at) => {
      const found = resources.find(({ urn }) => urn.endsWith(`::${nameOf(at)}`));
      return (
        found && {
          id: found.id,
          inputs: plain(found.inputs),
          outputs: plain(found.outputs),
          isHalfMade: (found.initErrors ?? []).length > 0,
        }
      );
    });
  }

  async up(args: readonly Properties[]): Promise<Ended> {
    await this.declare(args);
    return this.run((options) => this.stack.up(options));
  }

  refresh(): Promise<Ended> {
    return this.run((options) => this.stack.refresh(options));
  }

  destroy(): Promise<Ended> {
    return this.run((options) => this.stack.destroy(options));
  }

  async changes(args: readonly Properties[]): Promise<boolean> {
    await this.declare(args);
    const { steps } = await this.stack.preview().catch(() => ({ steps: [{ op: "failed" }] }));
    return steps.some(({ op }) => !["same", "read", "refresh"].includes(op));
  }

  killNext(isDead: () => boolean): void {
    this.isDead = isDead;
  }

  /** Starts again with an empty state, whatever the last point left. */
  async empty(): Promise<void> {
    const state = await this.stack.exportState();
    await this.stack.importState({
      ...state,
      deployment: { ...state.deployment, resources: [], pending_operations: [] },
    });
    this.emulator.reset();
  }

  private declare(args: readonly Properties[]): Promise<void> {
    const lines = this.types.map(
      (type, at) => `new posthog.${type}(${JSON.stringify(nameOf(at))}, ${JSON.stringify(args[at] ?? {})});`,
    );
    return this.stack.setProgram({
      source: ['const posthog = require("pulumi-posthog");', ...lines].join("\n"),
    });
  }

  private async run(
    command: (options: { onStart: (pid: number) => void }) => Promise<StackResult>,
  ): Promise<Ended> {
    const { isDead } = this;
    this.isDead = undefined;
    const killer = { pid: 0, isOver: false };
    const killing = isDead === undefined ? undefined : killOnce(killer, isDead);
    try {
      await command({ onStart: (pid) => Object.assign(killer, { pid }) });
      return {};
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    } finally {
      killer.isOver = true;
      // The killed engine has left its lock.
      if (await killing) await this.stack.cancel();
    }
  }
}

const nameOf = (at: number): string => `swept-${at + 1}`;

/** Kills everything that the engine started as soon as `isDead`. Returns whether it did. */
async function killOnce(
  run: { readonly pid: number; readonly isOver: boolean },
  isDead: () => boolean,
): Promise<boolean> {
  while (!run.isOver) {
    if (run.pid !== 0 && isDead()) {
      await killTree(run.pid);
      return true;
    }
    await sleep(2);
  }
  return false;
}

/** Values from the state, with secrets in plain text. */
function plain(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== "object" || value === null) return value;
  const secret = secretSchema.safeParse(value);
  return secret.success
    ? JSON.parse(secret.data.plaintext)
    : plain(Object.fromEntries(Object.entries(value)));
}

/** A scenario with an emulator and a stack of the real engine. */
class EngineScenario {
  private constructor(
    private readonly emulator: Emulator,
    private readonly stack: PulumiStack,
    private readonly swept: EngineStack,
    private readonly course: Course,
  ) {}

  static async start(scenario: Scenario, signal: AbortSignal): Promise<EngineScenario> {
    const emulator = await startEmulator({ seed: seedOf(scenario), generation: scenario.generation });
    const types = changesIn(scenario).map(({ type }) => type);
    const course = await courseOf(
      emulator,
      scenario,
      () => new HandlerStack(emulator, types, seededNumbers(0)),
    );
    emulator.reset();
    const stack = await PulumiStack.create({
      program: { source: "" },
      config: {
        ...emulatorConfig(emulator),
        "posthog:email": emulator.email,
        "posthog:password": new Secret(emulator.password),
        "posthog:requestsPerMinute": "off",
      },
      signal,
    });
    return new EngineScenario(emulator, stack, new EngineStack(emulator, types, stack), course);
  }

  async judge(point: FaultPoint): Promise<Verdict> {
    await this.swept.empty();
    return judge(this.swept, this.course, point);
  }

  async close(): Promise<void> {
    await this.stack.close();
    await this.emulator.close();
  }
}

/** Random points from a seed, spread over the scenarios; every third one is a kill. */
export async function enginePoints(count: number, seed: number, only = ""): Promise<FaultPoint[]> {
  const chosen = sampleOf(
    scenarios.filter(({ name }) => name.includes(only)),
    count,
    seed,
  );
  const points: FaultPoint[] = [];
  for (const [at, scenario] of chosen.entries()) {
    const singles = await pointsOf(scenario);
    const share = Math.ceil((count - points.length) / (chosen.length - at));
    for (let drawn = 0; drawn < share; drawn += 1) {
      const isKill = points.length % 3 === 0;
      const pool = singles.filter(({ fault }) => (fault.kills ?? false) === isKill);
      points.push(...sampleOf(pool, 1, seed + points.length));
    }
  }
  return points;
}

async function pointsOf(scenario: Scenario): Promise<FaultPoint[]> {
  const swept = await SweptScenario.start(scenario);
  try {
    return swept.points();
  } finally {
    await swept.close();
  }
}

/** Checks points on the real engine. The points of a scenario share one stack. */
export async function sweepEngine(
  points: readonly FaultPoint[],
  signal: AbortSignal,
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  for (const scenario of new Set(points.map((point) => point.scenario))) {
    const swept = await EngineScenario.start(scenario, signal);
    try {
      for (const point of points.filter((one) => one.scenario === scenario)) {
        signal.throwIfAborted();
        onVerdict(await swept.judge(point));
      }
    } finally {
      await swept.close();
    }
  }
}
