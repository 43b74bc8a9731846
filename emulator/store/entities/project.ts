import type { Json } from "./json";

/** A project, which is also its one environment ("team"); `settings` holds every writable setting by name. */
export interface Project {
  readonly id: number;
  readonly uuid: string;
  readonly organization_id: string;
  readonly name: string;
  readonly product_description: string | null;
  readonly api_token: string;
  readonly secret_api_token: string | null;
  readonly secret_api_token_backup: string | null;
  readonly live_events_token: string | null;
  readonly ingested_event: boolean;
  readonly is_pending_deletion: boolean;
  /** Whether background work will delete it; the flag above tells so only for deletions by project URL. */
  readonly deletion_queued: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly settings: { readonly [name: string]: Json };
}

/** One access rule; without member and role it is the default for everyone (PostHog: access controls). */
export interface AccessRule {
  readonly id: string;
  readonly team_id: number;
  readonly resource: string;
  readonly resource_id: string | null;
  readonly organization_member: string | null;
  readonly role: string | null;
  readonly access_level: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A dashboard, insight, flag or any other object that object-level access rules can point at. */
export interface ProjectObject {
  /** `<resource>:<pk>`, because primary keys repeat between kinds. */
  readonly id: string;
  readonly resource: string;
  readonly pk: number | string;
  readonly team_id: number;
  readonly name: string;
  readonly short_id: string | null;
  readonly key: string | null;
  readonly created_by_id: number | null;
  readonly deleted: boolean;
  readonly created_at: string;
}
