import type { Backend } from "../server/backend";
import { memberSubject, projectAccess, resolveProject } from "../server/effectiveAccess";
import { atLeast } from "../server/generations";
import { without } from "../server/views";
import { LEVEL, type Membership, type Project } from "../store/entities";
import { PROJECT_SETTINGS } from "./projectSettings";

const NEWER_FIELDS = [
  "project_id",
  "user_access_level",
  "is_pending_deletion",
  "managed_viewsets",
  "event_retention_months",
];

/** Settings that the oldest servers know on `/api/environments/` only. */
export const ENVIRONMENT_ONLY_SETTINGS: readonly string[] = Object.entries(PROJECT_SETTINGS)
  .filter(([, { environmentOnly }]) => environmentOnly)
  .map(([name]) => name);

/** A project in full, as one member sees it (PostHog: projects API). */
export function projectView(
  backend: Backend,
  project: Project,
  membership: Membership,
  { environment }: { readonly environment: boolean },
) {
  const { store } = backend;
  const access = projectAccess(store, project, membership);
  const view = {
    id: project.id,
    uuid: project.uuid,
    organization: project.organization_id,
    project_id: project.id,
    name: project.name,
    product_description: project.product_description,
    created_at: project.created_at,
    updated_at: project.updated_at,
    api_token: project.api_token,
    secret_api_token: project.secret_api_token,
    secret_api_token_backup: project.secret_api_token_backup,
    effective_membership_level: effectiveLevel(backend, membership, access),
    user_access_level: resolveProject(store, project, memberSubject(store, membership)).access_level,
    has_group_types: false,
    group_types: [],
    live_events_token: project.live_events_token,
    ingested_event: project.ingested_event,
    default_modifiers: {},
    person_on_events_querying_enabled: true,
    product_intents: [],
    available_setup_task_ids: [],
    managed_viewsets: {},
    event_retention_months: null,
    events_retention_enforced: false,
    is_pending_deletion: project.is_pending_deletion,
    access_control: false,
    ...project.settings,
  };
  if (atLeast(backend, "2026-07")) {
    return view;
  }
  return without(view, [...NEWER_FIELDS, ...(environment ? [] : ENVIRONMENT_ONLY_SETTINGS)]);
}

// The newest servers cap it at 8 even for owners.
function effectiveLevel(backend: Backend, membership: Membership, access: string): number | null {
  if (access === "none") {
    return null;
  }
  if (membership.level === LEVEL.owner && !atLeast(backend, "current")) {
    return LEVEL.owner;
  }
  return access === "admin" ? LEVEL.admin : LEVEL.member;
}
