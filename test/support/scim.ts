import { createHash } from "node:crypto";
import type { World } from "./driver";

/** Whether PostHog would let a SCIM client in with this token: it keeps a hash of each. */
export function opens({ emulator }: World, token: unknown): boolean {
  const hash = `sha256$${createHash("sha256").update(String(token)).digest("hex")}`;
  return emulator.store.identityProviders.all().some(({ scim_token_hash }) => scim_token_hash === hash);
}
