import type { Store } from "../store/store";
import type { Dns } from "./dns";
import type { RateLimiter } from "./rateLimit";
import type { IgnoredField } from "./requestLog";
import type { Sessions } from "./sessions";

/** How old the PostHog is that is being stood in for: newer ones know more fields and routes. */
export type Generation = "old" | "mid" | "new";

const AGES: readonly Generation[] = ["old", "mid", "new"];

/** What handling a request needs to know and may change. */
export interface Backend {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly dns: Dns;
  readonly generation: Generation;
  /** Whether Cloud's own gates apply. */
  readonly cloud: boolean;
  readonly limiter: RateLimiter | null;
  readonly ignoredFields: IgnoredField[];
  /** Where the server listens, without a trailing slash. */
  readonly siteUrl: string;
}

/** Whether the stood-in server is of that generation or newer. */
export function atLeast(backend: Pick<Backend, "generation">, generation: Generation): boolean {
  return AGES.indexOf(backend.generation) >= AGES.indexOf(generation);
}
