/** One change of a field in an entry of the activity log. */
export interface ActivityChange {
  readonly field?: string | null;
  /** `changed`, `created`, `deleted` and others. */
  readonly action?: string | null;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One entry of the activity log, with the fields that can be described (PostHog: activity log API). */
export interface ActivityEntry {
  readonly id: string;
  /** When it happened, ISO 8601. */
  readonly created_at: string;
  /** What was done: `created`, `updated`, `deleted` and others. */
  readonly activity: string;
  /** The kind of object, such as `Role`. */
  readonly scope: string;
  /** PostHog's id of the object. */
  readonly item_id?: string | null;
  /** The actor; missing if PostHog did it or the account is gone. */
  readonly user?: { readonly email?: string | null; readonly uuid?: string | null } | null;
  /** The project that it belongs to; null if it belongs to the organization, missing on older servers. */
  readonly team_id?: number | null;
  readonly was_impersonated?: boolean | null;
  readonly is_system?: boolean | null;
  /** The program's `x-posthog-client`; missing on older servers. */
  readonly client?: string | null;
  readonly ip_address?: string | null;
  readonly detail?: {
    readonly name?: string | null;
    readonly changes?: readonly ActivityChange[] | null;
    readonly context?: unknown;
  } | null;
}

/** A condition on one path inside an entry's `detail`. */
export interface DetailFilter {
  readonly operation?: "exact" | "contains" | "in";
  readonly value: string | number | boolean | readonly (string | number | boolean)[];
}
