import { z } from "zod";
import {
  DriftSourceError,
  parseJson,
  readResource,
  resourceSchema,
  type StackResource,
  withoutSecrets,
} from "./state";

const fix =
  "Pipe it in: pulumi refresh --preview-only --json | npx pulumi-posthog drift --explain - (pulumi preview --refresh --json does as well)";

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
const eventSchema = z.looseObject({
  sequence: z.number(),
  resOutputsEvent: z.looseObject({ metadata: metadataSchema }).optional(),
});

type Step = z.infer<typeof stepSchema>;

/**
 * The resources of this package that a refresh looked at, as the state had them before, in whichever form the engine
 * reports it: one object (`--json`), or a line an event (`--event-log`, and `--json` with streaming).
 *
 * `pulumi refresh --preview-only --json` names what would change, but prints the old values twice: then PostHog has to
 * be asked for the new ones.
 *
 * @throws DriftSourceError when the text is no such report.
 */
export function parseRefresh(text: string, from: string): StackResource[] {
  const events = parseEvents(text);
  if (events !== undefined) return events;
  const parsed = digestSchema.safeParse(parseJson(text, from, fix));
  if (!parsed.success || !("steps" in parsed.data || "changeSummary" in parsed.data)) {
    throw new DriftSourceError(`${from} is not the report of a refresh`, "It has no steps.", fix);
  }
  const byUrn = new Map<string, Step[]>();
  for (const step of parsed.data.steps ?? []) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  return [...byUrn.values()].flatMap((steps) => fromSteps(steps) ?? []);
}

/** What the steps of one resource tell: first the refresh, then, in a preview, what the program makes of it. */
function fromSteps(steps: readonly Step[]): StackResource | undefined {
  const [first, next] = steps;
  // A refresh by itself reports what is gone as a deletion; in a preview a deletion is the program's.
  const isRefresh = first?.op === "refresh" || (first?.op === "delete" && next === undefined);
  const resource = isRefresh && first?.oldState != null ? readResource(first.oldState) : undefined;
  if (resource === undefined) return undefined;
  if (first?.op === "delete") return { ...resource, refreshed: "gone" };
  if (next === undefined) return resource;
  if (next.oldState == null) return next.op === "create" ? { ...resource, refreshed: "gone" } : resource;
  return { ...resource, refreshed: withoutSecrets(next.oldState.outputs ?? {}).outputs };
}

/** The engine's events; undefined where the text is not made of such lines. */
function parseEvents(text: string): StackResource[] | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const events = lines.map(readEvent);
  if (events.length === 0 || events.some((event) => event === undefined)) return undefined;
  return events.flatMap((event) => {
    const metadata = event?.resOutputsEvent?.metadata;
    if (metadata?.op !== "refresh" || metadata.old == null) return [];
    const resource = readResource(metadata.old);
    if (resource === undefined) return [];
    const refreshed =
      metadata.new == null ? ("gone" as const) : withoutSecrets(metadata.new.outputs ?? {}).outputs;
    return [{ ...resource, refreshed }];
  });
}

function readEvent(line: string): z.infer<typeof eventSchema> | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
