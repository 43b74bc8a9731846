import {
  type InventoriedKey,
  listKeyInventory,
  type PersonalApiKeyRecord,
  personalApiKeys,
} from "../../posthog/apiKeys";
import { type CallerKey, getCallerKey } from "../../posthog/caller";
import type { InventoriedKeyResult, PersonalApiKeyResult } from "../contract";
import { functionArgs, type Reader } from "./reader";

export const getPersonalApiKeys: Reader<"getPersonalApiKeys"> = {
  schema: functionArgs,
  async read(connection) {
    if (!connection.hasSession) return { keys: [toResult(await getCallerKey(connection))] };
    const [own, inventory] = await Promise.all([
      personalApiKeys(connection).list(),
      listKeyInventory(connection),
    ]);
    return { keys: own.map(toResult), inventory: inventory?.map(toInventoried) };
  },
};

// PostHog does not list values; even if a server did, they must not be in the result.
function toResult(key: CallerKey | PersonalApiKeyRecord): PersonalApiKeyResult {
  return {
    keyId: key.id,
    label: key.label ?? undefined,
    maskValue: text(key.mask_value),
    scopes: key.scopes ?? [],
    projects: key.scoped_teams ?? [],
    organizations: key.scoped_organizations ?? [],
    createdAt: text(key.created_at),
    lastUsedAt: text(key.last_used_at),
    lastRolledAt: text(key.last_rolled_at),
  };
}

function toInventoried(key: InventoriedKey): InventoriedKeyResult {
  return {
    owner: key.owner.email ?? undefined,
    maskValue: key.mask_value ?? undefined,
    scopes: key.scopes ?? [],
    reach: key.access_scope?.type ?? "all",
    projects: (key.access_scope?.projects ?? []).map(({ id }) => id),
    createdAt: key.created_at ?? undefined,
    lastUsedAt: key.last_used_at ?? undefined,
  };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
