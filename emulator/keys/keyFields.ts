import { INTERNAL_SCOPE_OBJECTS, SCOPE_OBJECTS } from "../store/accessLevels";
import { hashKey, maskKey, randomToken } from "../store/secrets";

const VALUE_LENGTH = 43;

/** The value of a new key, shown once, with the two forms of it that are kept. */
export interface MintedKey {
  readonly value: string;
  readonly secure_value: string;
  readonly mask_value: string;
}

/** Makes the value of a key: `phx_` for a personal one, `phs_` for a project's. */
export function mintKey(prefix: "phx_" | "phs_"): MintedKey {
  const value = `${prefix}${randomToken(VALUE_LENGTH)}`;
  return { value, secure_value: hashKey(value), mask_value: maskKey(value) };
}

/** Whether a text is a scope by form and existence, such as `insight:read` (PostHog: scopes). */
export function isScope(scope: string, { internal }: { internal: boolean }): boolean {
  const [object = "", action = "", ...rest] = scope.split(":");
  const known = SCOPE_OBJECTS.includes(object) || (internal && INTERNAL_SCOPE_OBJECTS.includes(object));
  return rest.length === 0 && known && ["read", "write"].includes(action);
}

/** Whether a scope is of the gateway to language models, which PostHog grants on request only. */
export function isGatewayScope(scope: string): boolean {
  return scope.startsWith("llm_gateway:");
}
