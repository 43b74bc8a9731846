import type { Backend } from "../server/backend";
import { atLeast } from "../server/generations";
import type { Actor } from "../store/collection";
import type { Json, Project, ProjectObject, User } from "../store/entities";
import { randomToken } from "../store/secrets";
import type { Store } from "../store/store";
import { initialSettings } from "./projectSettings";

type Server = Pick<Backend, "store" | "generation" | "cloud">;

/** The values given for a new project; PostHog decides the rest. */
interface NewProject extends Partial<Omit<Project, "settings">> {
  readonly organization_id: string;
  readonly name: string;
  readonly settings?: { readonly [name: string]: Json };
}

/** Mail providers whose domains do not identify a team. */
const PUBLIC_MAIL = ["gmail.com", "googlemail.com", "hotmail.com", "icloud.com", "outlook.com", "yahoo.com"];

/** A new project, not yet stored. */
export function newProject({ store, ...server }: Server, project: NewProject): Project {
  const now = store.timestamp();
  return {
    id: project.id ?? store.nextId("project"),
    uuid: store.uuid(),
    team_name: project.name,
    product_description: null,
    api_token: `phc_${randomToken(43)}`,
    secret_api_token: null,
    secret_api_token_backup: null,
    live_events_token: randomToken(40),
    ingested_event: false,
    is_pending_deletion: false,
    deletion_queued: false,
    deletion_scheduled_at: null,
    created_at: now,
    updated_at: now,
    ...project,
    settings: { ...initialSettings(server), ...project.settings },
  };
}

/** Creates a project as PostHog does: with a starter dashboard and a filter for the team's own events. */
export function createProject(server: Server, wanted: NewProject, user: User, actor: Actor): Project {
  const { store } = server;
  const project = newProject(server, wanted);
  const dashboard = addStarterDashboard(server, project.id, actor);
  const filters = wanted.settings?.test_account_filters ?? ownEvents(server, project.id, user, actor);
  return store.projects.insert(
    {
      ...project,
      settings: { ...project.settings, primary_dashboard: dashboard.pk, test_account_filters: filters },
    },
    actor,
  );
}

/** Adds the dashboard that every new project has. */
export function addStarterDashboard(
  { store }: Pick<Server, "store">,
  projectId: number,
  actor: Actor,
  pk: number = nextObjectId(store, "dashboard"),
): ProjectObject {
  return store.objects.insert(
    newObject({ store }, projectId, { resource: "dashboard", pk, name: "Your starter dashboard" }),
    actor,
  );
}

/** The next id of an object kind. Dashboard ids in seeds do not use up the sequence. */
export function nextObjectId(store: Store, resource: string): number {
  const kind = resource === "dashboard" || resource === "cohort" ? resource : "object";
  let pk = store.nextId(kind);
  while (store.objects.get(`${resource}:${pk}`) !== undefined) {
    pk = store.nextId(kind);
  }
  return pk;
}

function newObject(
  { store }: Pick<Server, "store">,
  projectId: number,
  { resource, pk, name }: Pick<ProjectObject, "resource" | "pk" | "name">,
): ProjectObject {
  return {
    id: `${resource}:${pk}`,
    resource,
    pk,
    team_id: projectId,
    name,
    short_id: null,
    key: null,
    created_by_id: null,
    deleted: false,
    created_at: store.timestamp(),
  };
}

// Newer servers keep internal users in a cohort.
function ownEvents(server: Server, projectId: number, user: User, actor: Actor): Json {
  const { store } = server;
  if (atLeast(server, "2026-07")) {
    const pk = nextObjectId(store, "cohort");
    const cohort = { resource: "cohort", pk, name: "Internal / Test users" };
    store.objects.insert(newObject(server, projectId, cohort), actor);
    return [{ key: "id", type: "cohort", value: pk, operator: "not_in" }];
  }
  return testFilters(user.email);
}

/** The filter that excludes internal events on servers of August 2025; without an address, only local events. */
export function testFilters(email?: string) {
  const domain = email?.slice(email.lastIndexOf("@") + 1);
  const local = "^(localhost|127\\.0\\.0\\.1)($|:)";
  return [
    ...(domain === undefined || PUBLIC_MAIL.includes(domain)
      ? []
      : [{ key: "email", type: "person", value: `@${domain}`, operator: "not_icontains" }]),
    { key: "$host", type: "event", value: local, operator: "not_regex" },
  ];
}
