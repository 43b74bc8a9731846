import { listed } from "../../provider/access/messages";
import { nearest } from "../../provider/access/nearest";
import { type Retention, retentionOf, shownMoment } from "../../provider/audit/moments";
import { concernsOrganization, type PresetName } from "../../provider/audit/presets";
import type { Connection } from "../../provider/posthog/connection";
import { PosthogError } from "../../provider/posthog/errors";
import { type Organization, readableOrganization } from "../../provider/posthog/organizations";
import { filterNames, type LogQuery } from "./query";

/** What is printed alongside the entries, such as what they leave out; each note once. */
export class Notes {
  private readonly reported = new Set<string>();
  private missing = false;

  constructor(private readonly print: (line: string) => void) {}

  /** Whether entries are missing that this run should have printed. */
  get hasGap(): boolean {
    return this.missing;
  }

  /** Prints something that always applies. */
  note(text: string): void {
    this.say("note", text);
  }

  /** Prints that entries are missing. */
  gap(text: string): void {
    this.missing = true;
    this.say("gap", text);
  }

  /** Prints something that may happen again. */
  warn(text: string): void {
    this.print(`warning: ${text}`);
  }

  private say(kind: "note" | "gap", text: string): void {
    if (this.reported.has(text)) return;
    this.reported.add(text);
    this.print(`${kind}: ${text}`);
  }
}

/** The organization's own entries, which a project's log leaves out. */
export const organizationPart = "members, roles, domains, keys of people, settings of the organization";

/** What PostHog shows only to its own staff (`posthog/models/activity_logging`: visibility restrictions). */
const staffOnly =
  "PostHog shows some entries only to its own staff: changes to accounts (User), sign-ins of its staff, and changes that SCIM makes to people and roles.";

/** What decides which entries will be missing. */
interface Extent {
  readonly scopes: readonly string[] | undefined;
  readonly isOneProject: boolean;
  /** First moment, ISO 8601; undefined for the beginning. */
  readonly from: string | undefined;
  /** Whether the run continues a cursor, whose first run has already printed what always applies. */
  readonly isContinued: boolean;
}

/** Notes what the entries will leave out. */
export async function noteLimits(
  connection: Connection,
  notes: Notes,
  extent: Extent,
  now: Date,
): Promise<void> {
  const { scopes, isOneProject, isContinued } = extent;
  const organization = await organizationOf(connection, isOneProject);
  noteRetention(notes, extent, organization, now);
  if (isContinued) return;
  if (isOneProject && concernsOrganization(scopes)) {
    notes.note(
      `One project's log leaves out the organization's own entries (${organizationPart}), unless the project's setting receiveOrgLevelActivityLogs is on.`,
    );
  }
  if (scopes === undefined || scopes.some((scope) => ["User", "Role"].includes(scope))) notes.note(staffOnly);
}

/** A key restricted to a project cannot read the organization. */
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

function noteRetention(
  notes: Notes,
  { from, isContinued }: Extent,
  organization: Organization | undefined,
  now: Date,
): void {
  if (organization === undefined) {
    if (!isContinued) {
      notes.note("How far back the plan shows the log is unknown: the key cannot read the organization.");
    }
    return;
  }
  const retention = retentionOf(organization.available_product_features ?? [], now);
  if (retention === undefined || !reachesBefore(retention, from, organization)) return;
  const start = shownMoment(retention.start);
  if (isContinued && from !== undefined) {
    notes.gap(
      `The plan shows the log for ${retention.words}: entries from ${shownMoment(from)}, where the last run stopped, to ${start} are no longer shown.`,
    );
  } else {
    notes.note(`The plan shows the log for ${retention.words}: entries before ${start} are missing.`);
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

/** Says that no entries match, with the flags and the time that were searched. */
export function emptyResult(query: LogQuery, preset: PresetName | undefined, now: Date): string {
  const { startDate, endDate = now.toISOString() } = query;
  const flags = filterNames
    .filter(({ filter }) => !["startDate", "endDate"].includes(filter) && query[filter] !== undefined)
    .map(({ filter, flag }) => (filter === "scopes" && preset !== undefined ? `--preset ${preset}` : flag));
  const subject = flags.length === 0 ? "No entries" : `No entries match ${listed(flags, "and")}`;
  const start = startDate === undefined ? "up to" : `from ${shownMoment(startDate)} to`;
  return `${subject}, ${start} ${shownMoment(endDate)}.`;
}

/** How many programs are listed if none is similar. */
const mostNamed = 10;

/**
 * Suggests an alternative for each program that is not in the log.
 *
 * @param known the programs in the log.
 */
export function remarksOnClients(wanted: readonly string[], known: readonly string[]): string[] {
  return wanted
    .filter((client) => !known.includes(client))
    .map((client) => `The log has no entries of a program "${client}"${alternative(client, known)}`);
}

function alternative(client: string, known: readonly string[]): string {
  const near = nearest(client, known);
  if (near !== undefined) return `; did you mean ${near}?`;
  if (known.length === 0) return ", and names no programs at all.";
  const others = known.length - mostNamed;
  const named = [...known.slice(0, mostNamed), ...(others > 0 ? [`${others} others`] : [])];
  return `; it names ${listed(named, "and")}.`;
}
