import type * as pulumi from "@pulumi/pulumi";
import type { KnownResourceType } from "../access/resourceTypes";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";

/** A level in a project: `none`, `member` or `admin`. The numbers 1 and 8 mean the last two: prefer the words. */
export type ProjectAccessLevel = "none" | "member" | "admin" | 1 | 8;

/** A level on a type of resource: `none`, `viewer`, `editor` or `manager`, if the type supports it. */
export type ResourceAccessLevel = "none" | "viewer" | "editor" | "manager";

/** By type of resource: an editor completes the known ones. */
type ByResourceType<Value> = Record<string, Value> & Partial<Record<KnownResourceType, Value>>;

/** Access rules on one type of resource in a project. */
export interface ResourceAccessArgs {
  /** The level of everyone without a rule of their own. Default: PostHog's, mostly `editor`. */
  default?: pulumi.Input<ResourceAccessLevel>;
  /** The levels of people, by e-mail address (any case) or user UUID. */
  members?: pulumi.Input<Record<string, pulumi.Input<ResourceAccessLevel>>>;
  /** The levels of roles, by name (any case) or id. Needs the plan feature `role_based_access`. */
  roles?: pulumi.Input<Record<string, pulumi.Input<ResourceAccessLevel>>>;
}

/** The arguments of a {@link ProjectAccess}. */
export interface ProjectAccessArgs extends CommonArgs {
  /** The project's number. Replaces. */
  projectId: pulumi.Input<number | string>;
  /**
   * The level of every member of the organization without a rule of their own. If it is missing, the project's default
   * stays unchanged, in both modes; removing the argument restores PostHog's default, `admin`. Leave it out if the
   * `Project` has a `defaultAccess`. Updated in place.
   */
  defaultAccess?: pulumi.Input<ProjectAccessLevel>;
  /** The levels of people in the project, by e-mail address (any case) or user UUID. Updated in place, one by one. */
  members?: pulumi.Input<Record<string, pulumi.Input<ProjectAccessLevel>>>;
  /**
   * The levels of roles in the project, by name (any case) or id; a role called `__proto__` only by id, because
   * JavaScript drops such entries. If the same program creates a role, list it in `dependsOn`. Needs the plan feature
   * `role_based_access`. Updated in place, one by one.
   */
  roles?: pulumi.Input<Record<string, pulumi.Input<ProjectAccessLevel>>>;
  /**
   * Rules on whole types of resource, such as `feature_flag` or `session_recording`. A level that a type does not
   * support is an error; a type whose rules PostHog ignores causes a warning. Updated in place, one by one.
   */
  resources?: pulumi.Input<ByResourceType<pulumi.Input<ResourceAccessArgs>>>;
  /**
   * What happens to grants that are not listed: `additive` keeps them and reports them as `unmanaged`, `exclusive`
   * removes them, including those on types of resource. Default `additive`. Updated in place.
   */
  mode?: pulumi.Input<"additive" | "exclusive">;
  /**
   * The maximum share of the existing grants that one update may remove, 0 to 1: of the managed grants, in exclusive
   * mode of all. Exceeding it is an error in the preview. A single removal always passes, unless the limit is 0.
   * Default 0.25. Updated in place.
   */
  removalLimit?: pulumi.Input<number>;
  /**
   * People (e-mail address, UUID) and roles (name, id) whose grants someone else manages, such as an identity provider:
   * they are never removed and not reported. Default: none. Updated in place.
   */
  ignore?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * The access policy of a project as one resource: who has access to what.
 *
 * ```ts
 * new posthog.ProjectAccess("production", {
 *   projectId: production.projectId,
 *   defaultAccess: "none",
 *   members: { "ann@acme.com": "admin" },
 *   roles: { Analysts: "member" },
 * });
 * ```
 *
 * As the project's only rules, including those on types of resource:
 *
 * ```ts
 * new posthog.ProjectAccess("production", {
 *   projectId: production.projectId,
 *   defaultAccess: "none",
 *   roles: { Analysts: "member", Engineers: "admin" },
 *   resources: {
 *     feature_flag: { default: "viewer", roles: { Engineers: "editor" } },
 *     session_recording: { default: "none", roles: { Analysts: "viewer" } },
 *   },
 *   mode: "exclusive",
 *   ignore: ["Contractors"],
 * });
 * ```
 *
 * The preview shows who gains and loses which access, one line per person, including the effects of the same update on
 * the project and on roles that it depends on. An update writes grants before it removes others, and makes the project
 * private only after everyone's own grants exist; the next update completes one that failed halfway.
 *
 * Single `ProjectMember`s and `AccessControl`s may manage other grants of the project; in exclusive mode only on single
 * objects, which this resource never touches. It does not add anyone to the organization.
 *
 * An existing grant with another level than listed is an error, unless `adopt: true` takes it over. So is an update
 * that would lock out the key's own owner, or remove more than `removalLimit` allows.
 *
 * Destroying it removes the grants that it manages, which restores PostHog's defaults: a project that it made private
 * is open again.
 *
 * `ProjectAccess.get(name, id)` takes the project's number and reads every grant.
 *
 * Scopes: `access_control:write`, `organization_member:read`, `organization:read`. The caller must be an organization
 * admin, or have an `admin` rule of their own on the project. PostHog enforces rules with the plan feature
 * `access_control`, and rules on roles with `role_based_access`. PostHog: access control API of projects.
 */
export class ProjectAccess extends PosthogResource {
  declare public readonly projectId: pulumi.Output<number | string>;
  declare public readonly defaultAccess: pulumi.Output<string | number | undefined>;
  declare public readonly members: pulumi.Output<Record<string, string | number> | undefined>;
  declare public readonly roles: pulumi.Output<Record<string, string | number> | undefined>;
  declare public readonly resources: pulumi.Output<Record<string, ResourceAccessRules> | undefined>;
  declare public readonly mode: pulumi.Output<string | undefined>;
  declare public readonly removalLimit: pulumi.Output<number | undefined>;
  declare public readonly ignore: pulumi.Output<string[] | undefined>;
  /** The managed grants in PostHog, one line each: `project/user/ann@acme.com: admin`. */
  declare public readonly grants: pulumi.Output<string[]>;
  /** The undeclared grants on the project, in the same form. */
  declare public readonly unmanaged: pulumi.Output<string[]>;
  /** PostHog's ids of the people (memberships) and roles in `grants`, which stay when names and addresses change. */
  declare public readonly subjectIds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ProjectAccessArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads the access policy of a project by the project's number without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): ProjectAccess {
    return new ProjectAccess(name, { ...args } as ProjectAccessArgs, getOptions(id, opts));
  }
}

/** The current access rules on one type of resource. */
export interface ResourceAccessRules {
  readonly default?: string;
  readonly members?: Readonly<Record<string, string>>;
  readonly roles?: Readonly<Record<string, string>>;
}

const shape = {
  type: "ProjectAccess",
  args: ["projectId", "defaultAccess", "members", "roles", "resources", "mode", "removalLimit", "ignore"],
  outputs: ["grants", "unmanaged", "subjectIds"],
  secrecy: outputSecrecy.ProjectAccess,
};
