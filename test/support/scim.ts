import { createHash } from "node:crypto";
import type { World } from "./driver";

/** Whether PostHog would accept a SCIM client with this token: it stores a hash of each. */
export function opens({ emulator }: World, token: unknown): boolean {
  const hash = `sha256$${createHash("sha256").update(String(token)).digest("hex")}`;
  return emulator.store.identityProviders.all().some(({ scim_token_hash }) => scim_token_hash === hash);
}

/** PostHog's answer to an identity provider that lists people through SCIM. */
export async function scimStatus(baseUrl: unknown, token: unknown): Promise<number> {
  const answer = await fetch(`${String(baseUrl)}/Users`, { headers: { Authorization: `Bearer ${token}` } });
  return answer.status;
}
