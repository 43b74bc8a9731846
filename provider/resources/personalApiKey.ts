import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";

/** The arguments of a {@link PersonalApiKey}. */
export interface PersonalApiKeyArgs extends CommonArgs {
  /** Label, 1 to 40 characters, by which people tell keys apart. Updated in place. */
  label: pulumi.Input<string>;
  /**
   * What the key may do, such as `insight:read`; `write` includes `read`. At least one. Checked in the preview: form,
   * existence, and the names that people try (`event:read` is `query:read`); a scope that PostHog added lately passes
   * with a warning. Updated in place.
   */
  scopes: pulumi.Input<pulumi.Input<string>[]>;
  /** Accept the scope `*`, which lets the key do everything that its owner may do. Default false. */
  allowWildcard?: pulumi.Input<boolean>;
  /** Restrict the key to these projects, by number. Default: none. Updated in place. */
  projects?: pulumi.Input<pulumi.Input<number | string>[]>;
  /** Restrict the key to these organizations, by UUID or slug. Default: none. Updated in place. */
  organizations?: pulumi.Input<pulumi.Input<string>[]>;
  /** Anything; a change gives the key a new value. */
  keepers?: pulumi.Input<Record<string, unknown>>;
  /** Days after which the next update gives the key a new value, 1 to 3650. Default: never. */
  rotateAfterDays?: pulumi.Input<number>;
}

/**
 * A personal API key with chosen scopes. It belongs to the person that the session signs in as, and dies with that
 * account. For a service take a `ProjectSecretApiKey` where its scopes are enough: it belongs to nobody and needs no
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
 * Restricted to one project, with a new value every 90 days:
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
 * PostHog refuses to let API keys manage API keys, so this resource needs a session: `posthog:email`,
 * `posthog:password` and, with two-factor authentication, `posthog:totpSecret`. A new value replaces the old one at
 * once; for an overlap, declare two keys and roll them in turn. A key that was deleted by hand is made anew, with a new
 * value. PostHog allows a person ten keys. `adopt: true` takes over the key of that label and rolls it, because the
 * value of an existing key cannot be read.
 *
 * `PersonalApiKey.get(name, id)` takes PostHog's id of the key; its `value` is then empty.
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
  /** Secret. The key itself (`phx_...`), which PostHog tells once; it is kept in state, encrypted. */
  declare public readonly value: pulumi.Output<string>;
  /** First and last characters of the key, as PostHog shows it. */
  declare public readonly maskValue: pulumi.Output<string>;
  /** PostHog's id of the key. */
  declare public readonly keyId: pulumi.Output<string>;
  /** When it was created, ISO 8601. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** When it last got a new value, ISO 8601; missing if never. */
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
  secrets: ["value"],
};
