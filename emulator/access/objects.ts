import { levelsOf } from "../server/accessLevels";
import { memberSubject, resolveObject, resolveResource } from "../server/effectiveAccess";
import { denied, notFound } from "../server/errors";
import { paginate } from "../server/paging";
import { ok, type ProjectCall, type Reply, type RouteFamily } from "../server/routing";
import { userBasic } from "../server/views";
import type { ProjectObject } from "../store/entities";

/** Lists objects of a project and finds single ones (PostHog: dashboards, insights, feature flags and others). */
export const objects: RouteFamily = (routes) => {
  for (const kind of OBJECT_KINDS) {
    const rule = { scope: `${kind.resource}:read` };
    routes.project("GET", kind.route, rule, (call) => list(call, kind));
    routes.project("GET", `${kind.route}/:lookup`, rule, (call) => {
      const object = visibleObject(call, kind);
      return ok(view(call, object));
    });
  }
};

/** The object that a URL names, visible to the caller or not. */
function findObject({ backend, project, params }: ProjectCall, kind: ObjectKind): ProjectObject {
  const object = backend.store.objects
    .where("team_id", project.id)
    .find((one) => one.resource === kind.resource && !one.deleted && isNamed(kind, one, params.lookup ?? ""));
  if (object === undefined) {
    throw notFound();
  }
  return object;
}

/** The object a URL names, if the caller may see it. */
export function visibleObject(call: ProjectCall, kind: ObjectKind): ProjectObject {
  const object = findObject(call, kind);
  if (levelOn(call, object) === "none") {
    throw denied("You do not have viewer access to this resource.");
  }
  return object;
}

/** The caller's level on an object. */
export function levelOn({ backend, project, membership }: ProjectCall, object: ProjectObject): string {
  const subject = memberSubject(backend.store, membership);
  return resolveObject(backend.store, project, object, subject).access_level;
}

function list(call: ProjectCall, kind: ObjectKind): Reply {
  const { backend, project, membership, url } = call;
  const { store } = backend;
  const all = store.objects
    .where("team_id", project.id)
    .filter((object) => object.resource === kind.resource && !object.deleted);
  const visible = all.filter((object) => levelOn(call, object) !== "none");
  const subject = memberSubject(store, membership);
  const level = resolveResource(store, project, kind.resource, subject).access_level;
  if (level === levelsOf(kind.resource).all[0] && visible.length === 0) {
    throw denied("You do not have viewer access to this resource.");
  }
  const query = url.searchParams;
  const found = visible.filter((object) => matches(object, query.get("search"), query.get("short_id")));
  return ok(paginate(found, url, (object) => view(call, object)));
}

function matches({ name, key, short_id }: ProjectObject, search: string | null, shortId: string | null) {
  const wanted = search?.toLowerCase() ?? "";
  const named = [name, key ?? ""].some((text) => text.toLowerCase().includes(wanted));
  return named && (shortId === null || short_id === shortId);
}

function view(call: ProjectCall, object: ProjectObject) {
  const { short_id, key } = object;
  return {
    id: object.pk,
    ...(short_id === null ? {} : { short_id }),
    ...(key === null ? {} : { key }),
    name: object.name,
    created_at: object.created_at,
    created_by: userBasic(call.backend.store.users.get(object.created_by_id)),
    deleted: object.deleted,
    user_access_level: levelOn(call, object),
  };
}

/** A kind of object that lives in projects: its URL, how the URL names one, and whether rules can be set. */
interface ObjectKind {
  /** The resource's name in scopes and access rules. */
  readonly resource: string;
  /** The path segment: not always the plural. */
  readonly route: string;
  /** Whether its primary key is a UUID rather than a number. */
  readonly uuid: boolean;
  /** The column that the URL's last segment is compared with. */
  readonly lookup: "pk" | "short_id";
  /** Whether access rules can be set on single objects. */
  readonly ruled: boolean;
}

/** The kinds of objects, as PostHog routes them. */
export const OBJECT_KINDS: readonly ObjectKind[] = [
  { resource: "dashboard", route: "dashboards", uuid: false, lookup: "pk", ruled: true },
  { resource: "insight", route: "insights", uuid: false, lookup: "pk", ruled: true },
  { resource: "feature_flag", route: "feature_flags", uuid: false, lookup: "pk", ruled: true },
  { resource: "notebook", route: "notebooks", uuid: true, lookup: "short_id", ruled: true },
  { resource: "survey", route: "surveys", uuid: true, lookup: "pk", ruled: true },
  { resource: "experiment", route: "experiments", uuid: false, lookup: "pk", ruled: true },
  { resource: "action", route: "actions", uuid: false, lookup: "pk", ruled: true },
  { resource: "cohort", route: "cohorts", uuid: false, lookup: "pk", ruled: false },
  {
    resource: "early_access_feature",
    route: "early_access_feature",
    uuid: true,
    lookup: "pk",
    ruled: true,
  },
];

/** The kind of a resource, if the store holds its objects. */
export function objectKind(resource: string): ObjectKind | undefined {
  return OBJECT_KINDS.find((kind) => kind.resource === resource);
}

/** Whether the last segment of a URL names this object. */
export function isNamed(kind: ObjectKind, object: ProjectObject, segment: string): boolean {
  return String(kind.lookup === "pk" ? object.pk : object.short_id) === segment;
}
