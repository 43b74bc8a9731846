import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, startEmulator } from "../../emulator";
import { argsOf, type Course, command, courseOf, prepare } from "./course";
import { lateMs, type SweptFault } from "./faults";
import { type Failing, Judgement } from "./judgement";
import { type FaultPoint, pairPoints, singlePoints } from "./points";
import { seededNumbers } from "./sample";
import { changesIn, type Scenario, seedOf } from "./scenarios";
import { type Ended, HandlerStack, type SweptStack } from "./stack";

/** The result of a fault point. */
export interface Verdict {
  readonly point: FaultPoint;
  readonly failings: readonly Failing[];
  /** What people read when the run stopped. */
  readonly error?: string;
  /** Everything that is wrong, one line each. */
  readonly details: readonly string[];
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
    const course = await courseOf(emulator, scenario, () => handlerStack(emulator, scenario, 0));
    return new SweptScenario(scenario, emulator, course);
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  /** Every point with one fault. */
  points(): FaultPoint[] {
    return singlePoints(this.scenario, this.course.requests);
  }

  /** Random points with two faults, from a seed. */
  pairs(count: number, seed: number): FaultPoint[] {
    return pairPoints(this.scenario, this.course.requests, count, seed);
  }

  /** Runs the commands before the fault, the one with it and those after it, then checks the result. */
  judge(point: FaultPoint): Promise<Verdict> {
    this.emulator.reset();
    return judge(handlerStack(this.emulator, this.scenario, point.order), this.course, point);
  }
}

function handlerStack(emulator: Emulator, scenario: Scenario, order: number): HandlerStack {
  const types = changesIn(scenario).map(({ type }) => type);
  return new HandlerStack(emulator, types, seededNumbers(order));
}

/** Judges a fault point on an empty stack, whose PostHog is as at the start of the scenario. */
export async function judge(stack: SweptStack, course: Course, point: FaultPoint): Promise<Verdict> {
  const { emulator } = stack;
  const { scenario, phase, second } = point;
  await prepare(stack, scenario, phase);
  const judgement = new Judgement(stack, scenario, course, phase);
  const within = second?.during === "the same command" ? second : undefined;
  const hits = [
    { request: point.request, fault: point.fault },
    ...(within === undefined ? [] : [{ request: point.request + 1 + within.request, fault: within.fault }]),
  ];
  const errors = [await meet(stack, hits, () => command(stack, scenario, phase), point.order)];
  if (second?.during === "the next command")
    errors.push(await meet(stack, [second], () => nextCommand(stack, point), point.order));
  const broken = errors.flatMap((error) => error ?? []);
  for (const error of broken) judgement.clear(error);
  emulator.clearRequests();
  await follow(stack, point, judgement);
  emulator.faults.clear();
  return {
    point,
    error: broken.length === 0 ? undefined : broken.join("\n"),
    failings: [...judgement.failings],
    details: judgement.details,
  };
}

/** Runs a command that meets faults. Returns the error that people read, unless the command is killed. */
async function meet(
  stack: SweptStack,
  hits: readonly { readonly request: number; readonly fault: SweptFault }[],
  run: () => Promise<Ended>,
  order: number,
): Promise<string | undefined> {
  const { faults, requests } = stack.emulator;
  stack.emulator.clearRequests();
  // A fault does not count the requests that met earlier faults.
  for (const [earlier, { request, fault }] of hits.entries())
    faults.add({ ...fault.options, skip: request - earlier });
  delayOthers(stack, order);
  const killed = hits.find(({ fault }) => fault.kills);
  if (killed !== undefined) stack.killNext(() => requests.length > killed.request);
  const { error } = await run();
  const isKilled = killed !== undefined && requests.length > killed.request;
  faults.clear();
  if (hits.some(({ fault }) => fault.options.kind === "late")) await sleep(lateMs * 2);
  return isKilled ? undefined : error;
}

/** Slows some requests of siblings down, so that others overtake them. */
function delayOthers({ emulator: { faults }, isAlone }: SweptStack, order: number): void {
  if (isAlone) return;
  const random = seededNumbers(order);
  for (let delayed = 0; delayed < 4; delayed += 1)
    faults.add({ kind: "delay", delayMs: 1 + random() * 4, skip: Math.floor(random() * 20) });
}

/** The first of the following commands. */
function nextCommand(stack: SweptStack, { scenario, phase, sequel }: FaultPoint): Promise<Ended> {
  if (sequel === "refresh and up" || (sequel === "up" && phase === "refresh")) return stack.refresh();
  if (phase === "destroy" || sequel === "destroy") return stack.destroy();
  return stack.up(argsOf(scenario, phase === "create" ? "before" : "after"));
}

async function follow(stack: SweptStack, point: FaultPoint, judgement: Judgement): Promise<void> {
  const { scenario, phase, sequel } = point;
  const entries = await stack.entries();
  const isUnfinished = phase === "create" && entries.some((entry) => entry === undefined || entry.isHalfMade);
  if (sequel === "refresh and up" || (sequel === "up" && phase === "refresh"))
    judgement.clean("refresh", await stack.refresh());
  if (phase === "destroy" || sequel === "destroy") {
    judgement.clean("destroy", await stack.destroy());
    judgement.destroyed(isUnfinished);
    return;
  }
  const args = argsOf(scenario, phase === "create" ? "before" : "after");
  let ended = await stack.up(args);
  if (ended.error?.includes("adopt: true")) {
    const held = await stack.entries();
    const adopting = args.map((own, at) =>
      held[at] === undefined && own.adopt === undefined ? { ...own, adopt: true } : own,
    );
    if (adopting.some((own, at) => own !== args[at])) {
      judgement.adopted(ended.error);
      ended = await stack.up(adopting);
    }
  }
  judgement.clean("up", ended);
  await judgement.converged(args);
  judgement.clean("destroy", await stack.destroy());
  judgement.destroyed(false);
}
