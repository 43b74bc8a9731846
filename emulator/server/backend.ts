import type { Age, Store } from "../store/store";
import type { RateLimiter } from "./rateLimit";
import type { Sessions } from "./sessions";

/** Everything that request handlers read and change. */
export interface Backend {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly dns: Dns;
  readonly generation: Age;
  /** Whether Cloud's own gates apply. */
  readonly cloud: boolean;
  /** Whether people without two-factor codes need a code by mail to sign in. Programs cannot read that mail. */
  readonly emailCodes: boolean;
  readonly limiter: RateLimiter | null;
  /** Every request since the start or since they were last cleared, oldest first. */
  readonly requests: RequestRecord[];
  readonly ignoredFields: IgnoredField[];
  /** The server's address, without a trailing slash. */
  readonly siteUrl: string;
}

/** External accounts that people can sign in with. A server has only those that are set up. */
export const SOCIAL_PROVIDERS: readonly string[] = ["google-oauth2", "github", "gitlab"];

/** The kind of server, which decides what new rows hold. */
export type ServerKind = Pick<Backend, "generation" | "cloud">;

/** The TXT records of a small public DNS, enough for domain verification. */
export class Dns {
  private readonly records = new Map<string, Set<string>>();

  /** Publishes a TXT record; one name may have several. */
  publish(name: string, text: string): void {
    const key = canonical(name);
    this.records.set(key, (this.records.get(key) ?? new Set()).add(text));
  }

  /** Withdraws one TXT record, or all records of a name. */
  withdraw(name: string, text?: string): void {
    const key = canonical(name);
    if (text === undefined) {
      this.records.delete(key);
    } else {
      this.records.get(key)?.delete(text);
    }
  }

  lookUp(name: string): readonly string[] {
    return [...(this.records.get(canonical(name)) ?? [])];
  }

  clear(): void {
    this.records.clear();
  }
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** The kind of credential in a request; never the credential itself. */
export type CredentialKind = "none" | "personal_api_key" | "project_secret_api_key" | "session";

/** One recorded request. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  /** The query string without the question mark; secrets are masked. */
  readonly query: string;
  /** The answer's status; null if the connection was cut. */
  readonly status: number | null;
  /** The `x-posthog-client` header. */
  readonly client: string | null;
  readonly userAgent: string | null;
  readonly credential: CredentialKind;
  /** How long the answer took, in milliseconds. */
  readonly milliseconds: number;
}

/** A body field that PostHog silently ignores. */
export interface IgnoredField {
  readonly method: string;
  readonly path: string;
  readonly field: string;
}
