import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import type { CredentialKind, RequestRecord } from "./backend";
import { ApiError, invalid, serverError } from "./errors";
import type { FaultOptions, Faults } from "./faults";
import type { Reply } from "./routing";

/** The only address that the emulator listens on. */
export const LOOPBACK = "127.0.0.1";

export interface ServerEnv {
  Bindings: HttpBindings;
  Variables: { credential: CredentialKind };
}

interface ServerSettings {
  readonly faults: Faults;
  readonly requests: RequestRecord[];
  readonly latencyMs: number;
}

/** An app without routes, with faults, latency and the request log in place. */
export function createApp({ faults, requests, latencyMs }: ServerSettings): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>({ getPath: (request) => routedPath(new URL(request.url).pathname) });
  app.onError((error) => renderError(error));
  app.use("*", async (context, next) => {
    if (!isLoopbackHost(context.req.header("host")))
      throw invalid("Disallowed host: use a loopback address.");
    await next();
  });
  app.use("*", async (context, next) => {
    if (isControl(context)) {
      return next();
    }
    const began = performance.now();
    const fault = faults.meet(context.req.method, new URL(context.req.url).pathname);
    await sleepFor(latencyMs);
    const cut = await meetFault(context, fault, next);
    requests.push(recordOf(context, cut ? null : context.res.status, performance.now() - began));
  });
  return app;
}

/** Whether the host is this machine: a web page could reach the emulator through a name that resolves to it. */
function isLoopbackHost(host: string | undefined): boolean {
  const [, name = ""] = /^(.*?)(?::\d+)?$/.exec(host ?? "") ?? [];
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(name);
}

/** Paths as routes have them: no trailing slash, and `projects` for `environments` (PostHog: URL rewriting). */
function routedPath(path: string): string {
  const bare = path.length > 1 ? path.replace(/\/+$/, "") : path;
  return bare.replace(/^\/api\/environments(?=\/|$)/, "/api/projects");
}

/** Starts listening without routes. Resolves when the port is known. */
export async function listen(port: number): Promise<{ server: Server; port: number }> {
  const server = createServer();
  server.listen(port, LOOPBACK);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("The emulator has no port.");
  }
  return { server, port: address.port };
}

/** Makes an app answer a server's requests. */
export function answerWith(server: Server, app: Hono<ServerEnv>): void {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  server.on("request", (incoming, outgoing) => void listener(incoming, outgoing));
}

/** Stops listening and cuts every connection. A second call does nothing. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) {
    return;
  }
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function isControl(context: Context<ServerEnv>): boolean {
  return /^\/(_emulator(\/|$)|$)/.test(new URL(context.req.url).pathname);
}

async function meetFault(
  context: Context<ServerEnv>,
  fault: FaultOptions | undefined,
  next: () => Promise<void>,
): Promise<boolean> {
  switch (fault?.kind) {
    case "dropBefore":
      cutConnection(context);
      return true;
    case "dropAfter":
      await next();
      cutConnection(context);
      return true;
    case "status":
      context.res = faultAnswer(fault, 500, serverError().body);
      return false;
    case "garbage":
      context.res = faultAnswer(fault, 200, webPage);
      return false;
    case "spoilAfter":
      await next();
      context.res = undefined;
      context.res = faultAnswer(fault, 200, webPage);
      return false;
    case "truncate":
      await next();
      await truncate(context);
      return false;
    case "late":
      cutConnection(context);
      await sleepFor(fault.delayMs ?? 0);
      await next();
      context.res = undefined;
      context.res = RESPONSE_ALREADY_SENT.clone();
      return true;
    case "delay":
      await sleepFor(fault.delayMs ?? 0);
  }
  await next();
  return false;
}

const webPage = "<!doctype html><title>Bad gateway</title>";

/** Like a proxy that gives up in the middle of an answer, sends a whole message with half of its body. */
async function truncate(context: Context<ServerEnv>): Promise<void> {
  const { status, headers } = context.res;
  const body = await context.res.text();
  const half = new Response(status === 204 ? null : body.slice(0, Math.floor(body.length / 2)), {
    status,
    headers: new Headers(headers),
  });
  context.res = undefined;
  context.res = half;
}

function faultAnswer({ status, body, headers }: FaultOptions, usual: number, content: unknown): Response {
  const value = body ?? content;
  const isText = typeof value === "string";
  return new Response(isText ? value : JSON.stringify(value), {
    status: status ?? usual,
    headers: { "Content-Type": isText ? "text/html" : "application/json", ...headers },
  });
}

function cutConnection(context: Context<ServerEnv>): void {
  context.env.incoming.socket.destroy();
  context.res = undefined;
  context.res = RESPONSE_ALREADY_SENT.clone();
}

function recordOf(context: Context<ServerEnv>, status: number | null, milliseconds: number): RequestRecord {
  const url = new URL(context.req.url);
  return {
    method: context.req.method,
    path: url.pathname,
    query: harmlessQuery(url.searchParams),
    status,
    client: context.req.header("x-posthog-client") ?? null,
    userAgent: context.req.header("user-agent") ?? null,
    credential: context.get("credential") ?? "none",
    milliseconds: Math.round(milliseconds * 100) / 100,
  };
}

async function sleepFor(milliseconds: number): Promise<void> {
  if (milliseconds > 0) {
    await sleep(milliseconds);
  }
}

/** A request's query with its key masked. */
function harmlessQuery(search: URLSearchParams): string {
  const copy = new URLSearchParams(search);
  if (copy.has("personal_api_key")) {
    copy.set("personal_api_key", "hidden");
  }
  return copy.toString();
}

export function respond({ status, body, text, headers = {}, cookies = [] }: Reply): Response {
  const all = new Headers(headers);
  for (const cookie of cookies) {
    all.append("Set-Cookie", cookie);
  }
  if (body === undefined) {
    return new Response(text ?? null, { status, headers: all });
  }
  all.set("Content-Type", "application/json");
  return new Response(JSON.stringify(body), { status, headers: all });
}

/** Renders a thrown error: as PostHog's error if it is one, else as a 500. */
function renderError(error: unknown): Response {
  const refusal = error instanceof ApiError ? error : serverError();
  return respond({ status: refusal.status, body: refusal.body, headers: refusal.headers });
}
