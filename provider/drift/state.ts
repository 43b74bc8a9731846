import * as z from "zod";
import { printable } from "../access/messages";
import { kindOfType } from "../access/typeTokens";
import type { SourcePlace } from "./model";
import type { Values } from "./traces/trace";

/** A resource of this package in a stack. */
export interface StackResource {
  readonly urn: string;
  readonly type: string;
  /** The name that the program gave it. */
  readonly name: string;
  readonly id: string;
  /** Without secrets. */
  readonly outputs: Values;
  /** Names of the secret arguments, which cannot be compared. */
  readonly secret: readonly string[];
  /** When the stack last wrote it, ISO 8601; missing if the state does not have it. */
  readonly writtenAt?: string;
  readonly place?: SourcePlace;
  /** Whether its last update failed midway. */
  readonly isHalfMade: boolean;
  /** What the engine has already read: the outputs, or `gone`; missing if PostHog has to be read. */
  readonly refreshed?: Values | "gone";
}

/** Something that cannot be compared because it is unreadable, with the fix. */
export class DriftSourceError extends Error {
  override readonly name = "DriftSourceError";

  constructor(summary: string, why: string, fix: string) {
    super([summary, `why: ${why}`, `fix: ${fix}`].map(printable).join("\n  "));
  }
}

const values = z.record(z.string(), z.unknown());

/** A resource in states and the engine's reports. */
export const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: values.optional(),
  outputs: values.optional(),
  external: z.boolean().optional(),
  delete: z.boolean().optional(),
  initErrors: z.array(z.string()).nullish(),
  modified: z.string().optional(),
  sourcePosition: z.string().optional(),
  stackTrace: z.array(z.looseObject({ sourcePosition: z.string().optional() })).nullish(),
});

type WrittenResource = z.infer<typeof resourceSchema>;

const stateSchema = z.looseObject({
  version: z.number(),
  deployment: z.looseObject({ resources: z.array(resourceSchema).nullish() }),
});

const exportFix = "Create it with: pulumi stack export --file state.json";

/**
 * The resources of this package in a stack's state, as `pulumi stack export` writes it.
 *
 * @throws DriftSourceError if the text is not such a state.
 */
export function parseState(text: string, from: string): StackResource[] {
  const parsed = stateSchema.safeParse(parseJson(text, from, exportFix));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const at = issue === undefined ? "" : ` (at ${issue.path.join(".") || "the top"}: ${issue.message})`;
    throw new DriftSourceError(
      `${from} is not a stack's state`,
      `It has an unexpected form${at}.`,
      exportFix,
    );
  }
  return (parsed.data.deployment.resources ?? []).flatMap((resource) => readResource(resource) ?? []);
}

/** Parses JSON, or throws an error that says what to pass instead. */
export function parseJson(text: string, from: string, fix: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const why =
      text.trim() === "" ? "It is empty." : "It is not JSON: it is truncated, or another kind of file.";
    throw new DriftSourceError(`${from} cannot be read`, why, fix);
  }
}

/** One resource; undefined if it belongs to another package, is only looked up, or is about to be deleted. */
export function readResource(resource: WrittenResource): StackResource | undefined {
  const type = kindOfType(resource.type);
  const { urn, id, external, delete: leaving, initErrors } = resource;
  if (type === undefined || id === undefined || id === "" || external === true || leaving === true) {
    return undefined;
  }
  const { outputs, secret } = withoutSecrets(resource.outputs ?? resource.inputs ?? {});
  return {
    urn,
    type,
    name: urn.split("::").at(-1) ?? urn,
    id,
    outputs,
    secret,
    writtenAt: momentOf(resource.modified),
    place: placeOf(resource),
    isHalfMade: (initErrors ?? []).length > 0,
  };
}

/** The engine writes the year 1 for an unknown moment. */
function momentOf(text: string | undefined): string | undefined {
  if (text === undefined || text.startsWith("0001-")) return undefined;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** Of the places in the stack trace, the first one in the program itself. */
function placeOf({ sourcePosition, stackTrace }: WrittenResource): SourcePlace | undefined {
  const positions = [sourcePosition, ...(stackTrace ?? []).map((frame) => frame.sourcePosition)];
  for (const position of positions) {
    const [, file, line] = /^project:\/\/\/([^#]+)#(\d+)/.exec(position ?? "") ?? [];
    const isOutside = file === undefined || file.startsWith("..") || file.includes("node_modules/");
    if (!isOutside && line !== undefined) return { file, line: Number(line) };
  }
  return undefined;
}

/** Names of properties that belong to the engine and are not arguments. */
const engineKeys = new Set(["__provider", "__declared", "__stable", "__secrets"]);
const secretMark = "4dabf18193072939515e22adb298388d";

/** Outputs without secrets: encrypted, in plain text, or masked by the engine. */
export function withoutSecrets(properties: Values): { outputs: Values; secret: string[] } {
  const own = Object.entries(properties).filter(([name]) => !engineKeys.has(name));
  const [secret, open] = [
    own.filter(([, value]) => holdsSecret(value)),
    own.filter(([, value]) => !holdsSecret(value)),
  ];
  return { outputs: Object.fromEntries(open), secret: secret.map(([name]) => name) };
}

function holdsSecret(value: unknown): boolean {
  if (value === "[secret]") return true;
  if (typeof value !== "object" || value === null) return false;
  return secretMark in value || Object.values(value).some(holdsSecret);
}
