import type { NameOf } from "../../provider/audit/messages";
import { attribute } from "../../provider/drift/attribute";
import { Managed } from "../../provider/drift/managed";
import type { AttributedDifference, Difference, NameDirectory, ReadLog } from "../../provider/drift/model";
import { type DriftReport, verdictOf } from "../../provider/drift/report";
import { DriftSourceError, type StackResource } from "../../provider/drift/state";
import { type UnmanagedKind, unmanagedIn } from "../../provider/drift/unmanaged";
import type { Host } from "../../provider/engine/host";
import type { Connection } from "../../provider/posthog/connection";
import { PosthogError } from "../../provider/posthog/errors";
import { listMembers } from "../../provider/posthog/members";
import { getOrganization } from "../../provider/posthog/organizations";
import { listRoles } from "../../provider/posthog/roles";
import { readOrganization } from "../../provider/snapshot/readOrganization";
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
import { readLog } from "./log";
import { wantedResources } from "./matrix";
import type { Source, SourceFlags } from "./sources";

/** How a comparison is done. */
export interface RunOptions extends Pick<SourceFlags, "projects" | "members"> {
  readonly account?: string;
  /** From when on the log is read, ISO 8601; by default from when the stack wrote what differs. */
  readonly since?: string;
  /** What becomes of what nobody manages. */
  readonly unmanaged: "ignore" | "list" | "fail";
  readonly kinds?: readonly UnmanagedKind[];
  readonly onProgress?: (what: string) => void;
}

/** A report, and what the ids in it are called. */
export interface DriftResult {
  readonly report: DriftReport;
  readonly nameOf: NameOf;
}

/** Days for which the log is read where nothing tells since when. */
const usualDays = 30;
const dayMs = 86_400_000;

/** Compares a stack or a matrix with the live organization, and looks up who made each difference. */
export async function findDrift(host: Host, source: Source, options: RunOptions): Promise<DriftResult> {
  const progress = options.onProgress ?? (() => undefined);
  progress("what the stack manages");
  const comparison = await compare(host, source, options);
  refuseUnread(comparison);
  const places = await placesOf(host, source, comparison, options);
  const parts = await Promise.all(places.map((place) => explainPlace(place, options, progress)));
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
    readAt: new Date(places[0]?.connection.clock.now() ?? Date.now()).toISOString(),
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

/** What is gone comes first, then by resource; states list resources in the order in which they happened to be made. */
function bySeverity(left: AttributedDifference, right: AttributedDifference): number {
  const key = ({ kind, type, name, property }: AttributedDifference) =>
    [kind === "gone" ? "0" : "1", type, name, property].join("\u0000");
  return key(left) < key(right) ? -1 : 1;
}

/** One organization, and what of the stack lies in it. */
interface ReportLocation {
  readonly connection: Connection;
  readonly compared: readonly Compared[];
  /** Whether what nobody manages is looked for. */
  readonly isWhole: boolean;
}

/** Accounts that reach the same organization are one place: else each would miss what the others manage. */
async function placesOf(
  host: Host,
  source: Source,
  { compared, unread }: Comparison,
  options: RunOptions,
): Promise<ReportLocation[]> {
  const places = new Map<string, ReportLocation & { readonly compared: Compared[] }>();
  // What could not be compared would be taken for something that nobody manages.
  const isWhole = options.unmanaged !== "ignore" && source.kind !== "refresh" && unread.length === 0;
  const placeOf = async (connection: Connection) => {
    const key = `${connection.host} ${(await getOrganization(connection)).id}`;
    const place = places.get(key) ?? { connection, compared: [], isWhole };
    places.set(key, place);
    return place;
  };
  for (const one of compared) (await placeOf(one.connection)).compared.push(one);
  // A stack without resources is still the stack of an organization.
  if (places.size === 0) await placeOf(host.connection(options.account));
  return [...places.values()];
}

interface Part {
  readonly organization: DriftReport["organizations"][number];
  readonly differences: readonly AttributedDifference[];
  readonly unmanaged: readonly AttributedDifference[];
  readonly log?: ReadLog;
  readonly notes: readonly string[];
  readonly nameOf: NameOf;
}

async function explainPlace(
  { connection, compared, isWhole }: ReportLocation,
  options: RunOptions,
  progress: (what: string) => void,
): Promise<Part> {
  const { id, name } = await getOrganization(connection);
  const organization = { id, name, host: connection.host };
  const differing = compared.filter(differs);
  const notes: string[] = [];
  const needsNames = differing.length > 0 || isWhole;
  const directory = needsNames ? await readDirectory(connection) : nobody;
  const differences = differing.flatMap((one) => differencesOf(one, directory));
  const unmanaged = isWhole
    ? await findUnmanaged(connection, new Managed(compared.map(managedOf), directory), options, notes)
    : [];
  const all = [...differences, ...unmanaged];
  if (all.length === 0)
    return { organization, differences: [], unmanaged: [], notes, nameOf: () => undefined };
  const scopes = [...new Set(all.flatMap(({ traces }) => traces.map(({ scope }) => scope)))].sort();
  const since = options.since ?? usualSince(connection, differences, unmanaged.length > 0);
  progress(`the activity log since ${since.slice(0, 10)}`);
  const log = await readLog(connection, scopes, since);
  const explain = (one: Difference): AttributedDifference => ({ ...one, cause: attribute(one, log) });
  const explained = { differences: differences.map(explain), unmanaged: unmanaged.map(explain) };
  return { organization, ...explained, log, notes, nameOf: namesIn(directory) };
}

/** What happened before the stack wrote a resource is not behind its drift. */
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
  // The clocks of PostHog and of whoever wrote the state may differ.
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
    notes.push(...live.omissions.map(({ what, why, fix }) => `not looked at: ${what}. ${why} ${fix}`));
    return unmanagedIn(live, managed, kinds);
  } catch (error) {
    if (!(error instanceof PosthogError) || unmanaged === "fail") throw error;
    notes.push(`what nobody manages could not be looked for: ${sentence(error.summary)} ${error.remedy.fix}`);
    return [];
  }
}

const nobody: NameDirectory = { people: [], roles: [] };

/** Who is who, for names that the stack writes differently; nobody where that cannot be read. */
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

/** What the log's ids are called. */
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

/** Where nothing at all can be read, such as with the key of another organization, the first reason is the error. */
function refuseUnread({ compared, unread }: Comparison): void {
  const [first, ...others] = unread;
  if (first === undefined || compared.length > 0) return;
  const more = others.length === 0 ? "" : `; and ${others.length} more, none of which could be`;
  throw new DriftSourceError(
    `${first.type} ${first.name} could not be compared${more}`,
    first.message,
    first.fix,
  );
}

/** What was not compared, and why. */
function notesOf(source: Source, { unread }: Comparison, options: RunOptions): string[] {
  const isLookedFor = options.unmanaged !== "ignore" && source.kind !== "refresh";
  const skipped = isLookedFor && unread.length > 0;
  const hasGrants = options.kinds === undefined || options.kinds.includes("grants");
  return [
    ...(source.kind === "matrix" ? source.desired.warnings : secretNotes(source.resources)),
    ...(skipped ? ["what nobody manages was not looked for: some resources could not be read"] : []),
    ...(isLookedFor && !skipped && hasGrants ? [objectGrants] : []),
  ];
}

const objectGrants =
  "not looked at: grants on single objects, such as one dashboard, that no AccessControl declares. PostHog lists them object by object only.";

function secretNotes(resources: readonly StackResource[]): string[] {
  return resources.flatMap(({ type, name, secret }) => {
    const args = secret.filter((property) => !knownSecrets.has(property));
    return args.length === 0
      ? []
      : [`${type} ${name}: ${args.join(", ")} is secret in the state, and was not compared`];
  });
}

/** Outputs that are secret in every state, and are not compared anyway. */
const knownSecrets: ReadonlySet<string> = new Set(["value", "scimToken", "apiToken"]);
