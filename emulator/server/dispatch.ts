import type { Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import { type Actor, SYSTEM } from "../store/collection";
import { type Bearer, type Credential, findKey, identify } from "./auth";
import type { Backend } from "./backend";
import { decodeBody } from "./body";
import { noticeFor } from "./environments";
import { methodNotAllowed, notFound } from "./errors";
import { paginate } from "./paging";
import { authorize, type Grant, keysUnsupported } from "./permissions";
import { type Call, ok, type Reply, type Route, type RouteTable } from "./routing";
import { respond, type ServerEnv } from "./server";

export function serveRoutes(app: Hono<ServerEnv>, backend: Backend, table: RouteTable): void {
  app.use("*", async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(noticeFor(new URL(context.req.url).pathname, backend))) {
      context.res.headers.set(name, value);
    }
  });
  for (const [path, byMethod] of table.paths()) {
    app.all(path, async (context) => respond(await handle(context, backend, byMethod)));
  }
  app.all("/api/*", () => {
    throw notFound("Endpoint not found.");
  });
}

async function handle(
  context: Context<ServerEnv>,
  backend: Backend,
  byMethod: ReadonlyMap<string, Route>,
): Promise<Reply> {
  deleteWhatIsDue(backend);
  const method = context.req.method === "HEAD" ? "GET" : context.req.method;
  const route = byMethod.get(method);
  const bearer = await readBearer(context);
  const unread = route?.rule.keys === "unread" && findKey(bearer) !== undefined;
  const credential: Credential = unread ? { kind: "none" } : identify(backend, bearer);
  context.set("credential", credential.kind);
  if (route === undefined) {
    throw refuseMethod(backend, credential, byMethod, context);
  }
  const grant = authorize(backend, route, credential, context.req.param());
  throttle(backend, credential, bearer);
  return run(route, grant, {
    backend,
    method,
    path: new URL(context.req.url).pathname,
    url: new URL(context.req.url),
    headers: bearer.headers,
    cookies: bearer.cookies,
    params: context.req.param(),
    credential,
    actor: actorOf(grant, credential, context),
    body: decodeBody(bearer.body, context.req.header("content-type") ?? null, route.rule.mediaType),
  });
}

// Deletes what PostHog's background jobs would have deleted by now.
function deleteWhatIsDue({ store }: Backend): void {
  for (const { id, deletion_scheduled_at: due } of store.projects.where("deletion_queued", true)) {
    if (due !== null && Date.parse(due) <= store.now().getTime()) {
      store.projects.delete(id, SYSTEM);
    }
  }
}

async function readBearer(context: Context<ServerEnv>): Promise<Bearer> {
  return {
    method: context.req.method,
    headers: context.req.raw.headers,
    query: new URL(context.req.url).searchParams,
    body: await context.req.text(),
    cookies: getCookie(context),
  };
}

// PostHog checks permissions before the method, so a key gets "supports no keys", not 405.
function refuseMethod(
  backend: Backend,
  credential: Credential,
  byMethod: ReadonlyMap<string, Route>,
  context: Context<ServerEnv>,
): Error {
  const neighbor = [...byMethod.values()][0];
  if (neighbor !== undefined && neighbor.target !== "anyone") {
    if (credential.kind === "personal_api_key") {
      return keysUnsupported(backend);
    }
    authorize(
      backend,
      { target: neighbor.target, rule: { detail: neighbor.rule.detail } },
      credential,
      context.req.param(),
    );
  }
  return methodNotAllowed(context.req.method, [...byMethod.keys()]);
}

// PostHog's throttles do not see a key in the body, and sessions are exempt.
function throttle({ limiter, store }: Backend, credential: Credential, bearer: Bearer): void {
  if (limiter !== null && credential.kind === "personal_api_key" && findKey(bearer)?.place !== "body") {
    limiter.take(credential.key.secure_value, store.now());
  }
}

function actorOf(grant: Grant, { kind }: Credential, context: Context<ServerEnv>): Actor {
  return {
    user: grant.user ?? null,
    with_key: kind === "personal_api_key",
    client: context.req.header("x-posthog-client") ?? null,
    ip_address: context.env.incoming.socket.remoteAddress ?? null,
    was_impersonated: false,
  };
}

function run(route: Route, grant: Grant, call: Call): Reply {
  const { user, organization, membership, project, projectAccess } = grant;
  if (membership === undefined && route.rule.outsiders === "seeNothing") {
    return ok(paginate([], call.url, () => null));
  }
  switch (route.target) {
    case "anyone":
      return route.handle(call);
    case "user":
      return route.handle({ ...call, user: present(user) });
    case "organization":
      return route.handle({
        ...call,
        user: present(user),
        organization: present(organization),
        membership: present(membership),
      });
    case "project":
      return route.handle({
        ...call,
        user: present(user),
        organization: present(organization),
        membership: present(membership),
        project: present(project),
        projectAccess: present(projectAccess),
      });
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error("The permissions let a request through without finding what it is about.");
  }
  return value;
}
