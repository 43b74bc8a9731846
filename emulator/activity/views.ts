import type { Backend } from "../server/backend";
import { atLeast } from "../server/generations";
import { userBasic, without } from "../server/views";
import type { ActivityChange, ActivityRow } from "../store/entities";

/** A row as a server of this generation shows it (PostHog: activity log API). */
export function activityView(backend: Backend, { user_id, ...row }: ActivityRow) {
  const isOldest = !atLeast(backend, "2026-07");
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
    detail: isOldest ? without(row.detail, ["context"]) : row.detail,
    created_at: row.created_at,
  };
  return without(view, isOldest ? ["team_id", "ip_address", "client"] : []);
}

const IDENTITY_AND_ACCESS = 3;

const [ACCOUNT_CHANGE, AUTHENTICATION, ENTITY_MANAGEMENT] = [3001, 3002, 3004];

const OTHER = 99;

/** The class and activity numbers of the Open Cybersecurity Schema Framework, where it has them. */
const NUMBERS: Readonly<Record<string, readonly [classUid: number, activityId: number]>> = {
  logged_in: [AUTHENTICATION, 1],
  logged_out: [AUTHENTICATION, 2],
  scim_provisioned: [ACCOUNT_CHANGE, 1],
  scim_updated: [ACCOUNT_CHANGE, 3],
  scim_replaced: [ACCOUNT_CHANGE, 3],
  scim_deprovisioned: [ACCOUNT_CHANGE, 4],
  created: [ENTITY_MANAGEMENT, 1],
  updated: [ENTITY_MANAGEMENT, 3],
  deleted: [ENTITY_MANAGEMENT, 4],
};

/** A row as an OCSF 1.5.0 event. Includes the values of changes only if asked. */
export function ocsfEvent({ store }: Backend, row: ActivityRow, includeValues: boolean) {
  const [class_uid, activity_id] = NUMBERS[row.activity] ?? [ENTITY_MANAGEMENT, OTHER];
  const user = store.users.get(row.user_id);
  const { name } = row.detail;
  const changes = row.detail.changes ?? [];
  const values = includeValues && changes.length > 0;
  const entity = { type: row.scope, uid: row.item_id };
  return {
    metadata: { version: "1.5.0", product: { name: "PostHog", vendor_name: "PostHog" }, uid: row.id },
    time: row.created_at,
    class_uid,
    category_uid: IDENTITY_AND_ACCESS,
    type_uid: class_uid * 100 + activity_id,
    activity_id,
    status_id: 1,
    entity: { ...entity, name, ...(values ? { data: valuesOf(changes, "before") } : {}) },
    unmapped: {
      activity: row.activity,
      changed_fields: changes.map(({ field }) => field),
      team_id: row.team_id,
      organization_id: row.organization_id,
      was_impersonated: row.was_impersonated,
      is_system: row.is_system,
      client: row.client,
    },
    ...(activity_id === OTHER ? { activity_name: row.activity } : {}),
    ...(user === undefined
      ? {}
      : { actor: { user: { uid: user.uuid, email_addr: user.email, name: user.first_name } } }),
    ...(row.ip_address === null ? {} : { src_endpoint: { ip: row.ip_address } }),
    ...(values ? { entity_result: { ...entity, data: valuesOf(changes, "after") } } : {}),
  };
}

function valuesOf(changes: readonly ActivityChange[], side: "before" | "after") {
  return Object.fromEntries(changes.map((change) => [change.field, change[side]]));
}
