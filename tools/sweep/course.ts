import type { Emulator } from "../../emulator";
import { contentsOf } from "./contents";
import { changesIn, type Scenario } from "./scenarios";
import type { Ended, SweptStack } from "./stack";

/** The commands that can meet a fault. */
export const phases = ["create", "update", "refresh", "destroy"] as const;
export type Phase = (typeof phases)[number];

/** A scenario's result without faults: what PostHog holds at the end, and each command's number of requests. */
export interface Course {
  readonly initial: readonly string[];
  readonly ends: Readonly<Record<Phase, readonly string[]>>;
  readonly destroyedAtOnce: readonly string[];
  readonly requests: Readonly<Record<Phase, number>>;
}

/** The arguments of all resources of a scenario. */
export const argsOf = (scenario: Scenario, when: "before" | "after") =>
  changesIn(scenario).map((change) => change[when]);

/** Runs a scenario once without faults, each time with a new stack. */
export async function courseOf(
  emulator: Emulator,
  scenario: Scenario,
  newStack: () => SweptStack,
): Promise<Course> {
  emulator.reset();
  const initial = contentsOf(emulator.store);
  const ends: [Phase, string[]][] = [];
  const requests: [Phase, number][] = [];
  for (const phase of phases) {
    emulator.reset();
    const stack = newStack();
    await prepare(stack, scenario, phase);
    succeeded(scenario, await command(stack, scenario, phase));
    requests.push([phase, emulator.requests.length]);
    ends.push([phase, contentsOf(emulator.store)]);
  }
  emulator.reset();
  const stack = newStack();
  succeeded(scenario, await stack.up(argsOf(scenario, "before")));
  succeeded(scenario, await stack.destroy());
  return {
    initial,
    ends: Object.fromEntries(ends) as Record<Phase, string[]>,
    requests: Object.fromEntries(requests) as Record<Phase, number>,
    destroyedAtOnce: contentsOf(emulator.store),
  };
}

/** Runs the commands before a phase's own. */
export async function prepare(stack: SweptStack, scenario: Scenario, phase: Phase): Promise<void> {
  if (phase !== "create") {
    succeeded(scenario, await stack.up(argsOf(scenario, "before")));
    if (scenario.publishes) await publish(stack);
  }
  if (phase === "refresh" || phase === "destroy")
    succeeded(scenario, await stack.up(argsOf(scenario, "after")));
  stack.emulator.clearRequests();
}

export function command(stack: SweptStack, scenario: Scenario, phase: Phase): Promise<Ended> {
  if (phase === "refresh") return stack.refresh();
  if (phase === "destroy") return stack.destroy();
  return stack.up(argsOf(scenario, phase === "create" ? "before" : "after"));
}

function succeeded({ name }: Scenario, { error }: Ended): void {
  if (error !== undefined) throw new Error(`${name} fails without a fault: ${error}`);
}

async function publish(stack: SweptStack): Promise<void> {
  const [entry] = await stack.entries();
  const { challengeRecordName, challengeRecordValue } = entry?.outputs ?? {};
  stack.emulator.publishDns(String(challengeRecordName), String(challengeRecordValue));
}
