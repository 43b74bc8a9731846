import { dayMs } from "../access/values";

/** A feature of a plan, as far as it says how long something is kept (PostHog: `available_product_features`). */
export interface KeptFor {
  readonly key: string;
  readonly limit?: number | null;
  readonly unit?: string | null;
}

const dayLengths: Readonly<Record<string, number>> = { day: 1, month: 30, year: 365 };

/** How far back a plan shows the activity log. */
export interface Retention {
  /** In the plan's words: `3 months`. */
  readonly words: string;
  /** Entries before this moment are hidden, ISO 8601. */
  readonly start: string;
}

/** How far back the plan shows the log; undefined where it does not say so. */
export function retentionOf(features: readonly KeptFor[], now: Date): Retention | undefined {
  const { limit, unit } = features.find(({ key }) => key === "audit_logs") ?? {};
  const days = dayLengths[(unit ?? "").toLowerCase().replace(/s$/, "")];
  if (limit == null || days === undefined) return undefined;
  return {
    words: `${limit} ${unit}`,
    start: new Date(now.getTime() - limit * days * dayMs).toISOString(),
  };
}
