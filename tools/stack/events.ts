import { isDeepStrictEqual } from "node:util";
import * as z from "zod";

/** A resource that a run read or changed. */
export interface StackStep {
  /** The operation: `same`, `create`, `update`, `replace`, `delete`, `refresh`, `read` and so on. */
  readonly op: string;
  /** The engine's name for it, unique in the stack. */
  readonly urn: string;
  /** Type token, such as `pulumi-nodejs:dynamic/posthog:Project`. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** Names of the inputs that differ from the state. */
  readonly diffs: readonly string[];
  /** Its inputs in the state before the step. Secrets are masked, here and below. */
  readonly before: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Outputs, if the engine knows them. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface StackDiagnostic {
  /** `error`, `warning`, `info` or `info#err` (what a program or provider printed). */
  readonly severity: string;
  /** The message, without colors. */
  readonly message: string;
  /** The resource that it concerns. */
  readonly urn?: string;
}

/** The engine's report on one run. */
export interface StackEvents {
  /** The engine's steps in order, each with what was known after it; without the stack's own. */
  readonly steps: readonly StackStep[];
  /** Messages in order, without progress and debugging. */
  readonly diagnostics: readonly StackDiagnostic[];
  /** The number of resources per kind of step, from the engine's closing summary. */
  readonly changes: Readonly<Record<string, number>>;
}

const properties = z.record(z.string(), z.unknown());
const stateSchema = z.object({ inputs: properties.optional(), outputs: properties.optional() });
const metadataSchema = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  old: stateSchema.nullish(),
  new: stateSchema.nullish(),
});
const eventSchema = z.object({
  resourcePreEvent: z.object({ metadata: metadataSchema }).optional(),
  resOutputsEvent: z.object({ metadata: metadataSchema }).optional(),
  diagnosticEvent: z
    .object({
      urn: z.string().optional(),
      message: z.string(),
      severity: z.string(),
      ephemeral: z.boolean().optional(),
    })
    .optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
});

/** The program does not declare the stack and the engine's entry for the dynamic provider. */
const OWN_TYPES = /^pulumi:(pulumi:Stack|providers:.*)$/;

/** Reads an engine event log (one JSON object per line). */
export function parseEvents(log: string): StackEvents {
  const steps = new Map<string, StackStep>();
  const diagnostics: StackDiagnostic[] = [];
  let changes: Record<string, number> = {};
  for (const line of log.split("\n").filter((text) => text.trim() !== "")) {
    const event = eventSchema.parse(JSON.parse(line));
    const metadata = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
    if (metadata && !OWN_TYPES.test(metadata.type)) steps.set(stepKey(metadata), readStep(metadata));
    const message = event.diagnosticEvent;
    if (message && !message.ephemeral && message.severity !== "debug")
      diagnostics.push(readDiagnostic(message));
    changes = event.summaryEvent?.resourceChanges ?? changes;
  }
  return { steps: [...steps.values()], diagnostics, changes };
}

/** A replacement has several steps for one resource; `preview --refresh` has a refresh and a change. */
function stepKey(metadata: { urn: string; op: string }): string {
  return `${metadata.op} ${metadata.urn}`;
}

function readStep(metadata: z.infer<typeof metadataSchema>): StackStep {
  const state = metadata.new ?? metadata.old;
  return {
    op: metadata.op,
    urn: metadata.urn,
    type: metadata.type,
    name: metadata.urn.split("::").at(-1) ?? metadata.urn,
    diffs: changedInputs(metadata),
    before: withoutInternals(metadata.old?.inputs),
    inputs: withoutInternals(state?.inputs),
    outputs: withoutInternals(state?.outputs),
  };
}

/** Compared here: the engine names differing properties only for providers with a detailed diff. */
function changedInputs(metadata: z.infer<typeof metadataSchema>): string[] {
  const [before, after] = [metadata.old, metadata.new].map((state) => withoutInternals(state?.inputs));
  if (!metadata.old || !metadata.new || !before || !after) return [];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key])).sort();
}

/** Pulumi hides properties whose names begin like this. */
function withoutInternals(values: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith("__")));
}

function readDiagnostic(event: { urn?: string; message: string; severity: string }): StackDiagnostic {
  // The engine's color directives look like <{%fg 1%}>; its log keeps them whatever --color says.
  const message = event.message.replace(/<\{%[^%]*%\}>/g, "").trim();
  return { severity: event.severity, message, ...(event.urn ? { urn: event.urn } : {}) };
}
