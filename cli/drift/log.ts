import { organizationScopes } from "../../provider/audit/presets";
import { retentionOf } from "../../provider/audit/retention";
import type { LogGap, ReadLog } from "../../provider/drift/model";
import type { Activity } from "../../provider/posthog/activityLog";
import type { Connection } from "../../provider/posthog/connection";
import { PosthogError } from "../../provider/posthog/errors";
import { getOrganization } from "../../provider/posthog/organizations";
import { Notes, organizationPart } from "../audit/notes";
import { LogSource } from "../audit/source";

/** How many entries are read at most: ten pages. */
const mostEntries = 10_000;

/** Reads the entries of some kinds of object; what cannot be read is a gap, and no failure. */
export async function readLog(
  connection: Connection,
  scopes: readonly string[],
  since: string,
): Promise<ReadLog> {
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
  why: "This server has no log of the whole organization (PostHog up to mid 2026), and shows these entries in no project's.",
  fix: "Update PostHog; or switch on receiveOrgLevelActivityLogs in one Project, where the server has that setting.",
};

async function keptSince(connection: Connection): Promise<string | undefined> {
  const { available_product_features: features } = await getOrganization(connection);
  return retentionOf(features ?? [], new Date(connection.clock.now()))?.start;
}
