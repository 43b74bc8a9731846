import type { Backend } from "../server/backend";
import {
  enforcesRules,
  hasFeature,
  isAdmin,
  memberSubject,
  membershipOf,
  resolveResource,
} from "../server/effectiveAccess";
import { isEnvironment } from "../server/environments";
import { denied, invalid, notFound, serverError } from "../server/errors";
import { atLeast } from "../server/generations";
import { paginate } from "../server/paging";
import {
  created,
  noContent,
  ok,
  type ProjectCall,
  type Reply,
  type RouteFamily,
  type UserCall,
} from "../server/routing";
import { projectBasicView, visibleProjects, without } from "../server/views";
import type { Membership, Organization, Project } from "../store/entities";
import { createProject } from "./newProject";
import { isMemberSafe, readProject } from "./projectBody";
import { checkName, nameFor } from "./projectNames";
import { projectView } from "./projectView";
import { isObject } from "./settingFields";

const DELETION_DELAY_MS = 48 * 3_600_000;

/** Projects at both of their URLs (PostHog: projects API). */
export const projects: RouteFamily = (routes) => {
  const read = { scope: "project:read" };
  const write = { scope: "project:write" };
  const readAll = { ...read, outsiders: "seeNothing" } as const;
  const make = { ...write, outsiders: "areNotFound" } as const;
  routes.organization("GET", "projects", readAll, (call) => list(call, call.organization, call.membership));
  routes.organization("POST", "projects", make, (call) => create(call, call.organization, call.membership));
  routes.user("GET", "api/projects", read, (call) => inCurrentOrganization(call, list));
  routes.user("POST", "api/projects", write, (call) => inCurrentOrganization(call, create));
  routes.project("GET", "", { ...read, detail: true, showsProject: true }, retrieve);
  routes.project("PATCH", "", { ...write, detail: true }, patch);
  routes.project("PUT", "", { ...write, detail: true }, put);
  routes.project("DELETE", "", { ...write, detail: true, projectAdmin: true }, destroy);
  const adminSession = { detail: true, projectAdmin: true, since: "current" } as const;
  routes.project("POST", "cancel-deletion", adminSession, cancelDeletion);
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const) {
    for (const rest of ["", "/:environment_id", "/:environment_id/:action"]) {
      const path = `api/projects/:project_id/environments${rest}`;
      routes.anyone(method, path, refuseEnvironments, { keys: "unread", since: "2026-07" });
    }
  }
};

// PostHog refuses these paths before it checks the caller.
function refuseEnvironments(): Reply {
  throw denied(
    "Multiple environments per project are no longer available. Please contact support if you need assistance.",
  );
}

type InOrganization = (call: UserCall, organization: Organization, membership: Membership) => Reply;

function inCurrentOrganization(call: UserCall, act: InOrganization): Reply {
  if (isEnvironment(call.path) && act === create) {
    throw invalid(
      "Environments must be created under a specific project. Send the POST request to /api/projects/<project_id>/environments/ instead.",
    );
  }
  const { store } = call.backend;
  const organization = store.organizations.get(call.user.current_organization_id);
  const membership = organization && membershipOf(store, call.user, organization.id);
  if (organization === undefined || membership === undefined) {
    throw notFound("You need to belong to an organization.");
  }
  return act(call, organization, membership);
}

function list({ backend, url, credential }: UserCall, _: Organization, membership: Membership): Reply {
  const search = url.searchParams.get("search")?.toLowerCase() ?? "";
  const only = credential.kind === "personal_api_key" ? credential.key.scoped_teams : [];
  const rows = visibleProjects(backend, membership).filter(
    ({ id, name }) => name.toLowerCase().includes(search) && (only.length === 0 || only.includes(id)),
  );
  const hidden = atLeast(backend, "2026-07") ? [] : ["project_id"];
  return ok(paginate(rows, url, (project) => without(projectBasicView(project), hidden)));
}

function retrieve({ backend, project, membership, path }: ProjectCall): Reply {
  return ok(projectView(backend, project, membership, { environment: isEnvironment(path) }));
}

function create(call: UserCall, organization: Organization, membership: Membership): Reply {
  const { backend, actor, user } = call;
  const { store } = backend;
  const isDemo = isObject(call.body) && Boolean(call.body.is_demo);
  checkLimit(call, organization, isDemo);
  checkMayCreate(call, organization, membership);
  const body = readProject(call, { organization, environment: false });
  const exempt = ["name", "is_demo"];
  const adminOnly = Object.keys(body.sent).filter((name) => !isMemberSafe(name) && !exempt.includes(name));
  if (!isAdmin(membership) && adminOnly.length > 0) {
    const names = adminOnly.sort().join(", ");
    throw denied(`Only organization admins can set these settings on project creation: ${names}`);
  }
  const project = createProject(
    backend,
    {
      ...body.columns,
      organization_id: organization.id,
      name: nameFor(backend, organization, body.columns.name),
      settings: { anonymize_ips: organization.default_anonymize_ips, ...body.settings },
    },
    user,
    actor,
  );
  const current = { current_organization_id: organization.id, current_team_id: project.id };
  store.users.update(user.id, current, actor);
  // PostHog notifies the admins when a member creates a project, and crashes there after it has stored the project.
  if (!isAdmin(membership) && !atLeast(backend, "current")) {
    throw serverError();
  }
  return created(projectView(backend, project, membership, { environment: false }));
}

function checkMayCreate({ backend }: UserCall, organization: Organization, membership: Membership): void {
  if (isAdmin(membership)) {
    return;
  }
  if (!atLeast(backend, "2026-07")) {
    throw denied("Your organization access level is insufficient.");
  }
  if (
    !hasFeature(organization, "organization_invite_settings") ||
    !organization.members_can_create_projects
  ) {
    throw denied("You need to be an organization admin or above to create new projects.");
  }
}

function checkLimit({ backend }: UserCall, organization: Organization, isDemo: boolean): void {
  const all = backend.store.projects.where("organization_id", organization.id);
  const demos = all.filter(({ settings }) => settings.is_demo === true).length;
  const feature = organization.available_product_features.find(({ key }) => key === "organizations_projects");
  const limit = feature === undefined ? 1 : feature.limit;
  const most = mostProjects(backend);
  if ((isDemo && demos > 0) || (limit !== null && all.length - demos >= limit)) {
    throw denied(
      "You have reached the maximum limit of allowed projects for your current plan. Upgrade your plan to be able to create and manage more projects.",
    );
  }
  if (all.length - demos >= most) {
    throw denied(
      `You have reached the maximum limit of ${most} projects per organization. Contact support if you'd like access to more projects.`,
    );
  }
}

function mostProjects(backend: Backend): number {
  return atLeast(backend, "current") ? 2000 : 1500;
}

function put(call: ProjectCall): Reply {
  checkLimit(call, call.organization, false);
  return patch(call);
}

function patch(call: ProjectCall): Reply {
  const { backend, organization, project, membership, actor, path } = call;
  const environment = isEnvironment(path);
  const body = readProject(call, { organization, environment, current: project });
  if (typeof body.sent.receive_org_level_activity_logs === "boolean" && !isAdmin(membership)) {
    throw denied(
      "Only organization owners and admins can modify the receive_org_level_activity_logs setting.",
    );
  }
  checkMayChange(call, Object.keys(body.sent));
  const { name, ...columns } = body.columns;
  if (name !== undefined && !environment) {
    checkName(backend, organization, name, project);
  }
  const names = name === undefined ? {} : environment ? { team_name: name } : { name, team_name: name };
  const settings = { ...project.settings, ...body.settings };
  const updated = backend.store.projects.update(project.id, { ...columns, ...names, settings }, actor);
  return ok(projectView(backend, updated, membership, { environment }));
}

function checkMayChange(call: ProjectCall, sent: readonly string[]): void {
  const { backend, organization, projectAccess } = call;
  const byAnalytics = enforcesRules(backend.store, organization);
  if (byAnalytics && sent.includes("app_urls")) {
    checkAnalyticsEditor(call);
  }
  const openToMembers = [
    ...(byAnalytics ? ["app_urls"] : []),
    ...(atLeast(backend, "current") ? [] : ["name"]),
  ];
  const adminOnly = sent.filter((name) => !isMemberSafe(name) && !openToMembers.includes(name));
  if (projectAccess !== "admin" && adminOnly.length > 0) {
    throw denied(`Only project admins can modify these settings: ${adminOnly.sort().join(", ")}`);
  }
}

// With access controls, editors of web analytics manage the authorized URLs, not project admins.
function checkAnalyticsEditor({ backend, project, membership }: ProjectCall): void {
  const subject = memberSubject(backend.store, membership);
  const level = resolveResource(backend.store, project, "web_analytics", subject).access_level;
  if (!["editor", "manager"].includes(level)) {
    throw invalid("You need editor access to web analytics to modify this field.", { attr: "app_urls" });
  }
}

function destroy({ backend, organization, project, actor, path }: ProjectCall): Reply {
  const { store, cloud } = backend;
  if (project.is_pending_deletion || project.deletion_queued) {
    throw invalid("This project is already being deleted.");
  }
  const isLast = store.projects.where("organization_id", organization.id).length === 1;
  if (cloud && isLast && organization.has_active_subscription) {
    throw invalid(
      "Cannot delete the last project in an organization with an active subscription. Please cancel your subscription first in the billing page.",
    );
  }
  if (deletesAtOnce(backend, project)) {
    store.projects.delete(project.id, actor);
    return noContent();
  }
  // A deletion by the environment's URL queues the same work, but does not set the project's flag.
  const flag = isEnvironment(path) ? {} : { is_pending_deletion: true };
  const scheduled = new Date(store.now().getTime() + DELETION_DELAY_MS);
  const when = atLeast(backend, "current") ? { deletion_scheduled_at: scheduled.toISOString() } : {};
  store.projects.update(project.id, { ...flag, ...when, deletion_queued: true }, actor);
  return noContent();
}

/** Newer servers wait 48 hours before they delete a project with data (PostHog pull requests 99317 and 102364). */
function deletesAtOnce(backend: Backend, project: Project): boolean {
  return !atLeast(backend, "2026-07") || (atLeast(backend, "current") && !project.ingested_event);
}

function cancelDeletion({ backend, project, membership, actor }: ProjectCall): Reply {
  const scheduled = project.deletion_scheduled_at;
  if (scheduled === null || Date.parse(scheduled) <= backend.store.now().getTime()) {
    throw invalid("This project is not scheduled for deletion.");
  }
  const canceled = { is_pending_deletion: false, deletion_queued: false, deletion_scheduled_at: null };
  const updated = backend.store.projects.update(project.id, canceled, actor);
  return ok(projectView(backend, updated, membership, { environment: false }));
}
