import type * as z from "zod";
import type { Connection } from "../posthog/connection";
import { organizationId } from "../posthog/organizations";
import type { ArgsOf, Definition } from "./definition";
import { dropUndefined, type Properties } from "./state";

/** What is known of a resource when its stable outputs are needed. */
interface StableQuestion {
  /** The arguments of the last run; none for a new resource. */
  readonly before: Properties;
  /** The arguments of this run, in which values may be unknown. */
  readonly now: Properties;
  /** What the last run kept. */
  readonly kept: Properties;
  /** Outputs that the program makes secret, which are never kept. */
  readonly secrets: readonly string[];
  /** Whether the object may be looked up, which takes requests. */
  readonly mayLookUp: boolean;
}

/**
 * What the inputs have to carry so that previews know outputs while an update is pending: the engine itself keeps only
 * the id and the inputs. What is not carried yet is looked up in the lists that the run caches.
 */
export async function stableOutputs<Shape extends z.ZodRawShape>(
  definition: Definition<Shape>,
  connection: Connection,
  { before, now, kept, secrets, mayLookUp }: StableQuestion,
): Promise<Properties> {
  const host = definition.derivesFromHost === true ? { host: connection.host } : {};
  if (Object.keys(before).length === 0) return host;
  const names = stableNames(definition, before, now).filter((name) => !secrets.includes(name));
  const isElsewhere = kept.host !== undefined && kept.host !== connection.host;
  const carried = pick(isElsewhere ? {} : kept, names);
  const missing = names.filter((name) => carried[name] === undefined);
  const found = missing.length > 0 && mayLookUp ? await lookUp(definition, connection, before, missing) : {};
  return dropUndefined({ ...host, ...carried, ...found });
}

const organizationOutput = "organizationUuid";

function stableNames<Shape extends z.ZodRawShape>(
  { stable = [] }: Pick<Definition<Shape>, "stable">,
  before: Properties,
  now: Properties,
): string[] {
  const own = stable.flatMap((entry) => {
    if (typeof entry === "string") return [entry];
    return entry.while(before, now) ? [entry.output] : [];
  });
  return [organizationOutput, ...own];
}

/**
 * The outputs in a state that an update leaves alone: the stable ones, and those that the class of the dynamic form
 * derives from what does not change, which is the id with its parts and the server's address.
 */
export function outputsAfterUpdate<Shape extends z.ZodRawShape>(
  definition: Definition<Shape>,
  host: string,
  id: string,
  state: Properties,
  before: Properties,
  now: Properties,
): Properties {
  const stable = stableNames(definition, before, now);
  const parts = new Set([id, ...id.split("/")]);
  const isFixed = ([name, value]: [string, unknown]): boolean =>
    stable.includes(name) || parts.has(String(value)) || String(value).startsWith(`${host}/`);
  const outputs = Object.entries(state).filter(([name]) => !(name in definition.args.shape));
  return Object.fromEntries(outputs.filter(isFixed));
}

/** Reads outputs of the object that the arguments of the last run describe. What is unreadable stays unknown. */
async function lookUp<Shape extends z.ZodRawShape>(
  { args, find, findExisting }: Definition<Shape>,
  connection: Connection,
  before: Properties,
  missing: readonly string[],
): Promise<Properties> {
  try {
    const organizationUuid = await organizationId(connection);
    const own = Object.entries(before).filter(([name]) => name in args.shape);
    const declared = args.safeParse(Object.fromEntries(own));
    const needsObject = missing.some((name) => name !== organizationOutput) && declared.success;
    const live = needsObject
      ? await (findExisting ?? find)(connection, declared.data as ArgsOf<Shape>)
      : undefined;
    return pick({ ...live?.outputs, organizationUuid }, missing);
  } catch {
    return {};
  }
}

function pick(from: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
