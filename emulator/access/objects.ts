import { levelsOf } from "../server/accessLevels";
import {
  applicable,
  memberSubject,
  type RuleHolder,
  resolveObject,
  resolveResource,
} from "../server/effectiveAccess";
import { type ApiError, denied, notFound } from "../server/errors";
import { paginate } from "../server/paging";
import { ok, type ProjectCall, type Reply, type RouteFamily } from "../server/routing";
import { userBasic } from "../server/views";
import type { Project, ProjectObject } from "../store/entities";
import type { Store } from "../store/store";

/** Lists a project's objects and finds single ones (PostHog: dashboards, insights, feature flags and others). */
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

/** The object that the URL names, even if the caller cannot see it. */
function findObject({ backend, project, params }: ProjectCall, kind: ObjectKind): ProjectObject {
  const object = backend.store.objects
    .where("team_id", project.id)
    .find((one) => one.resource === kind.resource && !one.deleted && isNamed(kind, one, params.lookup ?? ""));
  if (object === undefined) {
    throw notFound();
  }
  return object;
}

/** The object that the URL names, if the caller has the needed level on it, and on its type or any object of it. */
export function visibleObject(
  call: ProjectCall,
  kind: ObjectKind,
  needed: NeededLevel = "viewer",
): ProjectObject {
  checkType(call, kind, needed);
  const object = findObject(call, kind);
  if (!reaches(kind, levelOn(call, object), needed)) {
    throw lacks(needed);
  }
  return object;
}

/** The level that reading needs, and the level that writing needs. */
type NeededLevel = "viewer" | "editor";

function checkType({ backend, project, membership }: ProjectCall, kind: ObjectKind, needed: NeededLevel) {
  const { store } = backend;
  const subject = memberSubject(store, membership);
  const onType = resolveResource(store, project, kind.resource, subject).access_level;
  if (!reaches(kind, onType, needed) && !reaches(kind, highestOfOwn(store, project, kind, subject), needed)) {
    throw lacks(needed);
  }
}

/** The highest level that the subject's own and its roles' rules give on single objects of a kind. */
function highestOfOwn(store: Store, project: Project, kind: ObjectKind, subject: RuleHolder): string {
  const rules = store.accessRules
    .where("team_id", project.id)
    .filter(({ resource, resource_id }) => resource === kind.resource && resource_id !== null);
  const { mine, roles } = applicable({ store, project, subject, rules });
  const levels = [...mine, ...roles].map(({ access_level }) => access_level);
  const highestFirst = [...levelsOf(kind.resource).all].reverse();
  return highestFirst.find((level) => levels.includes(level)) ?? "none";
}

function reaches({ resource }: ObjectKind, level: string, needed: NeededLevel): boolean {
  const { all } = levelsOf(resource);
  return all.indexOf(level) >= all.indexOf(needed);
}

function lacks(needed: NeededLevel): ApiError {
  return denied(`You do not have ${needed} access to this resource.`);
}

/** The caller's level on an object. */
export function levelOn({ backend, project, membership }: ProjectCall, object: ProjectObject): string {
  const subject = memberSubject(backend.store, membership);
  return resolveObject(backend.store, project, object, subject).access_level;
}

function list(call: ProjectCall, kind: ObjectKind): Reply {
  checkType(call, kind, "viewer");
  const { backend, project, url } = call;
  const all = backend.store.objects
    .where("team_id", project.id)
    .filter((object) => object.resource === kind.resource && !object.deleted);
  const visible = all.filter((object) => levelOn(call, object) !== "none");
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

interface ObjectKind {
  /** The resource's name in scopes and access rules. */
  readonly resource: string;
  /** The path segment, which is not always the plural. */
  readonly route: string;
  /** Whether its primary key is a UUID rather than a number. */
  readonly uuid: boolean;
  /** The column that the last URL segment is compared with. */
  readonly lookup: "pk" | "short_id";
  /** Whether access rules can be set on single objects. */
  readonly ruled: boolean;
}

/** The kinds of objects, with PostHog's routes. */
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

/** The object kind of a resource, if the store keeps objects of it. */
export function objectKind(resource: string): ObjectKind | undefined {
  return OBJECT_KINDS.find((kind) => kind.resource === resource);
}

/** Whether the last segment of a URL names this object. */
export function isNamed(kind: ObjectKind, object: ProjectObject, segment: string): boolean {
  return String(kind.lookup === "pk" ? object.pk : object.short_id) === segment;
}
