import { z } from "zod";
import type { Connection } from "./connection";
import { answered } from "./errors";
import { organizationPath } from "./organizations";

/** What an identity provider did to a role, as the activity log tells it. */
const scimWriteSchema = z.looseObject({
  item_id: z.string().nullish(),
  activity: z.string(),
  created_at: z.string().nullish(),
  detail: z
    .looseObject({ context: z.looseObject({ identity_provider: z.string().nullish() }).nullish() })
    .nullish(),
});

/** What an identity provider did to a role, as the activity log tells it. */
export type ScimWrite = z.infer<typeof scimWriteSchema>;

const activities = ["scim_provisioned", "scim_replaced", "scim_updated", "scim_deprovisioned"];
const pageOfWrites = z.looseObject({ results: z.array(scimWriteSchema) });

/**
 * The latest writes of identity providers to roles, newest first, read once a run. Undefined where the activity log
 * cannot be read: it asks for the scope `activity_log:read`, an organisation admin, a plan feature and a newer server.
 */
export function recentScimWrites(connection: Connection): Promise<readonly ScimWrite[] | undefined> {
  return connection.collections.get("scimWrites", async () => {
    try {
      const page = await connection.send({
        method: "GET",
        path: `${await organizationPath(connection)}/advanced_activity_logs/`,
        query: { scopes: "Role", activities: activities.join(","), page_size: 1000 },
        schema: pageOfWrites,
        what: "reading what identity providers did to roles",
      });
      return page.results.filter(({ activity }) => activities.includes(activity));
    } catch (error) {
      if ([400, 402, 403, 404].some((status) => answered(error, status))) return undefined;
      throw error;
    }
  });
}
