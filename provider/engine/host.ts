import type { Configuration } from "../posthog/configuration";
import { type ConfigurationReader, processEnvironment, resolveConfiguration } from "../posthog/configuration";
import { type Connection, Connections } from "../posthog/connection";
import { Claims } from "./claims";

/** Where a resource runs: which configuration it has, and where its notices go. */
export interface Host {
  /** The connection of an account, for one organisation. */
  connection(account?: string, organizationId?: string): Connection;
  /** Which resource of the program manages what. */
  readonly claims: Claims;
  /** Shows a line in the preview. */
  say(text: string): void;
}

/** A host over one stack configuration; everything in it shares connections. */
export function createHost(read: ConfigurationReader, say: (text: string) => void): Host {
  const connections = new Connections();
  return {
    connection(account, organizationId) {
      const configuration = resolveConfiguration(read, processEnvironment(), account);
      const chosen: Configuration =
        organizationId === undefined ? configuration : { ...configuration, organizationId };
      return connections.for(chosen);
    },
    claims: new Claims(),
    say,
  };
}
