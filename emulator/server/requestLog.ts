/** What kind of credential a request carried; never the credential itself. */
export type CredentialKind = "none" | "personal_api_key" | "project_secret_api_key" | "session";

/** One request as it is remembered. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  /** The query string without the question mark; secret values are hidden. */
  readonly query: string;
  /** The status answered; null when the connection was cut. */
  readonly status: number | null;
  /** The `x-posthog-client` header. */
  readonly client: string | null;
  readonly userAgent: string | null;
  readonly credential: CredentialKind;
  /** How long the answer took, in milliseconds. */
  readonly milliseconds: number;
}

/** A body field that PostHog would silently ignore. */
export interface IgnoredField {
  readonly method: string;
  readonly path: string;
  readonly field: string;
}

/** The query of a request with the value of a key in it hidden. */
export function harmlessQuery(search: URLSearchParams): string {
  const copy = new URLSearchParams(search);
  if (copy.has("personal_api_key")) {
    copy.set("personal_api_key", "hidden");
  }
  return copy.toString();
}
