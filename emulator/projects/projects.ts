import { hasFeature, isAdmin, memberSubject, membershipOf, resolveResource } from "../server/effectiveAccess";
import { denied, invalid, notFound } from "../server/errors";
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
import { projectBasicView, visibleProjects } from "../server/views";
import type { Membership, Organization } from "../store/entities";
import { isMemberSafe, readProject } from "./projectBody";
import { newProject } from "./projectSettings";
import { projectView } from "./projectView";

/** Projects under both of their URLs (PostHog: projects API). */
export const projects: RouteFamily = (routes) => {
  const read = { scope: "project:read" };
  const write = { scope: "project:write" };
  routes.organization("GET", "projects", read, (call) => list(call, call.organization, call.membership));
  routes.organization("POST", "projects", write, (call) => create(call, call.organization, call.membership));
  routes.user("GET", "api/projects", read, (call) => inCurrentOrganization(call, list));
  routes.user("POST", "api/projects", write, (call) => inCurrentOrganization(call, create));
  routes.project("GET", "", { ...read, detail: true }, retrieve);
  routes.project("PATCH", "", { ...write, detail: true }, patch);
  routes.project("PUT", "", { ...write, detail: true }, put);
  routes.project("DELETE", "", { ...write, detail: true, projectAdmin: true }, destroy);
};

type InOrganization = (call: UserCall, organization: Organization, membership: Membership) => Reply;

function inCurrentOrganization(call: UserCall, act: InOrganization): Reply {
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
  return ok(paginate(rows, url, (project) => projectBasicView(backend, project)));
}

function retrieve({ backend, project, membership, path }: ProjectCall): Reply {
  return ok(projectView(backend, project, membership, { environment: isEnvironment(path) }));
}

function create(call: UserCall, organization: Organization, membership: Membership): Reply {
  const { backend, actor, user } = call;
  const { store } = backend;
  checkMayCreate(call, organization, membership);
  const body = readProject(call, { creating: true, environment: isEnvironment(call.path) });
  const isDemo = body.settings.is_demo === true;
  checkLimit(call, organization, isDemo);
  const exempt = ["name", "is_demo"];
  const adminOnly = Object.keys(body.sent).filter((name) => !isMemberSafe(name) && !exempt.includes(name));
  if (!isAdmin(membership) && adminOnly.length > 0) {
    const names = adminOnly.sort().join(", ");
    throw denied(`Only organization admins can set these settings on project creation: ${names}`);
  }
  const blank = newProject(store, organization.id, body.columns.name ?? "Default project");
  // PostHog guesses the first day of the week from the caller's country; a loopback address has none.
  const guessed = { week_start_day: 0, anonymize_ips: organization.default_anonymize_ips };
  const project = store.projects.insert(
    { ...blank, ...body.columns, settings: { ...blank.settings, ...guessed, ...body.settings } },
    actor,
  );
  const current = { current_organization_id: organization.id, current_team_id: project.id };
  store.users.update(user.id, current, actor);
  return created(projectView(backend, project, membership, { environment: isEnvironment(call.path) }));
}

function checkMayCreate({ backend }: UserCall, organization: Organization, membership: Membership): void {
  const entitled =
    atLeast(backend, "current") &&
    hasFeature(organization, "organization_invite_settings") &&
    organization.members_can_create_projects;
  if (!isAdmin(membership) && !entitled) {
    throw denied("You need to be an organization admin or above to create new projects.");
  }
}

const HARD_LIMIT = 1500;

function checkLimit({ backend }: UserCall, organization: Organization, isDemo: boolean): void {
  const all = backend.store.projects.where("organization_id", organization.id);
  const demos = all.filter(({ settings }) => settings.is_demo === true).length;
  const feature = organization.available_product_features.find(({ key }) => key === "organizations_projects");
  const limit = feature === undefined ? 1 : feature.limit;
  const reached = isDemo ? demos > 0 : limit !== null && all.length - demos >= limit;
  if (reached) {
    throw denied(
      "You have reached the maximum limit of allowed projects for your current plan. Upgrade your plan to be able to create and manage more projects.",
    );
  }
  if (all.length - demos >= HARD_LIMIT) {
    throw denied(
      `You have reached the maximum limit of ${HARD_LIMIT} projects per organization. Contact support if you'd like access to more projects.`,
    );
  }
}

function put(call: ProjectCall): Reply {
  checkLimit(call, call.organization, false);
  return patch(call);
}

function patch(call: ProjectCall): Reply {
  const { backend, project, membership, actor, path } = call;
  const environment = isEnvironment(path);
  const body = readProject(call, { creating: false, environment, current: project });
  const byAnalytics = hasFeature(call.organization, "access_control");
  if (byAnalytics && "app_urls" in body.sent) {
    checkAnalyticsEditor(call);
  }
  const openToMembers = [
    ...(byAnalytics ? ["app_urls"] : []),
    ...(atLeast(backend, "current") ? [] : ["name"]),
  ];
  const adminOnly = Object.keys(body.sent).filter(
    (name) => !isMemberSafe(name) && !openToMembers.includes(name),
  );
  if (call.projectAccess !== "admin" && adminOnly.length > 0) {
    throw denied(`Only project admins can modify these settings: ${adminOnly.sort().join(", ")}`);
  }
  const settings = { ...project.settings, ...body.settings };
  const updated = backend.store.projects.update(project.id, { ...body.columns, settings }, actor);
  return ok(projectView(backend, updated, membership, { environment }));
}

// With access controls, the authorized URLs belong to web analytics rather than to the project's admins.
function checkAnalyticsEditor({ backend, project, membership }: ProjectCall): void {
  const subject = memberSubject(backend.store, membership);
  const level = resolveResource(backend.store, project, "web_analytics", subject).access_level;
  if (!["editor", "manager"].includes(level)) {
    throw invalid("You need editor access to web analytics to modify this field.", { attr: "app_urls" });
  }
}

function isEnvironment(path: string): boolean {
  return path.startsWith("/api/environments");
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
  // Deleting by the environment's URL queues the same work but leaves the project's flag alone.
  const flag = isEnvironment(path) ? {} : { is_pending_deletion: true };
  store.projects.update(project.id, { ...flag, deletion_queued: true }, actor);
  return noContent();
}
