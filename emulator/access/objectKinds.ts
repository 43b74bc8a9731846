import type { ProjectObject } from "../store/entities";

/** A kind of object that lives in projects: its URL, how the URL names one, and whether rules can be set. */
export interface ObjectKind {
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

/** The kind of a resource, if objects of it are kept. */
export function objectKind(resource: string): ObjectKind | undefined {
  return OBJECT_KINDS.find((kind) => kind.resource === resource);
}

/** Whether the last segment of a URL names this object. */
export function isNamed(kind: ObjectKind, object: ProjectObject, segment: string): boolean {
  return String(kind.lookup === "pk" ? object.pk : object.short_id) === segment;
}
