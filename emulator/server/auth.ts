import { SYSTEM } from "../store/collection";
import type { PersonalApiKey, ProjectSecretApiKey, User } from "../store/entities";
import { hashKey } from "../store/secrets";
import type { Backend } from "./backend";
import { type ApiError, denied, unauthenticated } from "./errors";
import { atLeast } from "./generations";
import type { Session } from "./sessions";

/** The authenticated sender of a request. */
export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "personal_api_key"; readonly key: PersonalApiKey; readonly user: User }
  | { readonly kind: "project_secret_api_key"; readonly key: ProjectSecretApiKey }
  | { readonly kind: "session"; readonly session: Session; readonly user: User };

/** The parts of a request that can contain credentials. */
export interface Bearer {
  readonly method: string;
  readonly headers: Headers;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly cookies: Readonly<Record<string, string>>;
}

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];
const KEY_USE_RESOLUTION_MS = 3_600_000;

/** 401. Newer servers include their own address. */
export function unauthorized(backend: Backend, code: string, detail: string): ApiError {
  return unauthenticated(code, detail, atLeast(backend, "2026-07") ? backend.siteUrl : null);
}

/** 401 for a key that is unknown or revoked, or whose owner's account is closed. */
export function invalidKey(backend: Backend, place: string): ApiError {
  const detail = `Personal API key found in request ${place} is invalid.`;
  return unauthorized(backend, "authentication_failed", detail);
}

/**
 * Authenticates a request by the key in its header, body or query, in that order, else by its session cookie. Rejects
 * a wrong credential at once.
 */
export function identify(backend: Backend, bearer: Bearer): Credential {
  const found = findKey(bearer);
  if (found !== undefined) {
    return identifyKey(backend, found.value, found.place);
  }
  const session = backend.sessions.get(bearer.cookies.sessionid);
  const user = backend.store.users.get(session?.userId);
  if (session === undefined || !user?.is_active) {
    return { kind: "none" };
  }
  if (!SAFE_METHODS.includes(bearer.method)) {
    checkCsrf(session, bearer);
  }
  return { kind: "session", session, user };
}

/** A request's key and its place. The first place wins. */
export function findKey(bearer: Bearer): { value: string; place: string } | undefined {
  const header = /^Bearer\s+(\S.+)$/.exec(bearer.headers.get("authorization") ?? "")?.[1];
  if (header !== undefined) {
    return { value: header.trim(), place: "Authorization header" };
  }
  const inBody = keyInBody(bearer.body);
  if (inBody !== undefined) {
    return { value: inBody, place: "body" };
  }
  const inQuery = bearer.query.get("personal_api_key");
  return inQuery === null ? undefined : { value: inQuery, place: "query string" };
}

function keyInBody(body: string): string | undefined {
  if (!body.includes('"personal_api_key"')) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(body)?.personal_api_key;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function identifyKey(backend: Backend, value: string, place: string): Credential {
  const { store } = backend;
  const hash = hashKey(value);
  const secretKey = store.projectSecretApiKeys.where("secure_value", hash)[0];
  if (secretKey !== undefined && place === "Authorization header") {
    return { kind: "project_secret_api_key", key: secretKey };
  }
  const key = store.personalApiKeys.where("secure_value", hash)[0];
  const user = store.users.get(key?.user_id);
  if (value.startsWith("pha_")) {
    throw unauthorized(backend, "authentication_failed", "Invalid access token.");
  }
  if (key === undefined || !user?.is_active) {
    throw invalidKey(backend, place);
  }
  return { kind: "personal_api_key", key: noteUse(backend, key, user), user };
}

// PostHog updates the last use at most once an hour.
function noteUse({ store }: Backend, key: PersonalApiKey, user: User): PersonalApiKey {
  const last = key.last_used_at === null ? 0 : Date.parse(key.last_used_at);
  if (store.now().getTime() - last < KEY_USE_RESOLUTION_MS) {
    return key;
  }
  const actor = { ...SYSTEM, user, with_key: true };
  return store.personalApiKeys.update(key.id, { last_used_at: store.timestamp() }, actor);
}

function checkCsrf(session: Session, { headers, cookies }: Bearer): void {
  const token = headers.get("x-csrftoken");
  if (cookies.posthog_csrftoken === undefined) {
    throw denied("CSRF Failed: CSRF cookie not set.");
  }
  if (token === null) {
    throw denied("CSRF Failed: CSRF token missing.");
  }
  if (token !== cookies.posthog_csrftoken || token !== session.csrfToken) {
    throw denied("CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect.");
  }
}
