import type * as pulumi from "@pulumi/pulumi";
import type { KnownProjectKeyScope } from "../access/scopeObjects";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { Known } from "./known";
import { follows } from "./previews";

/** The arguments of a {@link ProjectSecretApiKey}. */
export interface ProjectSecretApiKeyArgs extends CommonArgs {
  /** The project's number. Replaces. */
  projectId: pulumi.Input<number | string>;
  /** Label, 1 to 40 characters, unique within the project. Updated in place. */
  label: pulumi.Input<string>;
  /**
   * The key's scopes: `feature_flag:read`, `endpoint:read`, `account:read`, `experiment:read`, `loop:write`, and
   * `llm_gateway:read` if PostHog has switched that on. At least one. The preview checks them; a scope that PostHog
   * added later causes a warning, and older servers support only the first two. Updated in place.
   */
  scopes: pulumi.Input<pulumi.Input<Known<KnownProjectKeyScope>>[]>;
  /** Any values; a change rotates the key. */
  keepers?: pulumi.Input<Record<string, unknown>>;
  /** Days after which the next update rotates the key, 1 to 3650. Default: never. */
  rotateAfterDays?: pulumi.Input<number>;
}

/**
 * A secret API key of a project, for services: it belongs to no person and stays when people leave.
 *
 * ```ts
 * const flags = new posthog.ProjectSecretApiKey("flags", {
 *   projectId: project.projectId,
 *   label: "Backend: feature flags",
 *   scopes: ["feature_flag:read"],
 * });
 * export const flagsKey = flags.value; // a secret
 * ```
 *
 * Rotated every 30 days:
 *
 * ```ts
 * new posthog.ProjectSecretApiKey("endpoints", {
 *   projectId: project.projectId,
 *   label: "Reports: endpoints",
 *   scopes: ["endpoint:read"],
 *   rotateAfterDays: 30,
 * });
 * ```
 *
 * It is the first choice for a service account: it outlives its creator, can reach only one project, and an API key is
 * enough to manage it, without a session. Use a `PersonalApiKey` only for what its scopes do not cover. Access rules on
 * single objects do not restrict it: it can read every object of its scopes in the project. Rotating replaces the value
 * at once; for an overlap, declare two keys and rotate them in turn. If someone deletes the key in PostHog, the next
 * update creates it again, with a new value.
 *
 * An existing key with the same label is an error, unless `adopt: true` takes it over and rotates it, because the value
 * of an existing key is unreadable. PostHog allows fifty keys per project.
 *
 * Destroying the key revokes it at once.
 *
 * `ProjectSecretApiKey.get(name, id)` takes `<project>/<PostHog's id of the key>`; its `value` is then empty.
 *
 * Scopes: `project:write`. Level: project admin, which organization admins always are. PostHog: project secret API keys
 * API.
 */
export class ProjectSecretApiKey extends PosthogResource {
  declare public readonly projectId: pulumi.Output<number | string>;
  declare public readonly label: pulumi.Output<string>;
  declare public readonly scopes: pulumi.Output<string[]>;
  declare public readonly keepers: pulumi.Output<Record<string, unknown> | undefined>;
  declare public readonly rotateAfterDays: pulumi.Output<number | undefined>;
  /** Secret. The key itself (`phs_...`), which PostHog shows once; stored in state, encrypted. */
  declare public readonly value: pulumi.Output<string>;
  /** First and last characters of the key, as PostHog shows it. */
  declare public readonly maskValue: pulumi.Output<string>;
  /** PostHog's id of the key. */
  declare public readonly keyId: pulumi.Output<string>;
  /** When it was created, ISO 8601. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** When it was last rotated, ISO 8601; missing if never. */
  declare public readonly lastRolledAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProjectSecretApiKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing key by its id without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): ProjectSecretApiKey {
    return new ProjectSecretApiKey(name, { ...args } as ProjectSecretApiKeyArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "ProjectSecretApiKey",
  args: ["projectId", "label", "scopes", "keepers", "rotateAfterDays"],
  outputs: ["value", "maskValue", "keyId", "createdAt", "lastRolledAt"],
  secrecy: outputSecrecy.ProjectSecretApiKey,
  known: { keyId: follows(["id"], (id) => id.split("/")[1]) },
};
