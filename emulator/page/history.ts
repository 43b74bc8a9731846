import type { Backend, RequestRecord } from "../server/backend";
import type { ActivityChange, ActivityRow, Json, Organization } from "../store/entities";
import {
  badge,
  count,
  html,
  list,
  type Markup,
  moment,
  row,
  SCREEN,
  section,
  type Tone,
  table,
} from "./parts";

const SHOWN_ACTIVITY = 14;

const SHOWN_REQUESTS = 18;

const SHOWN_CHANGES = 4;

const LONGEST_VALUE = 28;

export function activitySection({ store }: Backend, organization: Organization): Markup {
  const rows = store.activity.where("organization_id", organization.id);
  const body = table(
    {
      heads: ["When (UTC)", "Who", "What"],
      items: rows.slice(-SHOWN_ACTIVITY).reverse(),
      row: (one) => activityRow({ store }, one),
      empty: "Nothing has happened yet.",
    },
    SCREEN,
  );
  return section("Latest activity", count(rows.length, "row", "rows"), body);
}

function activityRow({ store }: Pick<Backend, "store">, activity: ActivityRow): Markup {
  const tones: Record<string, Tone> = { created: "good", deleted: "bad" };
  const who = store.users.get(activity.user_id)?.email ?? "no person";
  const client = activity.client === null ? null : html`<br><span class="dim line">${activity.client}</span>`;
  const { name } = activity.detail;
  const changes = activity.detail.changes ?? [];
  return row(`activity-${activity.id}`, [
    moment(activity.created_at),
    html`${who}${client}`,
    html`${activity.scope} ${badge(activity.activity, tones[activity.activity] ?? "plain")} <b>${name ?? ""}</b>${
      changes.length === 0 ? null : html`<br>${changesOf(changes)}`
    }`,
  ]);
}

function changesOf(changes: readonly ActivityChange[]): Markup {
  const shown = changes
    .slice(0, SHOWN_CHANGES)
    .map(({ field, before, after }) => html`${field}: ${short(before)} → ${short(after)}`);
  const more = changes.length - shown.length;
  return html`<span class="why">${list(more > 0 ? [...shown, `${more} more`] : shown, "")}</span>`;
}

function short(value: Json): string {
  const text = typeof value === "string" ? value || '""' : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** The latest requests, with the fields that PostHog ignores. */
export function requestsSection({ requests, ignoredFields }: Backend): Markup {
  const shown = requests
    .map((request, index) => ({ request, index }))
    .slice(-SHOWN_REQUESTS)
    .reverse();
  const ignored = [
    ...new Set(ignoredFields.map(({ method, path, field }) => `${field} (${method} ${path})`)),
  ];
  const note = ignored.length === 0 ? null : html`<p class="why">Ignored fields: ${ignored.join(", ")}</p>`;
  const latest = table(
    {
      heads: ["Request", "Answer", "By"],
      items: shown,
      row: ({ request, index }) => requestRow(request, index),
      empty: "No requests yet.",
    },
    SCREEN,
  );
  return section("Latest requests", count(requests.length, "request", "requests"), [latest, note]);
}

function requestRow(request: RequestRecord, index: number): Markup {
  const { method, path, query, status, credential, client } = request;
  const tone = status !== null && status < 400 ? "good" : "bad";
  const target = shortenIds(`${path}${query === "" ? "" : `?${query}`}`);
  const by = CREDENTIALS[credential];
  return row(`request-${index}-${method}-${path}`, [
    html`<code><b>${method}</b> ${target}</code>`,
    html`<span class="line">${badge(status === null ? "cut" : String(status), tone)} <span class="dim">${Math.round(
      request.milliseconds,
    )} ms</span></span>`,
    client === null ? by : html`${by}<br><span class="dim line">${client}</span>`,
  ]);
}

const CREDENTIALS = {
  none: "nobody",
  session: "session",
  personal_api_key: "API key",
  project_secret_api_key: "secret key",
};

/** A path with its UUIDs shortened. */
function shortenIds(path: string): string {
  return path.replace(/([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "$1…");
}
