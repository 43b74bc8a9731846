import type { Actor } from "../store/collection";
import type { Membership, MembershipLevel, Organization, Project, User } from "../store/entities";
import type { Credential } from "./auth";
import type { Backend } from "./backend";
import { ageOf, atLeast, type Generation } from "./generations";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Who may call a route. An empty rule only requires signing in. */
export interface Rule {
  /** The scope that a personal API key needs. Without one, only sessions may call. */
  readonly scope?: string;
  /**
   * How keys are treated: `byScope` as above; `any` accepts every live key, whatever its scopes and restrictions;
   * `unread` never looks for keys (so a key alone is "not authenticated").
   */
  readonly keys?: "byScope" | "any" | "unread";
  /** Open to everyone, without signing in. */
  readonly anonymous?: boolean;
  /** The lowest organization level. */
  readonly level?: MembershipLevel;
  /** The message to lower levels on servers of August 2025, if it differs. */
  readonly oldRefusal?: string;
  /** Only project admins. */
  readonly projectAdmin?: boolean;
  /** Sessions must have signed in within the last two hours. */
  readonly sensitive?: boolean;
  /** Product feature without which the route answers 402. */
  readonly premium?: string;
  /** Product feature without which the route answers 402 on Cloud. */
  readonly premiumOnCloud?: string;
  /** Also open to members that verified-domain enforcement excludes. */
  readonly ignoresDomainEnforcement?: boolean;
  /** The organization or project in the URL is the object itself: 404 if the caller cannot see it. */
  readonly detail?: boolean;
  /** What people of other organizations get instead of a refusal: an empty list, or 404. */
  readonly outsiders?: "seeNothing" | "areNotFound";
  /** Open to everyone who sees the project in lists. */
  readonly showsProject?: boolean;
  /** A media type of JSON bodies in addition to `application/json`. */
  readonly mediaType?: string;
  /** The oldest generation that has the route. */
  readonly since?: Generation;
  /** The newest generation that has the route. */
  readonly until?: Generation;
}

/** A request after authentication and permission checks. */
export interface Call {
  readonly backend: Backend;
  readonly method: string;
  readonly path: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly cookies: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly credential: Credential;
  readonly actor: Actor;
  /** The decoded body; `{}` without one. */
  readonly body: unknown;
}

/** A call by someone who is signed in. */
export interface UserCall extends Call {
  readonly user: User;
}

/** A call under an organization, by one of its members. */
export interface OrganizationCall extends UserCall {
  readonly organization: Organization;
  readonly membership: Membership;
}

/** A call under a project, by someone with access to it. */
export interface ProjectCall extends OrganizationCall {
  readonly project: Project;
  /** The caller's access to the project: `member` or `admin`. */
  readonly projectAccess: string;
}

/** A handler's answer. */
export interface Reply {
  readonly status: number;
  /** Sent as JSON; undefined for an empty body. */
  readonly body?: unknown;
  /** Sent unchanged instead of a JSON body; `headers` contains its content type. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cookies to set, as whole `Set-Cookie` values. */
  readonly cookies?: readonly string[];
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

export function created(body: unknown): Reply {
  return { status: 201, body };
}

export function noContent(): Reply {
  return { status: 204 };
}

export type Route = { readonly method: Method; readonly path: string; readonly rule: Rule } & (
  | { readonly target: "anyone"; readonly handle: (call: Call) => Reply }
  | { readonly target: "user"; readonly handle: (call: UserCall) => Reply }
  | { readonly target: "organization"; readonly handle: (call: OrganizationCall) => Reply }
  | { readonly target: "project"; readonly handle: (call: ProjectCall) => Reply }
);

/** Collects the routes of all families. Paths have no leading and no trailing slash. */
export class RouteTable {
  private readonly byPath = new Map<string, Map<string, Route>>();

  constructor(private readonly server: Pick<Backend, "generation">) {}

  /** Adds a route under `/`, open to everyone. */
  anyone(
    method: Method,
    path: string,
    handle: (call: Call) => Reply,
    extra: Pick<Rule, "keys" | "since" | "mediaType"> = {},
  ): void {
    const rule = { ...extra, anonymous: true };
    this.add({ target: "anyone", method, path: `/${path}`, rule, handle });
  }

  /** Adds a route under `/`, for anyone who is signed in. */
  user(method: Method, path: string, rule: Rule, handle: (call: UserCall) => Reply): void {
    this.add({ target: "user", method, path: `/${path}`, rule, handle });
  }

  /** Adds a route under `/api/organizations/:organization_id/`. */
  organization(method: Method, path: string, rule: Rule, handle: (call: OrganizationCall) => Reply): void {
    const whole = join("/api/organizations/:organization_id", path);
    this.add({ target: "organization", method, path: whole, rule, handle });
  }

  /** Adds a route under `/api/projects/:project_id/`; those on the project itself also exist below its organization. */
  project(method: Method, path: string, rule: Rule, handle: (call: ProjectCall) => Reply): void {
    for (const parent of rule.detail ? ["/api", "/api/organizations/:organization_id"] : ["/api"]) {
      const whole = join(`${parent}/projects/:project_id`, path);
      this.add({ target: "project", method, path: whole, rule, handle });
    }
  }

  /** Every path with its routes by method. Literal paths come before those with parameters. */
  paths(): [string, ReadonlyMap<string, Route>][] {
    const specific = (path: string) => path.replaceAll(":", "~");
    return [...this.byPath].sort(([left], [right]) => (specific(left) < specific(right) ? -1 : 1));
  }

  private add(route: Route): void {
    const { since, until } = route.rule;
    const { generation } = this.server;
    const isTooOld = since !== undefined && !atLeast(this.server, since);
    const isTooNew = until !== undefined && !atLeast({ generation: ageOf(until) }, generation);
    if (isTooOld || isTooNew) {
      return;
    }
    const methods = this.byPath.get(route.path) ?? new Map<string, Route>();
    this.byPath.set(route.path, methods.set(route.method, route));
  }
}

/** A family of endpoints, which adds its routes to the table. */
export type RouteFamily = (routes: RouteTable) => void;

function join(parent: string, path: string): string {
  return path === "" ? parent : `${parent}/${path}`;
}
