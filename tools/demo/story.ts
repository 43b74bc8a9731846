import type { PulumiStack, StackResult } from "../stack";
import { changeLines, counted, outputLines, type Show } from "./show";
import type { Target } from "./target";

interface Stage {
  /** A new, empty stack. */
  readonly stack: PulumiStack;
  /** The PostHog that the stack manages. */
  readonly target: Target;
  /** Shows the story. */
  readonly show: Show;
  /** Aborted when the story must end before its next chapter. */
  readonly signal: AbortSignal;
}

/** Counts for the summary. */
export interface Tally {
  /** Resources that were created. */
  readonly created: number;
  /** Resources that were changed back to what the program declares. */
  readonly repaired: number;
  /** Resources that were deleted. */
  readonly deleted: number;
}

/** Describes what a run did, or throws if the story needs something else. */
type Describe = (result: StackResult) => string[];

/** The resource whose access changes manually. */
const DRIFTING = "analyst-in-production";
const REFRESH = { flags: ["--refresh"] };

/** Plays the whole story: preview, up, outputs, no changes, drift, repair, destroy. */
export async function play(stage: Stage): Promise<Tally> {
  const { stack, show, target } = stage;
  const chapter = async (
    title: string,
    run: () => Promise<StackResult>,
    describe: Describe,
  ): Promise<StackResult> => {
    stage.signal.throwIfAborted();
    return show.chapter(title, () => counting(target, run), describe);
  };
  await chapter("pulumi preview", () => stack.preview(), changing("to create"));
  const created = await chapter("pulumi up", () => stack.up(), changing("created"));
  await show.chapter("pulumi stack output", async () => ({ result: await stack.outputs() }), outputLines);
  await chapter("pulumi preview, once more", () => stack.preview(), unchanging(target));
  await show.chapter(
    "Meanwhile, behind Pulumi's back",
    async () => ({ result: await changeByHand(stack, target) }),
    (line) => [line],
  );
  await chapter(
    "pulumi preview --refresh sees the drift",
    () => stack.preview(REFRESH),
    drifting("to repair"),
  );
  const repaired = await chapter(
    "pulumi up --refresh repairs it",
    () => stack.up(REFRESH),
    drifting("repaired"),
  );
  const deleted = await chapter("pulumi destroy", () => stack.destroy(), changing("deleted"));
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
  { emulator }: Target,
  run: () => Promise<StackResult>,
): Promise<{ result: StackResult; requests?: number }> {
  const before = emulator?.requests.length ?? 0;
  const result = await run();
  return emulator === undefined ? { result } : { result, requests: emulator.requests.length - before };
}

function changing(outcome: string): Describe {
  return ({ steps, text }) => {
    const lines = changeLines(steps);
    if (lines.length === 0) throw new Error(`Nothing was ${outcome}:\n${text}`);
    return [...lines, `${counted(lines.length, "resource")} ${outcome}`];
  };
}

/** In a PostHog of `--host` the e-mail domain stays unverified, so its enforcement stays pending. */
function unchanging({ emulator }: Target): Describe {
  return ({ steps, text }) => {
    const lines = changeLines(steps);
    if (lines.length === 0) return ["nothing to change"];
    if (emulator !== undefined) throw new Error(`Nothing should have been left to change:\n${text}`);
    return [...lines, "pending until the DNS record is published and verified"];
  };
}

function drifting(outcome: string): Describe {
  return ({ steps, text }) => {
    const drifted = steps.filter(({ name, op }) => name === DRIFTING && op === "update");
    if (drifted.length === 0) throw new Error(`The drift of ${DRIFTING} was not seen:\n${text}`);
    return [...changeLines(steps), `${counted(drifted.length, "resource")} ${outcome}`];
  };
}

/** Makes the member a project admin through PostHog's API, like a person in a hurry. */
async function changeByHand(stack: PulumiStack, { url, apiKey }: Target): Promise<string> {
  const { projectId, membershipId, email } = await outputsOf(stack, DRIFTING);
  const path = `/api/projects/${projectId}/access_controls/`;
  const response = await fetch(new URL(path, url), {
    method: "PUT",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ organization_member: membershipId, access_level: "admin" }),
  });
  if (!response.ok) throw new Error(`PostHog answered ${response.status} to PUT ${path}.`);
  return `${email} becomes an admin: PUT ${path}`;
}

async function outputsOf(stack: PulumiStack, name: string): Promise<Record<string, unknown>> {
  const { deployment } = await stack.exportState();
  const found = deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`${name} is not in the stack's state.`);
  return Object(found.outputs);
}
