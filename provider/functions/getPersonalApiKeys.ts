import type * as pulumi from "@pulumi/pulumi";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/** A personal API key, without its value. */
export interface PersonalApiKeyResult {
  /** PostHog's id of it. */
  readonly keyId?: string;
  readonly label?: string;
  /** First and last characters of the key. */
  readonly maskValue?: string;
  readonly scopes: readonly string[];
  /** The projects that it is restricted to, by number; empty for no restriction. */
  readonly projects: readonly number[];
  /** The organizations that it is restricted to, by UUID; empty for no restriction. */
  readonly organizations: readonly string[];
  /** ISO 8601. */
  readonly createdAt?: string;
  /** ISO 8601; missing if never. PostHog notes it once an hour at most. */
  readonly lastUsedAt?: string;
  /** When it last got a new value, ISO 8601; missing if never. */
  readonly lastRolledAt?: string;
}

/** A member's personal API key in the organization's inventory, which names neither id nor label. */
export interface InventoriedKeyResult {
  /** E-mail address of whose key it is. */
  readonly owner?: string;
  /** First and last characters of the key. */
  readonly maskValue?: string;
  readonly scopes: readonly string[];
  /** How much of the organization it reaches: `all` (and other organizations too), `organization` or `projects`. */
  readonly reach: string;
  /** The projects that it is restricted to, by number. */
  readonly projects: readonly number[];
  /** ISO 8601. */
  readonly createdAt?: string;
  /** ISO 8601; missing if never. */
  readonly lastUsedAt?: string;
}

/** What {@link getPersonalApiKeys} answers. */
export interface GetPersonalApiKeysResult {
  /** The signed-in person's own keys; without a session the configured key alone. */
  readonly keys: readonly PersonalApiKeyResult[];
  /**
   * Every member's keys that reach the organization. Takes a session of an organization admin and the plan feature
   * `organization_security_settings`; missing otherwise, and on older servers.
   */
  readonly inventory?: readonly InventoriedKeyResult[];
}

/**
 * Looks up personal API keys, never their values: with a session (`posthog:email`, `posthog:password`) all of the
 * signed-in person's and the organization's inventory, with an API key alone that key.
 *
 * Scopes: none. PostHog: personal API keys API, organization personal API keys API.
 */
export function getPersonalApiKeys(args: LookupArgs = {}): Promise<GetPersonalApiKeysResult> {
  return lookUp((readers) => readers.getPersonalApiKeys, args);
}

/** {@link getPersonalApiKeys} with outputs of resources as arguments. */
export function getPersonalApiKeysOutput(
  args: Inputs<LookupArgs> = {},
): pulumi.Output<GetPersonalApiKeysResult> {
  return lookUpOutput((readers) => readers.getPersonalApiKeys, args);
}
