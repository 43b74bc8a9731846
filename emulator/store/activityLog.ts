import { isDeepStrictEqual } from "node:util";
import type { Actor, Change, Collection, Row } from "./collection";
import type { ActivityChange, ActivityRow, Json } from "./entities";

/** Where a row is shown: an organization's log, and a project's when it belongs to one. */
export interface ActivityScope {
  readonly organization_id: string | null;
  readonly team_id: number | null;
}

/** How the activity log records writes to one kind of row. */
interface AuditRule<T> {
  /** PostHog's name of the kind. */
  readonly scope: string;
  /** What the row is called in `detail.name`. */
  readonly name: (row: T, activity: string) => string | null;
  /** The log or logs that carry the row. */
  readonly places: (row: T) => readonly ActivityScope[];
  /** The compared columns. */
  readonly fields: (row: T) => { readonly [field: string]: Json };
  /** Columns whose values are never shown. */
  readonly masked?: readonly string[];
  /** The id in `item_id`; by default the row's own. */
  readonly itemId?: (row: T) => string;
  /** What goes into `detail.context`. */
  readonly context?: (row: T) => Json;
  /** Which writes are recorded; by default all. */
  readonly activities?: readonly string[];
}

/** What the writer of the log needs of the store. */
interface ActivityLog {
  readonly activity: Collection<ActivityRow>;
  uuid(): string;
  timestamp(): string;
}

/** Makes each write to the collection leave its row in the log. */
export function audit<T extends Row>(log: ActivityLog, collection: Collection<T>, rule: AuditRule<T>): void {
  collection.onChange((change, actor) => {
    const changes = changesOf(change, rule);
    if (change.kind === "updated" && changes.length === 0) {
      return;
    }
    const row = change.kind === "deleted" ? change.before : change.after;
    for (const place of rule.places(row)) {
      log.activity.insert(
        {
          id: log.uuid(),
          ...place,
          ...signature(actor),
          activity: change.kind,
          scope: rule.scope,
          item_id: rule.itemId?.(row) ?? String(row.id),
          detail: {
            name: rule.name(row, change.kind),
            short_id: null,
            type: null,
            changes,
            trigger: null,
            context: rule.context?.(row) ?? null,
          },
          created_at: log.timestamp(),
        },
        actor,
      );
    }
  });
}

function signature(actor: Actor) {
  return {
    user_id: actor.user?.id ?? null,
    is_system: actor.user === null,
    was_impersonated: actor.was_impersonated,
    client: actor.client,
    ip_address: actor.ip_address,
  };
}

function changesOf<T>(change: Change<T>, rule: AuditRule<T>): ActivityChange[] {
  if (change.kind !== "updated") {
    return [];
  }
  const before = rule.fields(change.before);
  const after = rule.fields(change.after);
  return Object.keys({ ...before, ...after })
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => changeOf(rule, field, before[field] ?? null, after[field] ?? null));
}

function changeOf<T>(rule: AuditRule<T>, field: string, before: Json, after: Json): ActivityChange {
  const action = before === null ? "created" : after === null ? "deleted" : "changed";
  const masked = rule.masked?.includes(field);
  return {
    type: rule.scope,
    action,
    field,
    before: masked && before !== null ? "masked" : before,
    after: masked && after !== null ? "masked" : after,
  };
}
