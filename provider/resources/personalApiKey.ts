import type * as pulumi from "@pulumi/pulumi";
import type { KnownScope } from "../access/scopeObjects";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { Known } from "./known";
import { sameAsId } from "./previews";

/** The arguments of a {@link PersonalApiKey}. */
export interface PersonalApiKeyArgs extends CommonArgs {
  /** Label, 1 to 40 characters, which distinguishes it from other keys. Updated in place. */
  label: pulumi.Input<string>;
  /**
   * The key's scopes, such as `insight:read`; `write` includes `read`. At least one. The preview checks their form and
   * existence, and suggests the right one for names that people try (`event:read` is `query:read`). A scope that
   * PostHog added later causes a warning. Updated in place.
   */
  scopes: pulumi.Input<pulumi.Input<Known<KnownScope>>[]>;
  /** Whether to accept the scope `*`, which lets the key do everything that its owner may do. Default false. */
  allowWildcard?: pulumi.Input<boolean>;
  /** The only projects that the key can reach, by number. Default: no restriction. Updated in place. */
  projects?: pulumi.Input<pulumi.Input<number | string>[]>;
  /** The only organizations that the key can reach, by UUID or slug. Default: no restriction. Updated in place. */
  organizations?: pulumi.Input<pulumi.Input<string>[]>;
  /** Any values; a change rotates the key. */
  keepers?: pulumi.Input<Record<string, unknown>>;
  /** Days after which the next update rotates the key, 1 to 3650. Default: never. */
  rotateAfterDays?: pulumi.Input<number>;
}

/**
 * A personal API key with chosen scopes. It belongs to the person that the session signs in, and ends with that
 * account. For a service, prefer a `ProjectSecretApiKey` if its scopes suffice: it belongs to no person and needs no
 * session.
 *
 * ```ts
 * const reporting = new posthog.PersonalApiKey("reporting", {
 *   label: "Reporting",
 *   scopes: ["insight:read", "query:read"],
 * });
 * export const reportingKey = reporting.value; // a secret
 * ```
 *
 * Restricted to one project, and rotated every 90 days:
 *
 * ```ts
 * new posthog.PersonalApiKey("ci", {
 *   label: "CI",
 *   scopes: ["feature_flag:write"],
 *   projects: [project.projectId],
 *   rotateAfterDays: 90,
 * });
 * ```
 *
 * API keys cannot manage API keys in PostHog, so this resource needs a session: `posthog:email`, `posthog:password`
 * and, with two-factor authentication, `posthog:totpSecret`. Rotating replaces the value at once; for an overlap,
 * declare two keys and rotate them in turn. If someone deletes the key in PostHog, the next update creates it again,
 * with a new value.
 *
 * An existing key with the same label is an error, unless `adopt: true` takes it over and rotates it, because the value
 * of an existing key is unreadable; `adopt: false` creates a second one, and is also required for two keys with the
 * same label in one program. PostHog allows ten keys per person.
 *
 * Destroying the key revokes it at once.
 *
 * `PersonalApiKey.get(name, id)` takes the key's id in PostHog; its `value` is then empty.
 *
 * Scopes: none (a session); `organization:read` with `organizations`. PostHog: personal API keys API.
 */
export class PersonalApiKey extends PosthogResource {
  declare public readonly label: pulumi.Output<string>;
  declare public readonly scopes: pulumi.Output<string[]>;
  declare public readonly allowWildcard: pulumi.Output<boolean | undefined>;
  declare public readonly projects: pulumi.Output<(number | string)[] | undefined>;
  declare public readonly organizations: pulumi.Output<string[] | undefined>;
  declare public readonly keepers: pulumi.Output<Record<string, unknown> | undefined>;
  declare public readonly rotateAfterDays: pulumi.Output<number | undefined>;
  /** Secret. The key itself (`phx_...`), which PostHog shows once; stored in state, encrypted. */
  declare public readonly value: pulumi.Output<string>;
  /** First and last characters of the key, as PostHog shows it. */
  declare public readonly maskValue: pulumi.Output<string>;
  /** PostHog's id of the key. */
  declare public readonly keyId: pulumi.Output<string>;
  /** When it was created, ISO 8601. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** When it was last rotated, ISO 8601; missing if never. */
  declare public readonly lastRolledAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: PersonalApiKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing key of the signed-in person by its id without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): PersonalApiKey {
    return new PersonalApiKey(name, { ...args } as PersonalApiKeyArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "PersonalApiKey",
  args: ["label", "scopes", "allowWildcard", "projects", "organizations", "keepers", "rotateAfterDays"],
  outputs: ["value", "maskValue", "keyId", "createdAt", "lastRolledAt"],
  secrecy: outputSecrecy.PersonalApiKey,
  known: { keyId: sameAsId },
};
