import type { Command } from "commander";
import { z } from "zod";
import { printable } from "../../provider/access/messages";
import {
  type Configuration,
  type ConfigurationReader,
  processEnvironment,
  resolveConfiguration,
} from "../../provider/posthog/configuration";
import { type Connection, Connections } from "../../provider/posthog/connection";
import { ConfigurationError } from "../../provider/posthog/errors";
import { systemClock } from "../../provider/posthog/gate";
import { runPulumi } from "./pulumi";

/** Where a command finds PostHog and the credentials. */
export interface ConnectionFlags {
  /** Name of an entry of `posthog:accounts`. */
  readonly account?: string;
  /** Pulumi stack whose configuration comes first; without one, only the environment counts. */
  readonly stack?: string;
}

/** Adds the flags of {@link ConnectionFlags}. */
export function addConnectionFlags(command: Command): Command {
  return command
    .option(
      "--stack <name>",
      "read the posthog: configuration of this Pulumi stack, before POSTHOG_* variables",
    )
    .option("--account <name>", "use this entry of posthog:accounts");
}

/** The connections of a command. What they say, such as that they wait, goes beside the report. */
export const newConnections = (): Connections =>
  new Connections(systemClock, (line) => console.error(printable(line)));

/** A command's connection to PostHog. */
export async function connectionOf(flags: ConnectionFlags): Promise<Connection> {
  return newConnections().for(await configurationOf(flags));
}

/**
 * The configuration of a command, from the Pulumi stack and the environment.
 *
 * @throws ConfigurationError when the stack cannot be read, or a value has the wrong form.
 */
export async function configurationOf({ account, stack }: ConnectionFlags): Promise<Configuration> {
  return resolveConfiguration(await configurationReader(stack), processEnvironment(), account);
}

const stackConfiguration = z.record(z.string(), z.looseObject({ value: z.string().optional() }));

/**
 * The configuration of a Pulumi stack, secrets in plain text; empty without a stack.
 *
 * @throws ConfigurationError when it cannot be read.
 */
export async function configurationReader(stack: string | undefined): Promise<ConfigurationReader> {
  if (stack === undefined) return () => undefined;
  const { ok, stdout, why } = await runPulumi(["config", "--json", "--show-secrets", "--stack", stack]);
  if (!ok) {
    throw new ConfigurationError(`the configuration of stack "${stack}" cannot be read`, {
      why,
      fix: "Run this in the folder of the Pulumi program, or omit --stack and set POSTHOG_* variables.",
    });
  }
  const values = stackConfiguration.parse(JSON.parse(stdout));
  return (key) => values[`posthog:${key}`]?.value;
}
