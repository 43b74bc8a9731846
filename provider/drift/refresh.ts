import * as z from "zod";
import { groupBy } from "../access/values";
import {
  DriftSourceError,
  parseJson,
  readResource,
  resourceSchema,
  type StackResource,
  withoutSecrets,
} from "./state";

const fix =
  "Pipe it in: pulumi refresh --preview-only --json | npx pulumi-posthog drift --explain - (pulumi preview --refresh --json also works)";

const stepSchema = z.looseObject({
  op: z.string(),
  urn: z.string(),
  oldState: resourceSchema.nullish(),
  newState: resourceSchema.nullish(),
});
const digestSchema = z.looseObject({ steps: z.array(stepSchema).nullish() });

const eventResource = resourceSchema.nullish();
const metadataSchema = z.looseObject({
  op: z.string(),
  urn: z.string(),
  old: eventResource,
  new: eventResource,
});
const aboutResource = z.looseObject({ metadata: metadataSchema }).optional();
const eventSchema = z.looseObject({
  sequence: z.number(),
  /** The engine is about to change a resource. */
  resourcePreEvent: aboutResource,
  /** It has changed it. */
  resOutputsEvent: aboutResource,
});

type Step = z.infer<typeof stepSchema>;
type Event = z.infer<typeof eventSchema>;

/**
 * The resources of this package that a refresh read, as they were in the state before, in either form of the engine's
 * report: one object (`--json`), or one line per event (`--event-log`, and `--json` with streaming).
 *
 * `pulumi refresh --preview-only --json` lists what would change, but prints the old values twice: then the new ones
 * have to be read from PostHog.
 *
 * @throws DriftSourceError if the text is not such a report.
 */
export function parseRefresh(text: string, from: string): StackResource[] {
  const events = readEvents(text);
  if (events !== undefined) return fromEvents(events, from);
  const parsed = digestSchema.safeParse(parseJson(text, from, fix));
  if (!parsed.success || !("steps" in parsed.data || "changeSummary" in parsed.data)) {
    throw new DriftSourceError(`${from} is not a refresh report`, "It has no steps.", fix);
  }
  const steps = parsed.data.steps ?? [];
  if (!isOfRefresh(steps)) throw withoutRefresh(from);
  return [...groupBy(steps, ({ urn }) => urn).values()].flatMap((ofOne) => fromSteps(ofOne) ?? []);
}

/**
 * If only deleted resources differ, a refresh has only deletions, as does the deletion of a stack; that deletes the
 * stack resource as well.
 */
function isOfRefresh(steps: readonly Step[]): boolean {
  const isGone = ({ op, oldState }: Step): boolean => op === "delete" && oldState?.type !== stackType;
  return steps.some(({ op }) => op === "refresh") || (steps.length > 0 && steps.every(isGone));
}

const stackType = "pulumi:pulumi:Stack";

/** A run that read nothing does not show that nothing differs. */
function withoutRefresh(from: string): DriftSourceError {
  return new DriftSourceError(
    `${from} is not a refresh report`,
    "It shows no refreshed resource: the stack is empty, or the report comes from another command.",
    fix,
  );
}

/** What the steps of one resource show: first the refresh, then, in a preview, the program's change. */
function fromSteps(steps: readonly Step[]): StackResource | undefined {
  const [first, next] = steps;
  // On its own, a refresh reports a missing object as a deletion; in a preview, a deletion comes from the program.
  const isRefresh = first?.op === "refresh" || (first?.op === "delete" && next === undefined);
  const resource = isRefresh && first?.oldState != null ? readResource(first.oldState) : undefined;
  if (resource === undefined) return undefined;
  if (first?.op === "delete") return { ...resource, refreshed: "gone" };
  if (next === undefined) return resource;
  if (next.oldState == null) return next.op === "create" ? { ...resource, refreshed: "gone" } : resource;
  return { ...resource, refreshed: withoutSecrets(next.oldState.outputs ?? {}).outputs };
}

/** The engine's events; undefined if the text does not consist of such lines. */
function readEvents(text: string): Event[] | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const events = lines.flatMap((line) => readEvent(line) ?? []);
  return events.length === 0 || events.length < lines.length ? undefined : events;
}

function readEvent(line: string): Event | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * The refreshed resources in the events. The end of a refresh is called `refresh` only if an update follows; otherwise
 * it has the name of its outcome, `same`, `update` or `delete`, so the earlier `refresh` that started it identifies it.
 */
function fromEvents(events: readonly Event[], from: string): StackResource[] {
  const found = new Map<string, StackResource | undefined>();
  const begun = new Set<string>();
  for (const { resourcePreEvent: before, resOutputsEvent: after } of events) {
    if (before?.metadata.op === "refresh") {
      const { urn, old } = before.metadata;
      begun.add(urn);
      // If the run stopped early, the values have to be read from PostHog.
      found.set(urn, old == null ? undefined : readResource(old));
    }
    if (after === undefined) continue;
    const isEnd = begun.delete(after.metadata.urn) || after.metadata.op === "refresh";
    if (!isEnd || after.metadata.old == null) continue;
    const { urn, old, new: young } = after.metadata;
    const resource = readResource(old);
    const refreshed = young == null ? ("gone" as const) : withoutSecrets(young.outputs ?? {}).outputs;
    found.set(urn, resource && { ...resource, refreshed });
  }
  if (found.size === 0) throw withoutRefresh(from);
  return [...found.values()].filter((resource) => resource !== undefined);
}
