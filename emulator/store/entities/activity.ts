import type { Json } from "./json";

/** One field's change inside an activity-log row. */
export interface ActivityChange {
  readonly type: string;
  readonly action: "changed" | "created" | "deleted";
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

/** One row of the activity log (PostHog: activity log). Rows are written by the store, never by routes. */
export interface ActivityRow {
  readonly id: string;
  readonly user_id: number | null;
  readonly team_id: number | null;
  readonly organization_id: string | null;
  readonly was_impersonated: boolean;
  readonly is_system: boolean;
  readonly client: string | null;
  readonly ip_address: string | null;
  readonly activity: string;
  readonly item_id: string;
  readonly scope: string;
  readonly detail: {
    readonly name: string | null;
    readonly short_id: string | null;
    readonly type: string | null;
    readonly changes: readonly ActivityChange[];
    readonly trigger: null;
    readonly context: Json;
  };
  readonly created_at: string;
}
