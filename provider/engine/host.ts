import type { Configuration } from "../posthog/configuration";
import { type ConfigurationReader, processEnvironment, resolveConfiguration } from "../posthog/configuration";
import { type Connection, Connections } from "../posthog/connection";
import { systemClock } from "../posthog/gate";
import type { PlannedKind } from "./needs";
import { Claims, Expected, type ExpectedName, type ExpectedRole } from "./program";
import { Titles } from "./titles";

/** Causes that this run has explained, each with the resource that has the explanation. */
export type ReportedCauses = Map<string, string>;

/** A remark for people that stops nothing. */
export interface Notice {
  readonly severity: "warning" | "notice";
  /** The resource, as messages name it; missing if the notice is about the connection. */
  readonly resource?: string;
  readonly message: string;
}

/** A notice as one text, for places that show neither its severity nor its resource. */
export function noticeText({ severity, resource, message }: Notice): string {
  const about = resource === undefined ? "" : `${resource}: `;
  return `${severity === "warning" ? "warning: " : ""}${about}${message}`;
}

/** The environment of a resource: its configuration, the rest of the program, and where its notices go. */
export interface Host {
  /** The connection of an account, for one organization. */
  connection(account?: string, organizationId?: string): Connection;
  readonly claims: Claims;
  /** What the program does to roles, as far as previews have seen it. */
  readonly expectedRoles: Expected<ExpectedRole>;
  /** What the program calls its objects, as far as previews have seen it. */
  readonly expectedNames: Expected<ExpectedName>;
  readonly explained: ReportedCauses;
  /** The titles of this run's previews, by title without the program's name for the object. */
  readonly titles: Titles;
  /** Names of the resources of the last run that this run has previewed, by kind and title. */
  readonly earlier: Map<string, string>;
  /** The kinds of resource that the program declares with the top-level account, if the host knows the program. */
  planned?(): readonly PlannedKind[];
  /** Addresses of the objects that resources of the program have created, adopted or changed in this run. */
  readonly written: Set<string>;
  /** Shows a notice in the preview. */
  say(notice: Notice): void;
}

/** The optional parts of a host. */
interface HostOptions extends Pick<Host, "planned"> {
  /** Whether connections refuse every write. Default false. */
  readonly readOnly?: boolean;
  /** Used instead if messages from connections go elsewhere than the notices. */
  readonly connections?: Connections;
}

/** A host over one stack configuration; everything in it shares connections. */
export function createHost(
  read: ConfigurationReader,
  say: Host["say"],
  { planned, readOnly = false, connections = connectionsOf(say) }: HostOptions = {},
): Host {
  // Every resource asks several times, and the configuration does not change during a run.
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
    expectedRoles: new Expected(),
    expectedNames: new Expected(),
    explained: new Map(),
    titles: new Titles(),
    earlier: new Map(),
    planned,
    written: new Set(),
    say,
  };
}

function connectionsOf(say: Host["say"]): Connections {
  return new Connections(systemClock, (message) => say({ severity: "notice", message }));
}
