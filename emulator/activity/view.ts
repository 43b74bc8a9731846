import { without } from "../organization/organizationView";
import type { Backend } from "../server/backend";
import { userBasic } from "../server/views";
import type { ActivityRow } from "../store/entities";

/** A row of the activity log as this server's generation shows it (PostHog: activity log API). */
export function activityView(backend: Backend, { user_id, ...row }: ActivityRow) {
  const view = {
    id: row.id,
    user: userBasic(backend.store.users.get(user_id)),
    unread: false,
    team_id: row.team_id,
    organization_id: row.organization_id,
    was_impersonated: row.was_impersonated,
    is_system: row.is_system,
    client: row.client,
    ip_address: row.ip_address,
    activity: row.activity,
    item_id: row.item_id,
    scope: row.scope,
    detail: row.detail,
    created_at: row.created_at,
  };
  const hidden = { old: ["team_id", "ip_address", "client"], mid: ["team_id", "ip_address"], new: [] };
  return without(view, hidden[backend.generation]);
}
