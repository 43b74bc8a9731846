import { type Emulator, SYSTEM } from "../../emulator";

/** One entry at a given minute of the first of May. */
export interface Entry {
  readonly minute: number;
  readonly scope?: string;
  readonly activity?: string;
  readonly item?: string;
  readonly user?: string;
  readonly client?: string;
  readonly ip?: string;
  readonly project?: number;
  readonly name?: string;
  readonly field?: string;
  readonly before?: string;
  readonly after?: string;
  readonly impersonated?: boolean;
  readonly system?: boolean;
}

/** An entry's time in PostHog's format. */
export const at = (minute: number): string =>
  new Date(Date.UTC(2026, 4, 1) + minute * 60_000).toISOString().replace("Z", "000Z");

/** Replaces all entries of the activity log. */
export function log(emulator: Emulator, entries: readonly Entry[]): void {
  for (const { id } of emulator.store.activity.all()) emulator.store.activity.delete(id, SYSTEM);
  for (const entry of entries) add(emulator, entry);
}

/** Adds an entry to the activity log. Returns its id. */
export function add({ store, organizationId }: Emulator, entry: Entry): string {
  const { field = "name", before = "A", after = "B" } = entry;
  const id = store.uuid();
  const row = {
    id,
    user_id: store.users.where("email", entry.user ?? "owner@acme.test")[0]?.id ?? null,
    team_id: entry.project ?? null,
    organization_id: organizationId,
    was_impersonated: entry.impersonated ?? false,
    is_system: entry.system ?? false,
    client: entry.client ?? null,
    ip_address: entry.ip ?? null,
    activity: entry.activity ?? "updated",
    item_id: entry.item ?? "1",
    scope: entry.scope ?? "Role",
    detail: {
      name: entry.name ?? "Viewers",
      short_id: null,
      type: null,
      changes: [{ type: "Role", action: "changed" as const, field, before, after }],
      trigger: null,
      context: null,
    },
    created_at: at(entry.minute),
  };
  store.activity.insert(row, SYSTEM);
  return id;
}

/** Removes the organization's log from a server: servers between August 2025 and July 2026 have none yet. */
export function hideOrganizationLog({ faults }: Emulator): void {
  const body = { type: "invalid_request", code: "not_found", detail: "Endpoint not found.", attr: null };
  const path = /organizations\/[^/]+\/advanced_activity_logs/;
  faults.add({ kind: "status", status: 404, path, body, times: Number.POSITIVE_INFINITY });
}
