import { formatNumber } from "../../provider/access/messages";
import { compareTexts, dateOf, dayMs } from "../../provider/access/values";
import type { NameOf } from "../../provider/audit/messages";
import { retentionOf } from "../../provider/audit/moments";
import { organizationScopes } from "../../provider/audit/presets";
import { attribute } from "../../provider/drift/attribute";
import { Managed } from "../../provider/drift/managed";
import type { AttributedDifference, Difference, LogGap, ReadLog } from "../../provider/drift/model";
import { type DriftReport, verdictOf } from "../../provider/drift/report";
import { DriftSourceError, type StackResource } from "../../provider/drift/state";
import type { NameDirectory } from "../../provider/drift/traces/trace";
import { type UnmanagedKind, unmanagedIn } from "../../provider/drift/unmanaged";
import type { Host } from "../../provider/engine/host";
import type { Activity } from "../../provider/posthog/activityLog";
import type { Connection } from "../../provider/posthog/connection";
import { PosthogError } from "../../provider/posthog/errors";
import { listMembers } from "../../provider/posthog/members";
import { getOrganization } from "../../provider/posthog/organizations";
import { listRoles } from "../../provider/posthog/roles";
import { readOrganization } from "../../provider/snapshot/readOrganization";
import { Notes, organizationPart } from "../audit/notes";
import { LogSource } from "../audit/source";
import {
  type Compared,
  type Comparison,
  differencesOf,
  differs,
  managedOf,
  movedOutputs,
  readMatrix,
  readStack,
  sentence,
} from "./compare";
import { wantedResources } from "./matrix";
import type { Source, SourceFlags } from "./sources";

/** How to compare. */
export interface RunOptions extends Pick<SourceFlags, "projects" | "members"> {
  readonly account?: string;
  /** Where to start reading the log, ISO 8601; by default the stack's last write of what differs. */
  readonly since?: string;
  /** What to do with unmanaged objects. */
  readonly unmanaged: "ignore" | "list" | "fail";
  readonly kinds?: readonly UnmanagedKind[];
  readonly onProgress?: (what: string) => void;
}

/** A report, and names for the ids in it. */
export interface DriftResult {
  readonly report: DriftReport;
  readonly nameOf: NameOf;
}

/** Days of the log that are read by default. */
const usualDays = 30;

/** Compares a stack or a matrix with the live organization, and finds out who caused each difference. */
export async function findDrift(host: Host, source: Source, options: RunOptions): Promise<DriftResult> {
  const progress = options.onProgress ?? (() => undefined);
  progress("what the stack manages");
  const comparison = await compare(host, source, options);
  rejectUnread(comparison);
  const organizations = await byOrganization(host, source, comparison, options);
  const parts = await Promise.all(
    organizations.map((organization) => explainOrganization(organization, options, progress)),
  );
  const { unread } = comparison;
  const differences = parts.flatMap((part) => part.differences).sort(bySeverity);
  const unmanaged = parts.flatMap((part) => part.unmanaged);
  const countsUnmanaged = options.unmanaged === "fail";
  const found = { differences, unmanaged, countsUnmanaged, unread };
  const starts = parts.flatMap(({ log }) => log?.since ?? []).sort();
  const report: DriftReport = {
    verdict: verdictOf(found),
    source: source.name,
    organizations: parts.map(({ organization }) => organization),
    readAt: new Date(organizations[0]?.connection.clock.now() ?? Date.now()).toISOString(),
    ...(starts[0] === undefined ? {} : { logSince: starts[0] }),
    compared: comparison.compared.length,
    ...found,
    moved: comparison.compared.flatMap((one) => {
      const outputs = differs(one) ? [] : movedOutputs(one);
      return outputs.length === 0 ? [] : [{ type: one.resource.type, name: one.resource.name, outputs }];
    }),
    notes: [...notesOf(source, comparison, options), ...parts.flatMap(({ notes }) => notes)],
  };
  return { report, nameOf: (kind, id) => firstName(parts, kind, id) };
}

async function compare(host: Host, source: Source, options: RunOptions): Promise<Comparison> {
  if (source.kind !== "matrix") return readStack(host, source.resources);
  return readMatrix(host, wantedResources(source.desired, options, options.account));
}

/** Deleted objects first, then by resource: the order in a state depends on timing. */
function bySeverity(left: AttributedDifference, right: AttributedDifference): number {
  const key = ({ kind, type, name, property }: AttributedDifference) =>
    [kind === "gone" ? "0" : "1", type, name, property].join("\u0000");
  return compareTexts(key(left), key(right));
}

/** One organization, and the part of the stack in it. */
interface OrganizationState {
  readonly connection: Connection;
  readonly compared: readonly Compared[];
  /** Whether to look for unmanaged objects. */
  readonly isWhole: boolean;
}

/** Groups by organization, which several accounts may share: otherwise each would miss what the others manage. */
async function byOrganization(
  host: Host,
  source: Source,
  { compared, unread }: Comparison,
  options: RunOptions,
): Promise<OrganizationState[]> {
  const organizations = new Map<string, OrganizationState & { readonly compared: Compared[] }>();
  // A resource that could not be compared would count as unmanaged.
  const isWhole = options.unmanaged !== "ignore" && source.kind !== "refresh" && unread.length === 0;
  const stateFor = async (connection: Connection) => {
    const key = `${connection.host} ${(await getOrganization(connection)).id}`;
    const organization = organizations.get(key) ?? { connection, compared: [], isWhole };
    organizations.set(key, organization);
    return organization;
  };
  for (const one of compared) (await stateFor(one.connection)).compared.push(one);
  // A stack without resources also belongs to an organization.
  if (organizations.size === 0) await stateFor(host.connection(options.account));
  return [...organizations.values()];
}

interface Part {
  readonly organization: DriftReport["organizations"][number];
  readonly differences: readonly AttributedDifference[];
  readonly unmanaged: readonly AttributedDifference[];
  readonly log?: ReadLog;
  readonly notes: readonly string[];
  readonly nameOf: NameOf;
}

async function explainOrganization(
  { connection, compared, isWhole }: OrganizationState,
  options: RunOptions,
  progress: (what: string) => void,
): Promise<Part> {
  const { id, name } = await getOrganization(connection);
  const organization = { id, name, host: connection.host };
  const differing = compared.filter(differs);
  const notes: string[] = [];
  const needsNames = differing.length > 0 || isWhole;
  const directory = needsNames ? await readDirectory(connection) : emptyDirectory;
  const differences = differing.flatMap((one) => differencesOf(one, directory));
  const unmanaged = isWhole
    ? await findUnmanaged(connection, new Managed(compared.map(managedOf), directory), options, notes)
    : [];
  const all = [...differences, ...unmanaged];
  if (all.length === 0)
    return { organization, differences: [], unmanaged: [], notes, nameOf: () => undefined };
  const scopes = [...new Set(all.flatMap(({ traces }) => traces.map(({ scope }) => scope)))].sort();
  const since = options.since ?? usualSince(connection, differences, unmanaged.length > 0);
  progress(`the activity log since ${dateOf(since)}`);
  const log = await readLog(connection, scopes, since);
  const explain = (one: Difference): AttributedDifference => ({ ...one, cause: attribute(one, log) });
  const explained = { differences: differences.map(explain), unmanaged: unmanaged.map(explain) };
  return { organization, ...explained, log, notes, nameOf: namesIn(directory) };
}

/** Anything before the stack's last write of a resource is not the cause of its drift. */
function usualSince(
  connection: Connection,
  differences: readonly Difference[],
  hasUnmanaged: boolean,
): string {
  const usual = connection.clock.now() - usualDays * dayMs;
  const written = differences.map(({ writtenAt }) =>
    writtenAt === undefined ? usual : Date.parse(writtenAt),
  );
  const earliest = Math.min(...written, ...(hasUnmanaged ? [usual] : []));
  // The clocks of PostHog and of the state may differ.
  return new Date(earliest - 120_000).toISOString();
}

async function findUnmanaged(
  connection: Connection,
  managed: Managed,
  { kinds, unmanaged, onProgress }: RunOptions,
  notes: string[],
): Promise<Difference[]> {
  const wants = (kind: UnmanagedKind): boolean => kinds === undefined || kinds.includes(kind);
  try {
    const live = await readOrganization(connection, {
      invites: wants("invites"),
      keys: wants("keys"),
      domains: wants("domains"),
      onProgress,
    });
    notes.push(...live.omissions.map(({ what, why, fix }) => `not checked: ${what}. ${why} ${fix}`));
    return unmanagedIn(live, managed, kinds);
  } catch (error) {
    if (!(error instanceof PosthogError) || unmanaged === "fail") throw error;
    notes.push(`unmanaged objects could not be read: ${sentence(error.summary)} ${error.remedy.fix}`);
    return [];
  }
}

const emptyDirectory: NameDirectory = { people: [], roles: [] };

/** People and roles, for other spellings in the stack; empty if unreadable. */
async function readDirectory(connection: Connection): Promise<NameDirectory> {
  const orNone = async <T>(list: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await list;
    } catch (error) {
      if (!(error instanceof PosthogError)) throw error;
      return [];
    }
  };
  const [members, roles] = await Promise.all([
    orNone(listMembers(connection)),
    orNone(listRoles(connection)),
  ]);
  const people = members.map(({ id, user }) => ({
    userUuid: user.uuid,
    membershipId: id,
    email: user.email,
  }));
  return { people, roles };
}

const namesIn =
  ({ people, roles }: NameDirectory): NameOf =>
  (kind, id) =>
    kind === "member"
      ? people.find(({ membershipId }) => membershipId === id)?.email
      : kind === "role"
        ? roles.find((role) => role.id === id)?.name
        : undefined;

function firstName(parts: readonly Part[], ...[kind, id]: Parameters<NameOf>): string | undefined {
  return parts.map(({ nameOf }) => nameOf(kind, id)).find((name) => name !== undefined);
}

/** If nothing can be read, for example with a key for another organization, the first reason is the error. */
function rejectUnread({ compared, unread }: Comparison): void {
  const [first, ...others] = unread;
  if (first === undefined || compared.length > 0) return;
  const more = others.length === 0 ? "" : `, and neither could ${formatNumber(others.length)} more`;
  throw new DriftSourceError(
    `${first.type} ${first.name} could not be compared${more}`,
    first.message,
    first.fix,
  );
}

/** Notes on what was not compared, and why. */
function notesOf(source: Source, { unread }: Comparison, options: RunOptions): string[] {
  const isWanted = options.unmanaged !== "ignore" && source.kind !== "refresh";
  const skipped = isWanted && unread.length > 0;
  const hasGrants = options.kinds === undefined || options.kinds.includes("grants");
  return [
    ...(source.kind === "matrix" ? source.desired.warnings : secretNotes(source.resources)),
    ...(skipped ? ["unmanaged objects were not checked: some resources could not be read"] : []),
    ...(isWanted && !skipped && hasGrants ? [objectGrants] : []),
  ];
}

const objectGrants =
  "not checked: grants on single objects, such as one dashboard, that no AccessControl declares. PostHog only lists them object by object.";

function secretNotes(resources: readonly StackResource[]): string[] {
  return resources.flatMap(({ type, name, secret }) => {
    const args = secret.filter((property) => !knownSecrets.has(property));
    return args.length === 0
      ? []
      : [`${type} ${name}: ${args.join(", ")} is secret in the state, and was not compared`];
  });
}

/** Outputs that are secret in every state, and never compared. */
const knownSecrets: ReadonlySet<string> = new Set(["value", "scimToken", "apiToken"]);

/** Maximum number of entries to read: ten pages. */
const mostEntries = 10_000;

/** Reads the entries for some kinds of object; an unreadable part is a gap, not a failure. */
async function readLog(connection: Connection, scopes: readonly string[], since: string): Promise<ReadLog> {
  const lines: string[] = [];
  const source = new LogSource(connection, undefined, new Notes((line) => lines.push(line)));
  const entries: Activity[] = [];
  const gaps: LogGap[] = [];
  try {
    for await (const page of source.pages({ scopes, startDate: since, limit: mostEntries }))
      entries.push(...page);
  } catch (error) {
    if (!(error instanceof PosthogError)) throw error;
    gaps.push({ ...error.remedy });
  }
  if (lines.some((line) => line.includes(organizationPart))) gaps.push(withoutOrganizationLog);
  const earliest = entries.at(-1)?.created_at;
  const isCut = entries.length >= mostEntries && earliest !== undefined;
  return {
    entries,
    since: isCut ? earliest : since,
    gaps,
    keptSince: await keptSince(connection),
  };
}

const withoutOrganizationLog: LogGap = {
  scopes: organizationScopes,
  why: "This server has no log of the whole organization (PostHog of about August 2025), and no project's log shows these entries.",
  fix: "Update PostHog, or turn on receiveOrgLevelActivityLogs in one Project if the server has that setting.",
};

async function keptSince(connection: Connection): Promise<string | undefined> {
  const { available_product_features: features } = await getOrganization(connection);
  return retentionOf(features ?? [], new Date(connection.clock.now()))?.start;
}
