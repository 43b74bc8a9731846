import { z } from "zod";
import { commonArgs } from "../../engine/arguments";
import { issuesToFindings } from "../../engine/issues";
import {
  type ConfigurationReader,
  processEnvironment,
  resolveConfiguration,
} from "../../posthog/configuration";
import { type Connection, Connections } from "../../posthog/connection";
import { PosthogError, RefusedError } from "../../posthog/errors";
import type { LookupArgs } from "../lookup";

/** What answers one look-up. */
export interface Reader<Result> {
  /** The look-up's name. */
  readonly name: string;
  /** Checks the arguments and reads. */
  read(args: unknown, config: ConfigurationReader): Promise<Result>;
}

/** The schema of the arguments that every look-up takes. */
export const lookupArgs = commonArgs.pick({ account: true, organizationId: true });

/** All connections of this process, so that all look-ups of a program pass one gate. */
const connections = new Connections();

/** How many look-ups are reading by a connection right now. */
const reading = new Map<Connection, number>();

/**
 * Makes the reader of a look-up. Look-ups that run at the same time share what they read; a later one reads again,
 * because resources may have changed it meanwhile.
 */
export function defineReader<Args extends LookupArgs, Result>(
  name: string,
  schema: z.ZodType<Args>,
  read: (connection: Connection, args: Args) => Promise<Result>,
): Reader<Result> {
  return {
    name,
    read(given, config) {
      const args = parse(name, schema, given);
      return sharing(connectionFor(args, config), (connection) => read(connection, args));
    },
  };
}

/** Has a reader answer; what this package knows to explain comes back as the problem, in words. */
export async function answer<Result>(
  reader: Reader<Result>,
  args: unknown,
  config: ConfigurationReader,
): Promise<{ readonly result: Result } | { readonly problem: string }> {
  try {
    return { result: await reader.read(args, config) };
  } catch (error) {
    if (!(error instanceof PosthogError)) throw error;
    return { problem: `${reader.name}: ${error.message}` };
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
  throw new RefusedError(`wrong arguments: ${wrong.join("; ")}`, {
    why: "PostHog would not understand what is asked for.",
    fix: `Correct the arguments of ${name}.`,
  });
}

function connectionFor({ account, organizationId }: LookupArgs, config: ConfigurationReader): Connection {
  const configuration = resolveConfiguration(config, processEnvironment(), account);
  return connections.for(organizationId === undefined ? configuration : { ...configuration, organizationId });
}

async function sharing<T>(connection: Connection, read: (connection: Connection) => Promise<T>): Promise<T> {
  reading.set(connection, (reading.get(connection) ?? 0) + 1);
  try {
    return await read(connection);
  } finally {
    const left = (reading.get(connection) ?? 1) - 1;
    reading.set(connection, left);
    if (left === 0) connection.collections.forget("");
  }
}
