import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { counted } from "../../provider/access/messages";
import { compareTexts } from "../../provider/access/values";
import type { Host } from "../../provider/engine/host";
import { ConfigurationError } from "../../provider/posthog/errors";
import { writeFile } from "../common/output";
import { shellWord } from "../common/shell";
import { addressOf, findObjects, leaveTaken, type Outcome, whyUnreadable } from "./find";
import { type Found, mergeState, parseState, type StackState, type StateEntry } from "./mergeState";
import { kindOf, nameOf, type PlannedResource, type ProgramPlan, titleOf } from "./planned";
import { fillReferences, whyUnknown } from "./references";
import type { ProgramStack } from "./stack";

interface AdoptOptions {
  /** PostHog's ids by kind and name (`Project:production`), for objects that arguments do not identify. */
  readonly ids: ReadonlyMap<string, string>;
  /** Whether the state stays unchanged. */
  readonly dryRun: boolean;
  /** Called with a line of progress. */
  readonly onProgress: (what: string) => void;
}

export interface AdoptReport {
  readonly stack: string;
  readonly dryRun: boolean;
  /** How many resources of this package the state had before. */
  readonly kept: number;
  readonly adopted: readonly Outcome[];
  /** Resources that were not adopted, each with the reason. */
  readonly left: readonly Outcome[];
  /** In a dry run: resources that refer to adopted ones, and are checked once those are in the state. */
  readonly later: readonly Outcome[];
  /** Path of the previous state; missing if nothing was written. */
  readonly backup?: string;
}

/**
 * Adds existing objects that the program declares to the stack's state. A reference to an adopted object is unknown
 * until the object is in the state, so the program is read again until nothing more can be adopted.
 */
export async function adopt(stack: ProgramStack, host: Host, options: AdoptOptions): Promise<AdoptReport> {
  const adoption = new Adoption(stack, host, options);
  await adoption.round();
  while (adoption.goesOn) await adoption.round();
  return adoption.report();
}

/** One run of `adopt`: what was found so far, and what is open. */
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

  /** Whether the last round resolved references in other resources. */
  get goesOn(): boolean {
    if (this.options.dryRun) return false;
    return this.waiting.some(({ waitsFor }) => waitsFor.every((source) => this.placed.has(source)));
  }

  /** Reads the program, looks for what it declares, and adds existing objects to the state. */
  async round(): Promise<void> {
    const { ids, dryRun, onProgress } = this.options;
    const before = await this.stack.exportText();
    const stateBefore = parseState(before);
    onProgress(
      this.kept === undefined
        ? "reading the program"
        : "reading the program again, with the adopted resources",
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
    onProgress(`looking for ${counted(ready.length, "resource")} in PostHog`);
    const { state, outcomes } = place(stateBefore, plan, await findObjects(this.host, ready, ids));
    for (const outcome of outcomes) this.outcomes.set(outcome.planned.resource.urn, outcome);
    this.placed = new Set(outcomes.filter(isAdopted).map(({ planned }) => planned.resource.urn));
    this.inState = new Set([...entriesOf(stateBefore).map(({ urn }) => urn), ...this.placed]);
    if (this.placed.size === 0 || dryRun) return;
    this.backup ??= writeBackup(this.stack.name, before);
    onProgress(`adding ${counted(this.placed.size, "resource")} to the state`);
    await this.stack.replaceState(before, state);
  }

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
    // The engine registers resources concurrently, so their order varies.
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
  return compareTexts(titleOf(left.resource.urn), titleOf(right.resource.urn));
}

const isAdopted = ({ why }: Outcome): boolean => why === undefined;

/** Adds the found objects to a state, except objects whose parent is missing. */
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

/** Rejects ids without effect, except one that is in the state because of an interrupted run. */
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
      throw new ConfigurationError(`--id ${name}=${id} contradicts the state, which has ${other.id}`, {
        why: "The flag never changes what is in the state.",
        fix: `Correct --id. If the state is wrong, run pulumi state delete ${shellWord(other.urn)} and adopt again.`,
      });
    }
    throw new ConfigurationError(`--id names "${name}", which is not to be adopted`, {
      why: "The program does not declare it.",
      fix: "Give the kind of the resource and its name in the program: --id Project:production=42",
    });
  }
}

/** The folder of backups. A state contains things that nobody should commit by accident, so git ignores the folder. */
const backupFolder = ".pulumi-posthog";

function writeBackup(stack: string, text: string): string {
  const moment = new Date().toISOString().replace(/[:.]/g, "-");
  const file = join(backupFolder, `${stack.replace(/[^\w.-]/g, "-")}-before-adopt-${moment}.json`);
  mkdirSync(backupFolder, { recursive: true, mode: 0o700 });
  writeFile(join(backupFolder, ".gitignore"), ["*\n"]);
  writeFile(file, [text], { mode: 0o600, isNew: true });
  return file;
}
