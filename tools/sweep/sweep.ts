import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, startEmulator } from "../../emulator";
import type { Properties } from "../../provider/engine/state";
import { contentsOf, deadSecrets } from "./contents";
import { lateMs, type SweptFault, sweptFaults } from "./faults";
import { type Scenario, seedOf } from "./scenarios";
import { type Ended, SweptStack } from "./stack";

/** The commands that a fault may meet. */
export const phases = ["create", "update", "refresh", "destroy"] as const;
export type Phase = (typeof phases)[number];

/** What follows the command that met the fault, without any fault. */
export const sequels = ["up", "refresh and up", "destroy"] as const;
type Sequel = (typeof sequels)[number];

/** One fault at one request of one command, and what follows. */
export interface FaultPoint {
  readonly scenario: Scenario;
  readonly phase: Phase;
  /** The number of the request, from 0. */
  readonly request: number;
  readonly fault: SweptFault;
  readonly sequel: Sequel;
}

/** What was wrong at a fault point. */
export type Failing = "converged" | "duplicates" | "orphans" | "unclear_errors" | "adoption" | "secrets";

/** What came of a fault point. `secrets`: the state lacks one, or has one that no longer works; `adoption`: the next run said that the object exists, and `adopt: true` took it over. */
export interface Verdict {
  readonly point: FaultPoint;
  readonly failings: readonly Failing[];
  /** What people read when the run broke off. */
  readonly error?: string;
  /** What is not as it should be, in a line each. */
  readonly details: readonly string[];
}

/** What a scenario does without faults: what PostHog holds in the end, and how many requests each command takes. */
interface Course {
  readonly initial: readonly string[];
  readonly ends: Readonly<Record<Phase, readonly string[]>>;
  readonly destroyedAtOnce: readonly string[];
  readonly requests: Readonly<Record<Phase, number>>;
}

/** A scenario with its emulator, ready for its fault points. */
export class SweptScenario {
  private constructor(
    readonly scenario: Scenario,
    private readonly emulator: Emulator,
    private readonly course: Course,
  ) {}

  /** Starts an emulator and runs the scenario once without faults. */
  static async start(scenario: Scenario): Promise<SweptScenario> {
    const emulator = await startEmulator({ seed: seedOf(scenario), generation: scenario.generation });
    return new SweptScenario(scenario, emulator, await courseOf(emulator, scenario));
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  /** Every fault point of the scenario. */
  points(): FaultPoint[] {
    const { scenario, course } = this;
    return phases.flatMap((phase) =>
      Array.from({ length: course.requests[phase] }, (_, request) => request).flatMap((request) =>
        sweptFaults.flatMap((fault) =>
          sequelsOf(phase, fault).map((sequel): FaultPoint => ({ scenario, phase, request, fault, sequel })),
        ),
      ),
    );
  }

  /** Runs the commands before the fault, the one that meets it, and what follows, and judges the end. */
  async judge(point: FaultPoint): Promise<Verdict> {
    const { emulator, scenario } = this;
    emulator.reset();
    const stack = new SweptStack(emulator, scenario.type);
    await prepare(stack, scenario, point.phase);
    const error = await this.meetFault(stack, point);
    const judgement = new Judgement(stack, this.course, point);
    if (error !== undefined) judgement.clear(error);
    await this.follow(stack, point, judgement);
    emulator.faults.clear();
    return { point, error, failings: [...judgement.failings], details: judgement.details };
  }

  private async meetFault(
    stack: SweptStack,
    { phase, request, fault }: FaultPoint,
  ): Promise<string | undefined> {
    const { emulator, scenario } = this;
    const earlier = stack.entry;
    emulator.faults.add({ ...fault.options, skip: request });
    const { error } = await command(stack, scenario, phase);
    emulator.faults.clear();
    if (fault.kills) {
      stack.entry = earlier;
      return undefined;
    }
    if (fault.options.kind === "late") await sleep(lateMs * 2);
    return error;
  }

  private async follow(stack: SweptStack, point: FaultPoint, judgement: Judgement): Promise<void> {
    const { scenario, phase, sequel } = { ...point, scenario: this.scenario };
    const isUnfinished = phase === "create" && (stack.entry === undefined || stack.entry.isHalfMade);
    if (sequel === "refresh and up" || (sequel === "up" && phase === "refresh"))
      judgement.clean("refresh", await stack.refresh());
    if (phase === "destroy" || sequel === "destroy") {
      judgement.clean("destroy", await stack.destroy());
      judgement.destroyed(isUnfinished);
      return;
    }
    const args = phase === "create" ? scenario.before : scenario.after;
    let ended = await stack.up(args);
    if (ended.error?.includes("adopt: true") && args.adopt === undefined) {
      judgement.failings.add("adoption");
      judgement.clear(ended.error);
      ended = await stack.up({ ...args, adopt: true });
    }
    judgement.clean("up", ended);
    await judgement.converged(args);
    judgement.clean("destroy", await stack.destroy());
    judgement.destroyed(false);
  }
}

function sequelsOf(phase: Phase, { kills }: SweptFault): readonly Sequel[] {
  // There is nothing to refresh where the state is empty.
  if (phase === "create" && kills) return ["up", "destroy"];
  return phase === "destroy" || phase === "refresh" ? ["up", "refresh and up"] : sequels;
}

async function prepare(
  stack: SweptStack,
  { before, after, publishes }: Scenario,
  phase: Phase,
): Promise<void> {
  const commands: (() => Promise<Ended>)[] = [];
  if (phase !== "create") commands.push(() => stack.up(before));
  if (phase !== "create" && publishes) commands.push(() => publish(stack));
  if (phase === "refresh" || phase === "destroy") commands.push(() => stack.up(after));
  for (const run of commands) {
    const { error } = await run();
    if (error !== undefined) throw new Error(`The scenario fails without a fault: ${error}`);
  }
  stack.emulator.clearRequests();
}

async function publish({ emulator, entry }: SweptStack): Promise<Ended> {
  const { challengeRecordName, challengeRecordValue } = entry?.outputs ?? {};
  emulator.publishDns(String(challengeRecordName), String(challengeRecordValue));
  return {};
}

function command(stack: SweptStack, { before, after }: Scenario, phase: Phase): Promise<Ended> {
  if (phase === "refresh") return stack.refresh();
  if (phase === "destroy") return stack.destroy();
  return stack.up(phase === "create" ? before : after);
}

async function courseOf(emulator: Emulator, scenario: Scenario): Promise<Course> {
  const initial = contentsOf(emulator.store);
  const ends: [Phase, string[]][] = [];
  const requests: [Phase, number][] = [];
  for (const phase of phases) {
    emulator.reset();
    const stack = new SweptStack(emulator, scenario.type);
    await prepare(stack, scenario, phase);
    const { error } = await command(stack, scenario, phase);
    if (error !== undefined) throw new Error(`${scenario.name} fails without a fault: ${error}`);
    requests.push([phase, emulator.requests.length]);
    ends.push([phase, contentsOf(emulator.store)]);
  }
  emulator.reset();
  const stack = new SweptStack(emulator, scenario.type);
  for (const run of [() => stack.up(scenario.before), () => stack.destroy()]) {
    const { error } = await run();
    if (error !== undefined) throw new Error(`${scenario.name} fails without a fault: ${error}`);
  }
  return {
    initial,
    ends: Object.fromEntries(ends) as Record<Phase, string[]>,
    requests: Object.fromEntries(requests) as Record<Phase, number>,
    destroyedAtOnce: contentsOf(emulator.store),
  };
}

/** Compares what came of a fault with what there would be without it. */
class Judgement {
  readonly failings = new Set<Failing>();
  readonly details: string[] = [];

  constructor(
    private readonly stack: SweptStack,
    private readonly course: Course,
    private readonly point: FaultPoint,
  ) {}

  /** A message says what failed, why, and what to do, and shows nothing from the inside. */
  clear(error: string): void {
    const isClear = /\bfix: \S/.test(error) && !/\n\s+at |\[object|undefined/.test(error);
    if (!isClear) this.fail("unclear_errors", `unclear: ${error}`);
  }

  /** A command after the fault has to succeed. */
  clean(what: string, { error }: Ended): void {
    if (error !== undefined) this.fail("converged", `${what} fails: ${error}`);
  }

  /** After an `up`, PostHog holds what it would without the fault, the state is whole, and nothing is left to do. */
  async converged(args: Properties): Promise<void> {
    const { stack, course, point } = this;
    const { store } = stack.emulator;
    this.compare(course.ends[point.phase === "create" ? "create" : "update"], "after up", "converged");
    const { entry } = stack;
    if (entry === undefined) return this.fail("converged", "no state");
    if (entry.outputs.organizationUuid === undefined)
      this.fail("converged", "no organizationUuid in the state");
    if ("unfinished" in entry.outputs) this.fail("converged", "the state is still unfinished");
    for (const name of deadSecrets(store, stack.type, entry.outputs))
      this.fail("secrets", `no working ${name}`);
    if (await stack.changes(args)) this.fail("converged", "a second preview is not empty");
  }

  /**
   * After a destroy nothing is left.
   *
   * @param isUnfinished whether the resource was never finished: then what was there before it is there again.
   */
  destroyed(isUnfinished: boolean): void {
    const { course, point, stack } = this;
    const full = point.phase === "create" ? course.destroyedAtOnce : course.ends.destroy;
    const now = JSON.stringify(contentsOf(stack.emulator.store));
    const accepted = [full, ...(isUnfinished ? [course.initial] : []), course.destroyedAtOnce];
    if (accepted.some((contents) => JSON.stringify(contents) === now)) return;
    this.compare(full, "after destroy", "orphans");
  }

  private compare(wanted: readonly string[], when: string, failing: Failing): void {
    const now = contentsOf(this.stack.emulator.store);
    const rest = [...wanted];
    const more = now.filter((line) => {
      const at = rest.indexOf(line);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
    if (more.length === 0 && rest.length === 0) return;
    const isMore = failing === "converged" && more.length > rest.length;
    this.fail(
      isMore ? "duplicates" : failing,
      `${when}: more ${more.join("; ")} | missing ${rest.join("; ")}`,
    );
  }

  private fail(failing: Failing, detail: string): void {
    this.failings.add(failing);
    this.details.push(detail);
  }
}
