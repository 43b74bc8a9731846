import { dayMs, isObject } from "../../access/values";
import { type Finding, problem } from "../../engine/finding";
import type { Connection } from "../../posthog/connection";
import { hasFeature, isBeforeFall2026, type Organization } from "../../posthog/organizations";

const property = "settings.logsSettings.retention_days";

/** What PostHog would reject about log retention: because of the plan, or a second change within a day. */
export function reviewLogRetention(
  connection: Connection,
  organization: Organization | undefined,
  held: unknown,
  declared: unknown,
): Finding[] {
  const { retention_days: days } = keysOf(declared);
  const { retention_days: current, retention_last_updated: changedAt } = keysOf(held);
  if (typeof days !== "number" || days === current) return [];
  if (organization !== undefined && lacksMonth(organization, days)) {
    const lacks = `takes the plan feature "logs_retention_30d", which the plan of ${organization.name} does not include`;
    return [problem(property, lacks, { fix: "use 14, or add the feature under Settings > Billing" })];
  }
  const open = new Date(Date.parse(String(changedAt)) + dayMs);
  return open.getTime() > connection.clock.now()
    ? [
        problem(property, "was changed within the last 24 hours, and PostHog changes it once in that time", {
          fix: `wait until ${open.toISOString()}`,
        }),
      ]
    : [];
}

function lacksMonth(organization: Organization, days: number): boolean {
  return (
    days === 30 && !isBeforeFall2026(organization) && hasFeature(organization, "logs_retention_30d") === false
  );
}

const keysOf = (settings: unknown): Readonly<Record<string, unknown>> => (isObject(settings) ? settings : {});
