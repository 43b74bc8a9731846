import type { Command } from "commander";
import * as z from "zod";
import { printable } from "../../provider/access/messages";
import {
  type Configuration,
  type ConfigurationReader,
  hasEnvironmentKey,
  type MissingCredentials,
  processEnvironment,
  resolveConfiguration,
  sessionCommands,
  settingCommand,
} from "../../provider/posthog/configuration";
import { type Connection, Connections } from "../../provider/posthog/connection";
import { ConfigurationError } from "../../provider/posthog/errors";
import { systemClock } from "../../provider/posthog/gate";
import { readPrinted, runPulumi } from "./pulumi";
import { selectedStack, stackFix } from "./stack";

/** Flags that select PostHog's address and the credentials. */
export interface ConnectionFlags {
  /** Name of an entry of `posthog:accounts`. */
  readonly account?: string;
  /**
   * Pulumi stack whose configuration takes precedence; {@link configurationReader} describes what applies without one.
   */
  readonly stack?: string;
}

export function addConnectionFlags(command: Command): Command {
  return command
    .option(
      "-s, --stack <name>",
      "read the posthog: configuration of this Pulumi stack; it takes precedence over POSTHOG_* variables (default: POSTHOG_API_KEY if set, else the selected stack)",
    )
    .option("--account <name>", "use this entry of posthog:accounts");
}

/** The connections of a command. Their messages, such as about waits, go to standard error. */
export const newConnections = (): Connections =>
  new Connections(systemClock, (line) => console.error(printable(line)));

/** A command's connection to PostHog. */
export async function connectionOf(flags: ConnectionFlags): Promise<Connection> {
  return newConnections().for(await configurationOf(flags));
}

/**
 * The configuration of a command, from a Pulumi stack and the environment.
 *
 * @throws ConfigurationError if the stack cannot be read, or a value has the wrong form.
 */
export async function configurationOf(flags: ConnectionFlags): Promise<Configuration> {
  return resolveConfiguration(await configurationReader(flags), processEnvironment(), flags.account);
}

/**
 * The configuration of the given stack, secrets in plain text. Without a name, it is empty if the environment has a
 * key; otherwise it is the configuration of the selected stack of the program in this folder, whose name goes to
 * standard error.
 *
 * @throws ConfigurationError if it cannot be read.
 */
export async function configurationReader({ stack, account }: ConnectionFlags): Promise<ConfigurationReader> {
  const chosen = await chosenStack({ stack, account });
  if (chosen !== undefined) return stackReader(chosen);
  if (account === undefined) return noStack;
  throw new ConfigurationError(`there is no account "${account}" outside of a Pulumi program`, {
    why: "Accounts are in the configuration of a stack.",
    fix: "Run this in the folder of the program; --stack names another stack than the selected one.",
  });
}

/**
 * The stack that a command reads: the given one; otherwise none if the environment has a key, or else the selected one.
 */
export async function chosenStack(flags: ConnectionFlags): Promise<string | undefined> {
  return flags.stack ?? (usesEnvironment(flags) ? undefined : await selectedStack());
}

/** Whether the environment has the key, so that no stack is read. Only stacks have accounts. */
export function usesEnvironment({ stack, account }: ConnectionFlags): boolean {
  return stack === undefined && account === undefined && hasEnvironmentKey(processEnvironment());
}

const stackConfiguration = z.record(z.string(), z.looseObject({ value: z.string().optional() }));

/**
 * The configuration of a stack, secrets in plain text.
 *
 * @param instead what the command can do without the stack; empty if it needs it.
 * @throws ConfigurationError if it cannot be read.
 */
export async function stackReader(stack: string, instead?: string): Promise<ConfigurationReader> {
  const { ok, stdout, why } = await runPulumi(["config", "--json", "--show-secrets", "--stack", stack]);
  if (!ok) {
    throw new ConfigurationError(`the configuration of stack "${stack}" cannot be read`, {
      why,
      fix: stackFix(why, "Run this in the folder of the Pulumi program", instead),
    });
  }
  const values = readPrinted(stackConfiguration, stdout, "pulumi config --json");
  const set = settingCommand("apiKey", { stack });
  return Object.assign((key: string) => values[`posthog:${key}`]?.value, {
    fixFor: ({ kind, account, accounts }: MissingCredentials) => {
      if (kind === "session") return sessionCommands({ account, stack });
      if (account !== undefined) return undefined;
      return accounts.length === 0
        ? `${set} (or set POSTHOG_API_KEY)`
        : `Choose an account of the stack with --account: ${accounts.join(", ")}. Or give the stack a key of its own: ${set}`;
    },
  });
}

/** Only the environment. */
const noStack: ConfigurationReader = Object.assign(() => undefined, {
  fixFor: ({ kind, account }: MissingCredentials) => {
    if (account !== undefined) return undefined;
    return kind === "key"
      ? "Set POSTHOG_API_KEY, or run this in the folder of a Pulumi program whose stack has posthog:apiKey (--stack names another than the selected one)."
      : "Set POSTHOG_EMAIL, POSTHOG_PASSWORD and, with two-factor authentication, POSTHOG_TOTP_SECRET.";
  },
});
