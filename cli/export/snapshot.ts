import type { LiveOrganization } from "../../provider/access/liveOrganization";
import type { Properties } from "../../provider/engine/state";

/** A project with what a program declares of it. */
export interface PortrayedProject {
  readonly id: number;
  readonly name: string;
  readonly timezone?: string;
  /** Settings that are on or have a value; missing where they were not asked for. */
  readonly settings?: Properties;
}

/** The single sign-on of one e-mail domain, as arguments of `OrgSsoSettings`. */
export interface PortrayedDomain {
  readonly domain: string;
  readonly args: Properties;
}

/** A live organization with everything that a program can declare of it. */
export interface Portrait {
  readonly live: LiveOrganization;
  /** Sorted by number. */
  readonly projects: readonly PortrayedProject[];
  /** Sorted by name. */
  readonly domains: readonly PortrayedDomain[];
  /** Arguments of `OrganizationSettings`; missing where they were not asked for. */
  readonly settings?: Properties;
  /** What could not be taken over while it was read, as sentences. */
  readonly remarks: readonly string[];
}
