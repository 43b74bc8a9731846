import * as z from "zod";
import { commonArgs } from "../../engine/arguments";
import { issuesToFindings } from "../../engine/issues";
import {
  type ConfigurationReader,
  processEnvironment,
  resolveConfiguration,
} from "../../posthog/configuration";
import { type Connection, Connections } from "../../posthog/connection";
import { PosthogError, RefusedError } from "../../posthog/errors";
import { systemClock } from "../../posthog/gate";
import type { FunctionArgs, Functions } from "../contract";

/** The part of a function that talks to PostHog. */
export interface Reader<Name extends keyof Functions> {
  readonly schema: z.ZodType<Functions[Name]["args"]>;
  read(connection: Connection, args: Functions[Name]["args"]): Promise<Functions[Name]["result"]>;
}

/** A result, or the text of an error that this package can explain. */
export type Answer<Name extends keyof Functions> =
  | { readonly result: Functions[Name]["result"] }
  | { readonly problem: string };

export const functionArgs = commonArgs.pick({ account: true, organizationId: true });

/** All connections of this process: every function of a program passes through one gate. */
const connections = new Connections(systemClock, (line) => console.error(line));

/** How many functions are currently reading through a connection. */
const reading = new Map<Connection, number>();

/**
 * Checks a function's arguments and reads. Calls that run at the same time share what they read. A later call reads
 * again, because resources may have changed it meanwhile, unless nothing changes.
 */
export async function answer<Name extends keyof Functions>(
  name: Name,
  { schema, read }: Reader<Name>,
  given: unknown,
  config: ConfigurationReader,
  nothingChanges: () => boolean,
): Promise<Answer<Name>> {
  try {
    const args = parse(name, schema, given);
    const connection = connectionFor(args, config);
    return { result: await sharing(connection, nothingChanges, () => read(connection, args)) };
  } catch (error) {
    if (!(error instanceof PosthogError)) throw error;
    return { problem: `${name}: ${error.message}` };
  }
}

function parse<Args>(name: string, schema: z.ZodType<Args>, given: unknown): Args {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const properties = typeof given === "object" && given !== null ? { ...given } : {};
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const wrong = issuesToFindings(parsed.error, properties, names).map(({ property, message }) =>
    property === undefined || property === "" ? message : `${property}: ${message}`,
  );
  throw new RefusedError(`invalid arguments: ${wrong.join("; ")}`, {
    why: "The function does not take them.",
    fix: `Correct the arguments of ${name}.`,
  });
}

function connectionFor({ account, organizationId }: FunctionArgs, config: ConfigurationReader): Connection {
  const configuration = resolveConfiguration(config, processEnvironment(), account);
  return connections.for(organizationId === undefined ? configuration : { ...configuration, organizationId });
}

async function sharing<T>(
  connection: Connection,
  nothingChanges: () => boolean,
  read: () => Promise<T>,
): Promise<T> {
  const others = reading.get(connection) ?? 0;
  if (others === 0 && !nothingChanges()) connection.forgetReads();
  reading.set(connection, others + 1);
  try {
    return await read();
  } finally {
    reading.set(connection, (reading.get(connection) ?? 1) - 1);
  }
}
