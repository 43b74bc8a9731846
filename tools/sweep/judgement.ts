import type { Properties } from "../../provider/engine/state";
import { contentsOf, deadSecrets } from "./contents";
import type { Course, Phase } from "./course";
import { changesIn, type Scenario } from "./scenarios";
import type { Ended, SweptStack } from "./stack";

/**
 * What was wrong at a fault point. `secrets`: a secret in the state is missing or no longer works; `adoption`: the
 * next run said that the object exists, and `adopt: true` adopted it.
 */
export type Failing = "converged" | "duplicates" | "orphans" | "unclear_errors" | "adoption" | "secrets";

/** Compares results after faults with the result without them. */
export class Judgement {
  readonly failings = new Set<Failing>();
  /** Everything that is wrong, one line each. */
  readonly details: string[] = [];

  constructor(
    private readonly stack: SweptStack,
    private readonly scenario: Scenario,
    private readonly course: Course,
    private readonly phase: Phase,
  ) {}

  /** A message says what failed, why, and the fix, and shows no internals. */
  clear(error: string): void {
    const isClear = /\bfix: \S/.test(error) && !/\n\s+at |\[object|undefined/.test(error);
    if (!isClear) this.fail("unclear_errors", `unclear: ${error}`);
  }

  /** A command after the fault must succeed. */
  clean(what: string, { error }: Ended): void {
    if (error !== undefined) this.fail("converged", `${what} fails: ${error}`);
  }

  /** The object existed without being in any state, and the program had to adopt it. */
  adopted(error: string): void {
    this.failings.add("adoption");
    this.clear(error);
  }

  /** After an `up`, PostHog holds the same as without the fault, the state is complete, and no change is left. */
  async converged(args: readonly Properties[]): Promise<void> {
    const { stack, course, scenario } = this;
    this.compare(course.ends[this.phase === "create" ? "create" : "update"], "after up", "converged");
    const entries = await stack.entries();
    for (const [at, { type }] of changesIn(scenario).entries()) {
      const entry = entries[at];
      if (entry === undefined) {
        this.fail("converged", `no state of ${type}`);
        continue;
      }
      const { id, outputs } = entry;
      if (outputs.organizationUuid === undefined)
        this.fail("converged", `no organizationUuid in the state of ${type}`);
      if ("unfinished" in outputs) this.fail("converged", `the state of ${type} is still unfinished`);
      for (const name of deadSecrets(stack.emulator.store, type, args[at] ?? {}, outputs))
        this.fail("secrets", `no working ${name} of ${type}`);
      if (
        entries.some(
          (other, before) => before < at && other?.id === id && changesIn(scenario)[before]?.type === type,
        )
      )
        this.fail("duplicates", `two resources have the ${type} ${id}`);
    }
    if (await stack.changes(args)) this.fail("converged", "a second preview is not empty");
  }

  /**
   * After a destroy, nothing is left.
   *
   * @param isUnfinished whether a resource was never finished: then PostHog may also hold what it held at first.
   */
  destroyed(isUnfinished: boolean): void {
    const { course, phase, stack } = this;
    const full = phase === "create" ? course.destroyedAtOnce : course.ends.destroy;
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
      `${when}: more ${more.map(short).join("; ")} | missing ${rest.map(short).join("; ")}`,
    );
  }

  private fail(failing: Failing, detail: string): void {
    this.failings.add(failing);
    this.details.push(detail);
  }
}

const short = (line: string): string => (line.length > 200 ? `${line.slice(0, 200)}...` : line);
