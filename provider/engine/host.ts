import type { Configuration } from "../posthog/configuration";
import { type ConfigurationReader, processEnvironment, resolveConfiguration } from "../posthog/configuration";
import { type Connection, Connections } from "../posthog/connection";
import type { PlannedKind } from "./needs";
import { Claims, ExpectedRoles } from "./program";

/** Causes that were explained in this run, with the resource that they were explained at. */
export type ReportedCauses = Map<string, string>;

/** Where a resource runs: which configuration it has, and where its notices go. */
export interface Host {
  /** The connection of an account, for one organization. */
  connection(account?: string, organizationId?: string): Connection;
  /** Which resource of the program manages what. */
  readonly claims: Claims;
  /** What the program makes of roles, as far as previews have looked at it. */
  readonly expectedRoles: ExpectedRoles;
  /** What previews have explained already. */
  readonly explained: ReportedCauses;
  /** The kinds of resource that the program declares with the top-level account, as far as it is known. */
  planned(): readonly PlannedKind[];
  /** Addresses of the objects that resources of the program got in this run, by creating, adopting or changing them. */
  readonly written: Set<string>;
  /** Shows a line in the preview. */
  say(text: string): void;
}

/**
 * A host over one stack configuration; everything in it shares connections.
 *
 * @param readOnly whether it refuses every write.
 */
export function createHost(
  read: ConfigurationReader,
  say: (text: string) => void,
  planned: Host["planned"] = () => [],
  readOnly = false,
): Host {
  const connections = new Connections();
  // Asked for several times a resource; the configuration stays the same for the whole run.
  const known = new Map<string, Connection>();
  const connect = (account?: string, organizationId?: string): Connection => {
    const configuration = { ...resolveConfiguration(read, processEnvironment(), account), readOnly };
    const chosen: Configuration =
      organizationId === undefined ? configuration : { ...configuration, organizationId };
    return connections.for(chosen);
  };
  return {
    connection(account, organizationId) {
      const key = JSON.stringify([account, organizationId]);
      const connection = known.get(key) ?? connect(account, organizationId);
      known.set(key, connection);
      return connection;
    },
    claims: new Claims(),
    expectedRoles: new ExpectedRoles(),
    explained: new Map(),
    planned,
    written: new Set(),
    say,
  };
}
