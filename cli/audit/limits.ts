import { shownMoment } from "../../provider/audit/moments";
import { concernsOrganization } from "../../provider/audit/presets";
import { type Retention, retentionOf } from "../../provider/audit/retention";
import type { Connection } from "../../provider/posthog/connection";
import { PosthogError } from "../../provider/posthog/errors";
import { type Organization, readableOrganization } from "../../provider/posthog/organizations";
import { type Notes, organizationPart, staffOnly } from "./notes";

/** What is read, as far as it decides what will be missing. */
export interface Extent {
  readonly scopes: readonly string[] | undefined;
  readonly isOneProject: boolean;
  /** From when on; undefined for the beginning. */
  readonly from: string | undefined;
  /** Whether a cursor is continued, whose first run has told what is always so. */
  readonly isContinued: boolean;
}

/** Says what the entries leave out that are about to be read. */
export async function tellLimits(
  connection: Connection,
  notes: Notes,
  extent: Extent,
  now: Date,
): Promise<void> {
  const { scopes, isOneProject, isContinued } = extent;
  const organization = await organizationOf(connection, isOneProject);
  tellRetention(notes, extent, organization, now);
  if (isContinued) return;
  if (isOneProject && concernsOrganization(scopes)) {
    notes.note(
      `One project's log leaves out the organization's own entries (${organizationPart}), unless the project's setting receiveOrgLevelActivityLogs is on.`,
    );
  }
  if (scopes === undefined || scopes.some((scope) => ["User", "Role"].includes(scope))) notes.note(staffOnly);
}

/** A key that is restricted to a project may not read the organization. */
async function organizationOf(
  connection: Connection,
  isOneProject: boolean,
): Promise<Organization | undefined> {
  try {
    return await readableOrganization(connection);
  } catch (error) {
    if (isOneProject && error instanceof PosthogError) return undefined;
    throw error;
  }
}

function tellRetention(
  notes: Notes,
  { from, isContinued }: Extent,
  organization: Organization | undefined,
  now: Date,
): void {
  if (organization === undefined) {
    if (!isContinued) {
      notes.note("How far back the plan shows the log is not known: the key may not read the organization.");
    }
    return;
  }
  const retention = retentionOf(organization.available_product_features ?? [], now);
  if (retention === undefined || !reachesBefore(retention, from, organization)) return;
  const start = shownMoment(retention.start);
  if (isContinued && from !== undefined) {
    notes.gap(
      `The plan shows the log for ${retention.words}: what happened between ${shownMoment(from)}, where the last run stopped, and ${start} is not shown any more.`,
    );
  } else {
    notes.note(`The plan shows the log for ${retention.words}: there is nothing from before ${start}.`);
  }
}

function reachesBefore(
  { start }: Retention,
  from: string | undefined,
  { created_at }: Organization,
): boolean {
  const begin = from ?? (typeof created_at === "string" ? created_at : undefined);
  return begin === undefined || Date.parse(begin) < Date.parse(start);
}
