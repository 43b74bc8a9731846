import { type Phase, phases } from "./course";
import { type SweptFault, sweptFaults } from "./faults";
import { seededNumbers } from "./sample";
import type { Scenario } from "./scenarios";

/** The commands after the one with the fault, without faults. */
export const sequels = ["up", "refresh and up", "destroy"] as const;
export type Sequel = (typeof sequels)[number];

/** A second fault, at a request after the first: in the same command or the next one. */
interface SecondFault {
  readonly during: "the same command" | "the next command";
  readonly request: number;
  readonly fault: SweptFault;
}

/** One fault at one request of one command, an optional second one, and what follows. */
export interface FaultPoint {
  readonly scenario: Scenario;
  readonly phase: Phase;
  /** The number of the request, from 0. */
  readonly request: number;
  readonly fault: SweptFault;
  readonly second?: SecondFault;
  readonly sequel: Sequel;
  /** The seed of the order in which resources are written concurrently. */
  readonly order: number;
}

type Requests = Readonly<Record<Phase, number>>;

/** Every fault at every request of every command, with everything that may follow. */
export function singlePoints(scenario: Scenario, requests: Requests): FaultPoint[] {
  const points = phases.flatMap((phase) =>
    Array.from({ length: requests[phase] }, (_, request) => request).flatMap((request) =>
      sweptFaults.flatMap((fault) =>
        sequelsOf(phase, fault).map((sequel) => ({ scenario, phase, request, fault, sequel })),
      ),
    ),
  );
  return points.map((point, order) => ({ ...point, order }));
}

/** Random points with two faults, from a seed. */
export function pairPoints(
  scenario: Scenario,
  requests: Requests,
  count: number,
  seed: number,
): FaultPoint[] {
  const random = seededNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const singles = singlePoints(scenario, requests);
  const of = <T>(things: readonly T[]): T => things[below(things.length)] as T;
  return Array.from({ length: count }, () => {
    const point = of(singles);
    const isSame = !point.fault.options.thenDown && random() < 0.5;
    // The second fault's request is counted from the first one's, or from the start of the next command.
    const left = isSame ? requests[point.phase] - point.request : requests[point.phase];
    const second: SecondFault = {
      during: isSame ? "the same command" : "the next command",
      request: below(Math.max(left, 1)),
      fault: of(sweptFaults),
    };
    return { ...point, second, order: below(2 ** 31) };
  });
}

function sequelsOf(phase: Phase, { kills }: SweptFault): readonly Sequel[] {
  // An empty state has nothing to refresh.
  if (phase === "create" && kills) return ["up", "destroy"];
  return phase === "destroy" || phase === "refresh" ? ["up", "refresh and up"] : sequels;
}

/** A point as text: its position, and what followed. */
export function describePoint({
  scenario,
  phase,
  request,
  fault,
  second,
  sequel,
  order,
}: FaultPoint): string {
  const also =
    second === undefined
      ? ""
      : `, then during ${second.during}, request ${second.request}, ${second.fault.name}`;
  const drawn = scenario.siblings === undefined ? "" : ` (order ${order})`;
  return `${scenario.name}: ${phase}, request ${request}, ${fault.name}${also}, then ${sequel}${drawn}`;
}
