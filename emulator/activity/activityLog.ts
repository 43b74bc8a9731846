import * as z from "zod";
import type { Backend } from "../server/backend";
import { readBody } from "../server/body";
import { memberSubject, resolveResource } from "../server/effectiveAccess";
import { ApiError, denied, serverError } from "../server/errors";
import { json } from "../server/fields";
import { atLeast } from "../server/generations";
import { pageSize, paginateByNumber } from "../server/paging";
import { type OrganizationCall, ok, type ProjectCall, type Reply, type RouteFamily } from "../server/routing";
import { type ActivityRow, LEVEL, type Organization, type Project, type User } from "../store/entities";
import { availableFilters } from "./discovery";
import { type ActivityFilters, meetsFilters, readFilters, readQueryFilters } from "./filters";
import { ACTIVITY_PAGE, compareTexts, paginateByCursor } from "./paging";
import { activityView, ocsfEvent } from "./views";

/** The activity log and the advanced activity log (PostHog: activity log API, advanced activity logs API). */
export const activityLog: RouteFamily = (routes) => {
  const scope = "activity_log:read";
  const paid = { scope, premiumOnCloud: "audit_logs", since: "2026-07" } as const;
  const advanced = "advanced_activity_logs";
  routes.project("GET", "activity_log", { scope, until: "2025-08" }, listSimply);
  routes.project("GET", "activity_log", paid, listSimply);
  routes.project("GET", advanced, paid, (call) => listAdvanced(call, rowsOf(call)));
  routes.project("GET", `${advanced}/available_filters`, paid, (call) => listFilters(call, rowsOf(call)));
  routes.project("POST", `${advanced}/export`, paid, exportRows);
  const { scope: _sessionsOnly, ...bySession } = paid;
  routes.organization("GET", advanced, paid, (call) => listAdvanced(call, allRowsOf(call)));
  routes.organization("GET", `${advanced}/available_filters`, paid, (call) =>
    listFilters(call, allRowsOf(call)),
  );
  routes.organization("POST", `${advanced}/export`, bySession, refuseExport);
};

function rowsOf({ backend, url, user, organization, membership, project }: ProjectCall): ActivityRow[] {
  const subject = memberSubject(backend.store, membership);
  if (resolveResource(backend.store, project, "activity_log", subject).access_level === "none") {
    throw denied("You do not have viewer access to this resource.");
  }
  const isAsked = !atLeast(backend, "2026-07") && url.searchParams.get("include_organization_scoped") === "1";
  return visibleActivity(backend, user, organization, project, isAsked);
}

function allRowsOf(call: OrganizationCall): ActivityRow[] {
  checkAdmin(call);
  return visibleActivity(call.backend, call.user, call.organization);
}

function checkAdmin({ membership }: OrganizationCall): void {
  if (membership.level < LEVEL.admin) {
    throw denied("Only organization admins and owners can view organization-wide activity logs.");
  }
}

function listSimply(call: ProjectCall): Reply {
  const query = call.url.searchParams;
  // If a parameter is repeated, the last one counts.
  const [user, scope, itemId, scopes] = ["user", "scope", "item_id", "scopes"].map(
    (name) => query.getAll(name).at(-1) || null,
  );
  // PostHog documents a UUID, compares with the number, and crashes on anything else.
  if (user && !/^\d+$/.test(user)) {
    throw serverError();
  }
  const rows = rowsOf(call).filter(
    (row) =>
      (user === null || row.user_id === Number(user)) &&
      (scope === null || row.scope === scope) &&
      (!scopes || scopes.split(",").includes(row.scope)) &&
      (itemId === null || row.item_id === itemId),
  );
  return ok(pageOf(call, rows, (row) => activityView(call.backend, row)));
}

function listAdvanced(call: OrganizationCall, rows: readonly ActivityRow[]): Reply {
  const { backend, url } = call;
  const filters = readQueryFilters(backend, url.searchParams);
  const wanted = rows.filter((row) => meetsFilters(backend, row, filters));
  return ok(pageOf(call, wanted, renderer(call, filters)));
}

function renderer({ backend }: OrganizationCall, { schema, include_values }: ActivityFilters) {
  return (row: ActivityRow): object =>
    schema === "ocsf" ? ocsfEvent(backend, row, include_values) : activityView(backend, row);
}

// Older servers only sort newest first and only have cursor pages of one size.
function pageOf(
  { backend, url }: OrganizationCall,
  rows: readonly ActivityRow[],
  render: (row: ActivityRow) => object,
) {
  const isNew = atLeast(backend, "current");
  const ascending = isNew && url.searchParams.get("ordering") === "created_at";
  if (url.searchParams.get("page")) {
    return paginateByNumber(ascending ? rows : [...rows].reverse(), url, ACTIVITY_PAGE, render);
  }
  const follow = isNew && url.searchParams.get("follow") === "true";
  const size = isNew ? pageSize(url, ACTIVITY_PAGE) : ACTIVITY_PAGE.usual;
  return paginateByCursor(rows, url, { ascending, follow, size }, render);
}

function listFilters({ backend, organization }: OrganizationCall, rows: readonly ActivityRow[]): Reply {
  const all = backend.store.activity.where("organization_id", organization.id);
  return ok(availableFilters(backend, rows, all));
}

const ExportBody = z.object({ format: json().default("csv"), filters: json().default({}) });

function exportRows(call: ProjectCall): Reply {
  rowsOf(call);
  const { format, filters } = readBody(call, ExportBody);
  if (format !== "csv" && format !== "xlsx") {
    return { status: 400, body: { error: `Unsupported export format: ${String(format)}` } };
  }
  try {
    readFilters(call.backend, filters);
  } catch (error) {
    if (error instanceof ApiError) {
      return { status: 400, body: { error: "Filters are invalid" } };
    }
    throw error;
  }
  return { status: 202, body: { id: call.backend.store.nextId("export"), export_format: format } };
}

function refuseExport(call: OrganizationCall): Reply {
  checkAdmin(call);
  const error = "Export is not yet supported on the organization-scoped activity logs endpoint.";
  return { status: 400, body: { error } };
}

const DAY_MS = 86_400_000;

const UNIT_DAYS: Readonly<Record<string, number>> = { day: 1, month: 30, year: 365 };

const FALLBACK_DAYS = 60;

/**
 * The rows of an organization's or project's log that a person may see, oldest first. A project's log includes
 * rows without a project only if the project asks for them, or on old servers the request.
 */
function visibleActivity(
  { store }: Backend,
  viewer: User,
  organization: Organization,
  project?: Project,
  isAsked = false,
): ActivityRow[] {
  const since = retentionStart(store.now(), organization);
  const wantsAll = isAsked || project?.settings.receive_org_level_activity_logs === true;
  return store.activity
    .all()
    .filter(({ team_id, organization_id }) =>
      project === undefined || (wantsAll && team_id === null)
        ? organization_id === organization.id
        : team_id === project.id,
    )
    .filter((row) => Date.parse(row.created_at) >= since && isShown(viewer, row))
    .sort((left, right) => compareTexts(left.created_at, right.created_at));
}

/** The date of the oldest row shown: as far back as the plan allows, else two months (PostHog: activity log). */
function retentionStart(now: Date, { available_product_features }: Organization): number {
  const feature = available_product_features.find(({ key }) => key === "audit_logs");
  if (feature === undefined) {
    return 0;
  }
  const unit = UNIT_DAYS[feature.unit?.toLowerCase().replace(/s$/, "") ?? ""];
  const days = feature.limit === null || unit === undefined ? FALLBACK_DAYS : feature.limit * unit;
  return now.getTime() - days * DAY_MS;
}

/** Of rows about accounts, people see only sign-ins and sign-outs, and no rows of SCIM. PostHog's staff sees all. */
function isShown(viewer: User, { scope, activity, was_impersonated }: ActivityRow): boolean {
  const isSignIn = ["logged_in", "logged_out"].includes(activity) && !was_impersonated;
  return viewer.is_staff || (scope !== "User" && !activity.startsWith("scim_")) || isSignIn;
}
