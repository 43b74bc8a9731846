import type { Backend } from "../server/backend";
import { memberSubject, projectAccess, resolveProject } from "../server/effectiveAccess";
import { atLeast } from "../server/generations";
import { without } from "../server/views";
import { type Json, LEVEL, type Membership, type Project } from "../store/entities";
import { unknownSettings } from "./projectSettings";
import { isObject } from "./settingFields";

const NEWER_FIELDS = [
  "available_setup_task_ids",
  "event_retention_months",
  "events_retention_enforced",
  "is_pending_deletion",
  "managed_viewsets",
];

/** The theme that everyone gets if the plan has no themes. */
const DEFAULT_DATA_THEME = 1;

/** A project in full, as one member sees it (PostHog: projects API). */
export function projectView(
  backend: Backend,
  project: Project,
  membership: Membership,
  { environment }: { readonly environment: boolean },
) {
  const { store } = backend;
  const access = projectAccess(store, project, membership);
  const { access_control = false, ...settings } = project.settings;
  const view = {
    id: project.id,
    uuid: project.uuid,
    organization: project.organization_id,
    project_id: project.id,
    name: environment ? project.team_name : project.name,
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
    person_on_events_querying_enabled: false,
    product_intents: [],
    available_setup_task_ids: [],
    managed_viewsets: { revenue_analytics: hasRevenueEvents(settings.revenue_analytics_config) },
    event_retention_months: 84,
    events_retention_enforced: false,
    is_pending_deletion: project.is_pending_deletion,
    access_control,
    ...settings,
    ...themeWithoutPlan(backend, project),
  };
  return without(view, [
    ...unknownSettings(backend, { environment }),
    ...unknownFields(backend, environment),
  ]);
}

function hasRevenueEvents(config: Json | undefined): boolean {
  return isObject(config) && Array.isArray(config.events) && config.events.length > 0;
}

function themeWithoutPlan({ store }: Backend, { organization_id }: Project) {
  const features = store.organizations.get(organization_id)?.available_product_features ?? [];
  return features.some(({ key }) => key === "data_color_themes")
    ? {}
    : { default_data_theme: DEFAULT_DATA_THEME };
}

// `/api/environments/` shows the environment, not the project.
function unknownFields(backend: Backend, environment: boolean): readonly string[] {
  const projectOnly = environment ? ["product_description", "is_pending_deletion"] : [];
  if (atLeast(backend, "2026-07")) {
    return projectOnly;
  }
  const environmentOnly = environment ? [] : ["project_id", "user_access_level"];
  return [...projectOnly, ...environmentOnly, ...NEWER_FIELDS];
}

/**
 * The caller's level in a project. Servers of August 2025 give the organization level; the newest ones give at most 8,
 * even for owners (PostHog: posthog/user_permissions.py).
 */
function effectiveLevel(backend: Backend, membership: Membership, access: string): number {
  if (!atLeast(backend, "2026-07")) {
    return membership.level;
  }
  if (membership.level === LEVEL.owner && !atLeast(backend, "current")) {
    return LEVEL.owner;
  }
  return access === "member" ? LEVEL.member : LEVEL.admin;
}
