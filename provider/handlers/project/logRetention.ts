import { type Finding, problem } from "../../engine/finding";
import type { Connection } from "../../posthog/connection";
import { hasFeature, isBeforeAutumn2026, type Organization } from "../../posthog/organizations";

const property = "settings.logsSettings.retention_days";
const dayMs = 86_400_000;

/** What PostHog would reject about log retention: because of the plan, or a second change within a day. */
export function reviewLogRetention(
  connection: Connection,
  organization: Organization | undefined,
  held: unknown,
  declared: unknown,
): Finding[] {
  const days = valueIn(declared, "retention_days");
  if (typeof days !== "number" || days === valueIn(held, "retention_days")) return [];
  if (organization !== undefined && lacksMonth(organization, days)) {
    const lacks = `takes the plan feature "logs_retention_30d", which the plan of ${organization.name} does not include`;
    return [problem(property, lacks, { fix: "use 14, or add the feature under Settings > Billing" })];
  }
  const changed = Date.parse(String(valueIn(held, "retention_last_updated")));
  const open = new Date(changed + dayMs);
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
    days === 30 &&
    !isBeforeAutumn2026(organization) &&
    hasFeature(organization, "logs_retention_30d") === false
  );
}

function valueIn(object: unknown, key: string): unknown {
  return typeof object === "object" && object !== null ? Reflect.get(object, key) : undefined;
}
