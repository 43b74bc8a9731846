import type { PulumiStack, StackResult } from "../stack";
import { promoteBehindPulumisBack } from "./manualChange";
import { changeLines, counted, outputLines, type Show } from "./show";
import type { Surroundings } from "./target";

/** What the story is played with. */
export interface Stage {
  /** The stack, fresh and empty. */
  readonly stack: PulumiStack;
  /** The PostHog that it is about. */
  readonly surroundings: Surroundings;
  /** Where it is told. */
  readonly show: Show;
  /** Aborted when the story is to end before its next chapter. */
  readonly leaving: AbortSignal;
}

/** What happened, for the summary. */
export interface Tally {
  /** How many resources were created. */
  readonly created: number;
  /** How many were brought back to what the program says. */
  readonly repaired: number;
  /** How many were deleted. */
  readonly deleted: number;
}

/** Tells what a run did, or throws where it is not what the story needs. */
type Judge = (result: StackResult) => string[];

/** The member whose access somebody changes. */
const DRIFTING = "analyst-in-production";
const REFRESH = { flags: ["--refresh"] };

/** Plays the whole story: preview, up, outputs, no changes, drift, repair, destroy. */
export async function play(stage: Stage): Promise<Tally> {
  const { stack, show, surroundings } = stage;
  const tell = async (title: string, run: () => Promise<StackResult>, judge: Judge): Promise<StackResult> => {
    stage.leaving.throwIfAborted();
    return show.chapter(title, () => counting(surroundings, run), judge);
  };
  await tell("pulumi preview", () => stack.preview(), changing("to create"));
  const created = await tell("pulumi up", () => stack.up(), changing("created"));
  await show.chapter("pulumi stack output", async () => ({ result: await stack.outputs() }), outputLines);
  await tell("pulumi preview, once more", () => stack.preview(), unchanging(surroundings));
  await show.chapter(
    "Meanwhile, behind Pulumi's back",
    async () => ({ result: await promoteBehindPulumisBack(stack, DRIFTING, surroundings) }),
    (line) => [line],
  );
  await tell("pulumi preview --refresh sees the drift", () => stack.preview(REFRESH), drifting("to repair"));
  const repaired = await tell(
    "pulumi up --refresh repairs it",
    () => stack.up(REFRESH),
    drifting("repaired"),
  );
  const deleted = await tell("pulumi destroy", () => stack.destroy(), changing("deleted"));
  return {
    created: changed(created),
    repaired: repaired.steps.filter(({ name, op }) => name === DRIFTING && op === "update").length,
    deleted: changed(deleted),
  };
}

function changed({ steps }: StackResult): number {
  return changeLines(steps).length;
}

async function counting(
  { emulator }: Surroundings,
  run: () => Promise<StackResult>,
): Promise<{ result: StackResult; requests?: number }> {
  const before = emulator?.requests.length ?? 0;
  const result = await run();
  return emulator === undefined ? { result } : { result, requests: emulator.requests.length - before };
}

function changing(outcome: string): Judge {
  return ({ steps, text }) => {
    const lines = changeLines(steps);
    if (lines.length === 0) throw new Error(`Nothing was ${outcome}:\n${text}`);
    return [...lines, `${counted(lines.length, "resource")} ${outcome}`];
  };
}

/** In somebody's own PostHog the e-mail domain stays unverified, so that its enforcement is still to come. */
function unchanging({ emulator }: Surroundings): Judge {
  return ({ steps, text }) => {
    const lines = changeLines(steps);
    if (lines.length === 0) return ["nothing to change"];
    if (emulator !== undefined) throw new Error(`Nothing should have been left to change:\n${text}`);
    return [...lines, "still to come, once the DNS record is published and seen"];
  };
}

function drifting(outcome: string): Judge {
  return ({ steps, text }) => {
    const drifted = steps.filter(({ name, op }) => name === DRIFTING && op === "update");
    if (drifted.length === 0) throw new Error(`The drift of ${DRIFTING} was not seen:\n${text}`);
    return [...changeLines(steps), `${counted(drifted.length, "resource")} ${outcome}`];
  };
}
