import { z } from "zod";
import { listActivity } from "./activityLog";
import type { Connection } from "./connection";
import { answered, NotFoundError } from "./errors";

/** What an identity provider did to a role, as the activity log tells it. */
export interface ScimWrite {
  readonly roleId?: string;
  /** ISO 8601. */
  readonly at: string;
  /** Kind of the identity provider, such as `okta`. */
  readonly identityProvider?: string;
}

const activities = ["scim_provisioned", "scim_replaced", "scim_updated", "scim_deprovisioned"];
const contextSchema = z.looseObject({ identity_provider: z.string().nullish() });

/**
 * The latest writes of identity providers to roles, newest first, read once a run. Undefined where the activity log
 * cannot be read: it asks for the scope `activity_log:read`, an organization admin, a plan feature and a newer server.
 */
export function recentScimWrites(connection: Connection): Promise<readonly ScimWrite[] | undefined> {
  return connection.collections.get("scimWrites", async () => {
    try {
      const entries = await listActivity(connection, { scopes: ["Role"], activities, limit: 1000 });
      return entries.map(({ item_id, created_at, detail }) => ({
        roleId: item_id ?? undefined,
        at: created_at,
        identityProvider: contextSchema.safeParse(detail?.context).data?.identity_provider ?? undefined,
      }));
    } catch (error) {
      const refused = [400, 402, 403].some((status) => answered(error, status));
      if (refused || error instanceof NotFoundError) return undefined;
      throw error;
    }
  });
}
