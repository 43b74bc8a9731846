import type * as pulumi from "@pulumi/pulumi";
import type { KnownObjectType, KnownResourceType } from "../access/resourceTypes";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { Known } from "./known";
import { follows, roleUuidFromId, userUuidFromId } from "./previews";
import type { ResourceAccessLevel } from "./projectAccess";

/** The arguments of an {@link AccessControl}. */
export interface AccessControlArgs extends CommonArgs {
  /** The project's number. Replaces. */
  projectId: pulumi.Input<number | string>;
  /**
   * The type of resource, such as `feature_flag`, `dashboard` or `session_recording`. For the project itself use
   * `ProjectMember` or `ProjectAccess`. A type that this version does not know causes a warning. Replaces.
   */
  resource: pulumi.Input<Known<KnownResourceType | KnownObjectType>>;
  /**
   * One object of that type, by any id that people see: its number or UUID, the short id of an insight or notebook, the
   * key of a feature flag. Default: the whole type. Looking up an object requires the scope `<resource>:read`.
   * Replaces.
   */
  resourceId?: pulumi.Input<string | number>;
  /** The person, as e-mail address (any case) or user UUID. Default: everyone, if `role` is also missing. Replaces. */
  user?: pulumi.Input<string | undefined>;
  /** The role, as id or name. Not together with `user`. Needs the plan feature `role_based_access`. Replaces. */
  role?: pulumi.Input<string>;
  /**
   * The level: `none`, `viewer`, `editor` or `manager`, if the type supports it (`action` starts at `viewer`;
   * `activity_log` and `toolbar` end there). Updated in place.
   */
  accessLevel: pulumi.Input<ResourceAccessLevel>;
}

/**
 * One access rule on a type of resource in a project, or on one object of that type.
 *
 * ```ts
 * new posthog.AccessControl("flags", { projectId: project.projectId, resource: "feature_flag", accessLevel: "viewer" });
 * ```
 *
 * For one role on one flag:
 *
 * ```ts
 * new posthog.AccessControl("checkout", {
 *   projectId: project.projectId,
 *   resource: "feature_flag",
 *   resourceId: "new-checkout",
 *   role: "Engineers",
 *   accessLevel: "editor",
 * });
 * ```
 *
 * The preview warns if a rule has no effect, and the output `effective` records it: a higher rule wins, the type
 * inherits its parent's access, the plan does not enforce rules, or the person is an organization admin. The creator of
 * an object always manages it, regardless of rules.
 *
 * An existing rule with another level is an error, unless `adopt: true` takes it over.
 *
 * Destroying the rule restores the access that applies without it.
 *
 * `AccessControl.get(name, id)` takes `<project>/<resource>/<principal>`, or
 * `<project>/<resource>/<object>/<principal>`, where the principal is `default`, `user/<e-mail or UUID>` or `role/<id
 * or name>`: `42/feature_flag/new-checkout/role/Engineers`.
 *
 * Scopes: `access_control:write`, `organization_member:read`, `organization:read`; to look up an object, also
 * `<resource>:read`. The caller must be an organization admin or the project's admin by a rule; for an object, its
 * creator or manager may be enough. PostHog enforces rules with the plan feature `access_control`. PostHog: access
 * control API of projects and of their objects.
 */
export class AccessControl extends PosthogResource {
  declare public readonly projectId: pulumi.Output<number | string>;
  declare public readonly resource: pulumi.Output<string>;
  declare public readonly resourceId: pulumi.Output<number | string | undefined>;
  declare public readonly user: pulumi.Output<string | undefined>;
  declare public readonly role: pulumi.Output<string | undefined>;
  declare public readonly accessLevel: pulumi.Output<string>;
  /** Whether the rule has an effect on the people it applies to. */
  declare public readonly effective: pulumi.Output<boolean>;
  /** Why the rule has no effect. Missing if it has one. */
  declare public readonly effectiveReason: pulumi.Output<string | undefined>;
  /** The object's id in PostHog's API: its stored id, or the short id of a notebook. Missing for a type. */
  declare public readonly objectId: pulumi.Output<string | undefined>;
  /** The person's user UUID, which stays when the e-mail address changes. Missing without `user`. */
  declare public readonly userUuid: pulumi.Output<string | undefined>;
  /** The id of the person's membership of the organization. Missing without `user`. */
  declare public readonly membershipId: pulumi.Output<string | undefined>;
  /** The person's e-mail address in PostHog. Missing without `user`. */
  declare public readonly email: pulumi.Output<string | undefined>;
  /** The role's id, which stays when its name changes. Missing without `role`. */
  declare public readonly roleUuid: pulumi.Output<string | undefined>;

  constructor(name: string, args: AccessControlArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing rule by its id without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): AccessControl {
    return new AccessControl(name, { ...args } as AccessControlArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "AccessControl",
  args: ["projectId", "resource", "resourceId", "user", "role", "accessLevel"],
  outputs: ["effective", "effectiveReason", "objectId", "userUuid", "membershipId", "email", "roleUuid"],
  secrecy: outputSecrecy.AccessControl,
  known: {
    objectId: follows(
      ["id"],
      (id) => /^\d+\/[^/]+\/(.+?)\/(?:default|user\/[^/]+|role\/[^/]+)$/.exec(id)?.[1],
    ),
    userUuid: userUuidFromId,
    roleUuid: roleUuidFromId,
  },
};
