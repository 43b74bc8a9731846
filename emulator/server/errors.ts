import type { ContentfulStatusCode } from "hono/utils/http-status";

/** The shape of every PostHog error (PostHog: drf-exceptions-hog). */
interface ErrorBody {
  readonly type: string;
  readonly code: string;
  readonly detail: string;
  readonly attr: string | null;
}

/** An error answer, which the server renders. */
export class ApiError extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    readonly body: ErrorBody,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.detail);
    this.name = "ApiError";
  }
}

/** 400: invalid value. Without `attr` the error names no field. */
export function invalid(detail: string, where: { attr?: string | null; code?: string } = {}): ApiError {
  const { attr = null, code = "invalid_input" } = where;
  return new ApiError(400, { type: "validation_error", code, detail, attr });
}

/** 400: the body is not JSON. */
export function parseError(detail: string): ApiError {
  return new ApiError(400, { type: "invalid_request", code: "parse_error", detail, attr: null });
}

/** 401, with the header of newer servers. */
export function unauthenticated(code: string, detail: string, siteUrl: string | null): ApiError {
  const resource = `${siteUrl}/.well-known/oauth-protected-resource`;
  return new ApiError(
    401,
    { type: "authentication_error", code, detail, attr: null },
    siteUrl === null ? {} : { "WWW-Authenticate": `Bearer resource_metadata="${resource}"` },
  );
}

/** 402: the plan lacks a feature. PostHog types it as a server error. */
export function paymentRequired(detail: string): ApiError {
  return new ApiError(402, { type: "server_error", code: "payment_required", detail, attr: null });
}

/** 403. PostHog types it as an authentication error. */
export function denied(
  detail = "You do not have permission to perform this action.",
  code = "permission_denied",
): ApiError {
  return new ApiError(403, { type: "authentication_error", code, detail, attr: null });
}

export function notFound(detail = "Not found."): ApiError {
  return new ApiError(404, { type: "invalid_request", code: "not_found", detail, attr: null });
}

/** The methods in the order of PostHog's lists. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** 405, with the methods that the path allows. */
export function methodNotAllowed(method: string, allowed: readonly string[]): ApiError {
  const detail = `Method "${method}" not allowed.`;
  const listed = [
    ...METHODS.filter((one) => allowed.includes(one)),
    ...(allowed.includes("GET") ? ["HEAD"] : []),
    "OPTIONS",
  ];
  return new ApiError(
    405,
    { type: "invalid_request", code: "method_not_allowed", detail, attr: null },
    { Allow: listed.join(", ") },
  );
}

export function unsupportedMediaType(mediaType: string): ApiError {
  const detail = `Unsupported media type "${mediaType}" in request.`;
  return new ApiError(415, { type: "invalid_request", code: "unsupported_media_type", detail, attr: null });
}

/** 429, with the wait in whole seconds. */
export function throttled(seconds: number): ApiError {
  const unit = seconds === 1 ? "second" : "seconds";
  const detail = `Request was throttled. Expected available in ${seconds} ${unit}.`;
  return new ApiError(
    429,
    { type: "throttled_error", code: "throttled", detail, attr: null },
    { "Retry-After": String(seconds) },
  );
}

/** 409. PostHog types it as a server error. */
export function conflict(detail: string): ApiError {
  return new ApiError(409, { type: "server_error", code: "conflict", detail, attr: null });
}

export function serverError(detail = "A server error occurred."): ApiError {
  return new ApiError(500, { type: "server_error", code: "error", detail, attr: null });
}
