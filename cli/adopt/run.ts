import { randomUUID } from "node:crypto";
import type { Host } from "../../provider/engine/host";
import { NotFoundError } from "../../provider/posthog/errors";
import { writeFile } from "../shared/output";
import { addressOf, findObjects, type Outcome, whyUnreadable } from "./find";
import { leaveTaken } from "./holders";
import { type Found, mergeState, parseState, type StackState, type StateEntry } from "./mergeState";
import { kindOf, nameOf, type PlannedResource, type ProgramPlan, titleOf } from "./planned";
import { fillReferences, whyUnknown } from "./references";
import type { ProgramStack } from "./stack";

/** How a stack is filled. */
export interface AdoptOptions {
  /** PostHog's ids by kind and name (`Project:production`), for objects that their arguments do not tell apart. */
  readonly ids: ReadonlyMap<string, string>;
  /** Whether the state is left as it is. */
  readonly dryRun: boolean;
  /** Called with what is being done, for a line of progress. */
  readonly onProgress: (what: string) => void;
}

/** What came of it. */
export interface AdoptReport {
  readonly stack: string;
  readonly dryRun: boolean;
  /** How many resources of this package were in the state before. */
  readonly kept: number;
  readonly adopted: readonly Outcome[];
  /** Resources that were not put into the state, each with the reason. */
  readonly left: readonly Outcome[];
  /** Of a dry run: resources that refer to adopted ones, so that they are looked for once those are in the state. */
  readonly later: readonly Outcome[];
  /** Path of the state from before; missing where nothing was written. */
  readonly backup?: string;
}

/**
 * Puts what the program declares and PostHog has into the stack's state. What refers to something that is only being
 * adopted is not known before that is in the state, so the program is read again for it, until nothing more follows.
 */
export async function adopt(stack: ProgramStack, host: Host, options: AdoptOptions): Promise<AdoptReport> {
  const adoption = new Adoption(stack, host, options);
  await adoption.round();
  while (adoption.goesOn) await adoption.round();
  return adoption.report();
}

/** One run of `adopt`: what was found so far, and what is still open. */
class Adoption {
  private readonly outcomes = new Map<string, Outcome>();
  private waiting: readonly PlannedResource[] = [];
  private placed: ReadonlySet<string> = new Set();
  /** URNs of everything in the state. */
  private inState: ReadonlySet<string> = new Set();
  private kept: number | undefined;
  private backup: string | undefined;

  constructor(
    private readonly stack: ProgramStack,
    private readonly host: Host,
    private readonly options: AdoptOptions,
  ) {}

  /** Whether the last round made known what something else refers to. */
  get goesOn(): boolean {
    if (this.options.dryRun) return false;
    return this.waiting.some(({ waitsFor }) => waitsFor.every((source) => this.placed.has(source)));
  }

  /** Reads the program, looks for what it declares, and puts what there is into the state. */
  async round(): Promise<void> {
    const { ids, dryRun, onProgress } = this.options;
    const before = await this.stack.exportText();
    const stateBefore = parseState(before);
    onProgress(
      this.kept === undefined ? "reading the program" : "reading the program again, with what was adopted",
    );
    const plan = await this.stack.plan();
    if (this.kept === undefined) checkIds(ids, plan, entriesOf(stateBefore));
    this.kept ??= plan.kept;
    const planned = fillReferences(plan, entriesOf(stateBefore));
    const open = planned.filter(({ resource }) => !this.outcomes.has(resource.urn));
    const ready = open.filter(
      (planned) => planned.waitsFor.length === 0 || whyUnreadable(planned) !== undefined,
    );
    const isReady = new Set(ready);
    this.waiting = open.filter((planned) => !isReady.has(planned));
    onProgress(`looking for ${amount(ready.length)} in PostHog`);
    const { state, outcomes } = place(stateBefore, plan, await findObjects(this.host, ready, ids));
    for (const outcome of outcomes) this.outcomes.set(outcome.planned.resource.urn, outcome);
    this.placed = new Set(outcomes.filter(isAdopted).map(({ planned }) => planned.resource.urn));
    this.inState = new Set([...entriesOf(stateBefore).map(({ urn }) => urn), ...this.placed]);
    if (this.placed.size === 0 || dryRun) return;
    this.backup ??= writeBackup(this.stack.name, before);
    onProgress(`putting ${amount(this.placed.size)} into the state`);
    await this.stack.replaceState(before, state);
  }

  /** What came of all rounds. */
  report(): AdoptReport {
    const isNext = ({ waitsFor }: PlannedResource): boolean =>
      this.options.dryRun && waitsFor.every((source) => this.placed.has(source));
    const unknown = (planned: PlannedResource): Outcome => ({
      planned,
      differs: [],
      why: whyUnknown(planned, (urn) => this.inState.has(urn)),
    });
    const open = this.waiting.filter((planned) => !isNext(planned)).map(unknown);
    const later = this.waiting.filter(isNext).map(unknown);
    // Programs declare things side by side, so the engine's order is not the same twice.
    const all = [...this.outcomes.values(), ...open].sort(byTitle);
    return {
      stack: this.stack.name,
      dryRun: this.options.dryRun,
      kept: this.kept ?? 0,
      adopted: all.filter(isAdopted),
      left: all.filter((outcome) => !isAdopted(outcome)),
      later: later.sort(byTitle),
      backup: this.backup,
    };
  }
}

function byTitle({ planned: left }: Outcome, { planned: right }: Outcome): number {
  const [one, other] = [titleOf(left.resource.urn), titleOf(right.resource.urn)] as const;
  return one < other ? -1 : one > other ? 1 : 0;
}

const isAdopted = ({ why }: Outcome): boolean => why === undefined;

/** Puts what was found into a state; whatever has no place there is left out. */
function place(before: StackState, plan: ProgramPlan, found: readonly Outcome[]) {
  const free = leaveTaken(entriesOf(before), found);
  const there = free.flatMap(({ planned, observed }): Found[] =>
    observed === undefined ? [] : [{ planned, observed }],
  );
  const context = { now: new Date().toISOString(), providerId: randomUUID() };
  const { state, orphans } = mergeState(before, plan, there, context);
  const outcomes = free.map((outcome) => {
    const { urn, parent } = outcome.planned.resource;
    return orphans.has(urn)
      ? { ...outcome, why: `its parent ${titleOf(parent ?? "")} is not in the state` }
      : outcome;
  });
  return { state, outcomes };
}

function entriesOf({ deployment }: StackState): readonly StateEntry[] {
  return deployment.resources ?? [];
}

/** Refuses ids that would be of no effect; one that the state has already is what an interrupted run has left. */
function checkIds(
  ids: ReadonlyMap<string, string>,
  { planned }: ProgramPlan,
  entries: readonly StateEntry[],
): void {
  const names = new Set(planned.map(addressOf));
  for (const [name, id] of ids) {
    if (names.has(name)) continue;
    const there = entries.filter(
      ({ urn }) => addressOf({ kind: kindOf(urn) ?? "", name: nameOf(urn) }) === name,
    );
    if (there.some((entry) => entry.id === id)) continue;
    const [other] = there;
    if (other !== undefined) {
      throw new NotFoundError(`--id ${name}=${id} is not what the state has: ${other.id}`, {
        why: "What is in the state is kept, whatever the flag says.",
        fix: `Correct --id; or if the state is wrong: pulumi state delete '${other.urn}', and adopt again.`,
      });
    }
    throw new NotFoundError(`--id names "${name}", and no such resource is to be adopted`, {
      why: "The program does not declare it.",
      fix: "Give the kind of the resource and its name in the program: --id Project:production=42",
    });
  }
}

function writeBackup(stack: string, text: string): string {
  const moment = new Date().toISOString().replace(/[:.]/g, "-");
  const file = `${stack.replace(/[^\w.-]/g, "-")}-before-adopt-${moment}.json`;
  writeFile(file, [text], { mode: 0o600, isNew: true });
  return file;
}

/** `5,000 resources`. */
function amount(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "resource" : "resources"}`;
}
