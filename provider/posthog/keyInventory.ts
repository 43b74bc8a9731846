import { z } from "zod";
import type { Connection } from "./connection";
import { answered } from "./errors";
import { organizationPath } from "./organizations";

/** A member's personal API key in the organization's inventory, which names neither id nor label. */
export const inventoriedKeySchema = z.looseObject({
  owner: z.looseObject({
    first_name: z.string().nullish(),
    last_name: z.string().nullish(),
    email: z.string().nullish(),
  }),
  mask_value: z.string().nullish(),
  scopes: z.array(z.string()).nullish(),
  access_scope: z
    .looseObject({
      type: z.string(),
      projects: z.array(z.looseObject({ id: z.number(), name: z.string().nullish() })).nullish(),
    })
    .nullish(),
  last_used_at: z.string().nullish(),
  created_at: z.string().nullish(),
});

/** A member's personal API key in the organization's inventory. */
export type InventoriedKey = z.infer<typeof inventoriedKeySchema>;

/**
 * The personal API keys of all members that reach the organization (`posthog/api/organization_personal_api_key.py`).
 * Undefined for a session that is no admin's, a plan without `organization_security_settings`, and older servers.
 */
export async function listKeyInventory(connection: Connection): Promise<InventoriedKey[] | undefined> {
  const path = `${await organizationPath(connection)}/personal_api_keys/`;
  try {
    return await connection.list(path, inventoriedKeySchema, "listing the members' API keys", "session");
  } catch (error) {
    if ([402, 403, 404].some((status) => answered(error, status))) return undefined;
    throw error;
  }
}
