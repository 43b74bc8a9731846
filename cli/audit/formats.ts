import { printable } from "../../provider/access/messages";
import {
  actorOf,
  clientOf,
  describeActivity,
  isOwn,
  type NameOf,
  namesClient,
} from "../../provider/audit/messages";
import { shownMoment } from "../../provider/audit/moments";
import { conceal, concealKeys, csvRow } from "../../provider/audit/printable";
import type { Activity } from "../../provider/posthog/activityLog";
import { reportText } from "../common/json";
import { colors } from "../common/terminal";
import { auditSchema } from "./json";

export const formatNames = ["table", "jsonl", "csv"] as const;

export type FormatName = (typeof formatNames)[number];

/** Formats entries page by page. */
export interface Format {
  /** Text before the first entry; may be empty. */
  readonly header: string;
  print(entries: readonly Activity[], nameOf: NameOf): string;
}

export function formatOf(name: FormatName): Format {
  const formats: Readonly<Record<FormatName, () => Format>> = {
    table: tableFormat,
    jsonl: () => jsonLines,
    csv: () => csv,
  };
  return formats[name]();
}

/** A longer name shifts the rest of its line to the right. */
const widestActor = 50;

/** One line per entry. Columns grow with what has been printed so far. */
function tableFormat(): Format {
  let width = 0;
  return {
    header: "",
    print(entries, nameOf) {
      const lines = entries.map((entry) => ({ entry, actor: actorOf(entry) }));
      width = Math.min(widestActor, Math.max(width, ...lines.map(({ actor }) => actor.length)));
      return lines
        .map(
          ({ entry, actor }) =>
            `${shownMoment(entry.created_at)}  ${who(entry, actor.padEnd(width))}  ${what(entry, nameOf)}\n`,
        )
        .join("");
    },
  };
}

const who = ({ was_impersonated, is_system }: Activity, actor: string): string =>
  was_impersonated === true ? colors.yellow(actor) : is_system === true ? colors.dim(actor) : actor;

function what(entry: Activity, nameOf: NameOf): string {
  const text = describeActivity(entry, nameOf);
  const project = entry.team_id == null ? undefined : projectOf(entry.team_id, nameOf);
  const where = project === undefined || text.includes(project) ? "" : colors.dim(` (in ${project})`);
  const client = namesClient(entry) ? undefined : clientOf(entry);
  const through = client === undefined ? "" : `, through ${isOwn(entry) ? colors.cyan(client) : client}`;
  return `${text}${where}${through}`;
}

const projectOf = (id: number, nameOf: NameOf): string =>
  printable(nameOf("project", String(id)) ?? `project ${id}`);

/** An entry for programs: the field names of `getActivityLog`, plus a summary. */
function recordOf(entry: Activity, nameOf: NameOf) {
  const { detail, user, team_id } = entry;
  return {
    id: entry.id,
    createdAt: entry.created_at,
    user: user?.email ?? undefined,
    userUuid: user?.uuid ?? undefined,
    wasImpersonated: entry.was_impersonated === true,
    isSystem: entry.is_system === true,
    client: entry.client ?? undefined,
    ipAddress: entry.ip_address ?? undefined,
    projectId: team_id ?? undefined,
    project: team_id == null ? undefined : nameOf("project", String(team_id)),
    activity: entry.activity,
    scope: entry.scope,
    itemId: entry.item_id ?? undefined,
    name: detail?.name == null ? undefined : concealKeys(detail.name),
    summary: `${actorOf(entry)} ${describeActivity(entry, nameOf)}`,
    changes: (detail?.changes ?? []).map(({ field, action, before, after }) => ({
      field: field ?? undefined,
      action: action ?? undefined,
      before: conceal(before, field ?? ""),
      after: conceal(after, field ?? ""),
    })),
    context: conceal(detail?.context ?? undefined),
  };
}

/** One line of JSON per entry. */
const jsonLines: Format = {
  header: "",
  print: (entries, nameOf) =>
    entries
      .map((entry) => `${reportText(auditSchema, recordOf(entry, nameOf), { isOneLine: true })}\n`)
      .join(""),
};

const columns = [
  "createdAt",
  "user",
  "userUuid",
  "wasImpersonated",
  "isSystem",
  "client",
  "ipAddress",
  "projectId",
  "project",
  "activity",
  "scope",
  "itemId",
  "name",
  "summary",
  "changes",
  "id",
] as const;

/** One row per entry, safe to open in a spreadsheet. */
const csv: Format = {
  header: csvRow(columns),
  print: (entries, nameOf) =>
    entries
      .map((entry) => {
        const record = recordOf(entry, nameOf);
        const changes = record.changes.length === 0 ? undefined : JSON.stringify(record.changes);
        const cells = { ...record, changes };
        return csvRow(columns.map((column) => cells[column]));
      })
      .join(""),
};
