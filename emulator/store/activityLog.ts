import { isDeepStrictEqual } from "node:util";
import type { Actor, Change, Collection, Row } from "./collection";
import type { ActivityChange, ActivityRow, Json } from "./entities";
import type { Age } from "./store";

/** The logs that show a row: an organization's, and a project's if the row belongs to one. */
export interface ActivityScope {
  readonly organization_id: string | null;
  readonly team_id: number | null;
}

/** One row that a write leaves: its scope, and what it calls the write. */
export interface LoggedAs extends ActivityScope {
  readonly activity: string;
}

/** How the activity log records writes to one kind of row. */
interface AuditRule<T> {
  /** PostHog's name for the kind. */
  readonly scope: string;
  /** Whether servers of August 2025 do not record it. */
  readonly isNewer?: boolean;
  /** The rows that a write leaves; none if PostHog does not record the write. */
  readonly rows: (change: Change<T>) => readonly LoggedAs[];
  /** The row's name in `detail.name`. */
  readonly name: (row: T, activity: string) => string | null;
  /** The compared columns, by their names in the log. */
  readonly fields: (row: T) => { readonly [field: string]: Json };
  /** Columns whose values are never shown. */
  readonly masked?: readonly string[];
  /** The id in `item_id`; by default the row's own. */
  readonly itemId?: (row: T) => string;
  /** The value of `detail.type`. */
  readonly type?: string;
  /** The value of `detail.context`. */
  readonly context?: (row: T, place: LoggedAs) => Json;
  /**
   * Whether PostHog's routes write the rows instead of its models. Routes know the key of a request, models do not.
   * Changes without a request leave no row.
   */
  readonly byRoute?: boolean;
  /** The activities whose rows have no list of changes, rather than an empty one. */
  readonly withoutChanges?: readonly string[];
}

interface ActivityLog {
  readonly activity: Collection<ActivityRow>;
  readonly generation?: Age;
  uuid(): string;
  timestamp(): string;
}

/** Makes each write to the collection leave its rows in the log. */
export function audit<T extends Row>(log: ActivityLog, collection: Collection<T>, rule: AuditRule<T>): void {
  if (rule.isNewer && log.generation === "2025-08") {
    return;
  }
  collection.onChange((change, actor) => {
    const changes = changesOf(change, rule);
    const row = rowOf(change);
    const signed = signature(actor, rule.byRoute === true);
    for (const logged of rule.rows(change)) {
      const { activity, organization_id, team_id } = logged;
      if ((activity === "updated" && changes.length === 0) || (rule.byRoute && signed.is_system)) {
        continue;
      }
      log.activity.insert(
        {
          id: log.uuid(),
          organization_id,
          team_id,
          ...signed,
          activity,
          scope: rule.scope,
          item_id: rule.itemId?.(row) ?? String(row.id),
          detail: {
            name: rule.name(row, activity),
            short_id: null,
            type: rule.type ?? null,
            changes: rule.withoutChanges?.includes(activity) ? null : changes,
            trigger: null,
            context: rule.context?.(row, logged) ?? null,
          },
          created_at: log.timestamp(),
        },
        actor,
      );
    }
  });
}

/** The row that a change is about. */
export function rowOf<T>(change: Change<T>): T {
  return change.kind === "deleted" ? change.before : change.after;
}

function signature(actor: Actor, byRoute: boolean) {
  const user = actor.with_key && !byRoute ? null : actor.user;
  return {
    user_id: user?.id ?? null,
    is_system: user === null,
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
    .flatMap((field) => changeOf(rule, field, before[field] ?? null, after[field] ?? null) ?? []);
}

function changeOf<T>(
  { scope, masked, byRoute }: AuditRule<T>,
  field: string,
  before: Json,
  after: Json,
): ActivityChange | null {
  const isNothing = (value: Json) => value === null || (!byRoute && isEmpty(value));
  const shown = (value: Json) => (isNothing(value) ? null : masked?.includes(field) ? "masked" : value);
  const change = { type: scope, field, before: shown(before), after: shown(after) };
  if (isNothing(before) && isNothing(after)) {
    return null;
  }
  return { ...change, action: isNothing(before) ? "created" : isNothing(after) ? "deleted" : "changed" };
}

// If models write the log, empty values count as missing.
function isEmpty(value: Json): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}
