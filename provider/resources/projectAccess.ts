import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";

/** What somebody may do in a project: by name, or by the old numbers 1 for member and 8 for admin. */
export type ProjectAccessLevel = "none" | "member" | "admin" | 1 | 8;

/** What somebody may do with a type of resource: `none`, `viewer`, `editor` or `manager`, as far as the type has them. */
export type ResourceAccessLevel = "none" | "viewer" | "editor" | "manager";

/** Access rules on one type of resource in a project. */
export interface ResourceAccessArgs {
  /** What everybody may do who has no rule of their own. Default: PostHog's, mostly `editor`. */
  default?: pulumi.Input<ResourceAccessLevel>;
  /** What people may do, by e-mail address (any case) or user UUID. */
  members?: pulumi.Input<Record<string, pulumi.Input<ResourceAccessLevel>>>;
  /** What roles may do, by name (any case) or id. Needs the plan feature `role_based_access`. */
  roles?: pulumi.Input<Record<string, pulumi.Input<ResourceAccessLevel>>>;
}

/** The arguments of a {@link ProjectAccess}. */
export interface ProjectAccessArgs extends CommonArgs {
  /** The project's number. Replaces. */
  projectId: pulumi.Input<number | string>;
  /**
   * What every member of the organization may do in the project without a rule of their own. Without it the project's
   * default is left alone, in both modes; taking it out of the program restores PostHog's own, `admin`. Leave it out
   * where the `Project` has a `defaultAccess`. Updated in place.
   */
  defaultAccess?: pulumi.Input<ProjectAccessLevel>;
  /** What people may do in the project, by e-mail address (any case) or user UUID. Updated in place, one by one. */
  members?: pulumi.Input<Record<string, pulumi.Input<ProjectAccessLevel>>>;
  /**
   * What roles may do in the project, by name (any case) or id. A role that the same program makes is named in
   * `dependsOn`. Needs the plan feature `role_based_access`. Updated in place, one by one.
   */
  roles?: pulumi.Input<Record<string, pulumi.Input<ProjectAccessLevel>>>;
  /**
   * Rules on whole types of resource, such as `feature_flag` or `session_recording`. Levels that a type does not have
   * are refused; types that PostHog never consults get a warning. Updated in place, one by one.
   */
  resources?: pulumi.Input<Record<string, pulumi.Input<ResourceAccessArgs>>>;
  /**
   * What happens to grants that are not listed: `additive` leaves them alone and reports them as `unmanaged`,
   * `exclusive` removes them, those on types of resource as well. Default `additive`. Updated in place.
   */
  mode?: pulumi.Input<"additive" | "exclusive">;
  /**
   * The largest share of the existing grants that one update may remove, 0 to 1: of those that it manages, in exclusive
   * mode of all. More is refused in the preview. A single removal always passes, unless it is 0. Default 0.25.
   */
  removalLimit?: pulumi.Input<number>;
  /**
   * People (e-mail address, UUID) and roles (name, id) whose grants belong to another writer, such as an identity
   * provider: they are never removed and not reported. Updated in place.
   */
  ignore?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Who may do what in a project: its whole access policy as one resource.
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
 * The only rules there are, on types of resource too:
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
 * The preview says who gains and loses what, one line a person, and counts what the same update makes of the project
 * and of roles that it depends on. Grants are written before others are taken, and the project is closed once
 * everybody's own grants are there. What would lock the key's own owner out, or remove more than `removalLimit` allows,
 * is refused. An update that breaks off is finished by the next one.
 *
 * A listed grant that exists with another level is refused unless `adopt: true` takes it over. Beside it, single
 * `ProjectMember`s and `AccessControl`s may manage other grants of the project; in exclusive mode there may be none,
 * except on single objects, which it never touches. It brings nobody into the organization. Destroying it removes what
 * it manages, which restores PostHog's defaults: a project that it closed is open again.
 *
 * `ProjectAccess.get(name, id)` takes the project's number and reads every grant.
 *
 * Scopes: `access_control:write`, `organization_member:read`, `organization:read`. Whoever applies it is an organization
 * admin, or has an `admin` rule of their own on the project. Rules are enforced with the plan feature `access_control`,
 * those on roles with `role_based_access`. PostHog: access control API of projects.
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
  /** The grants that it manages as PostHog has them, one line each: `project/user/ann@acme.com: admin`. */
  declare public readonly grants: pulumi.Output<string[]>;
  /** The grants on the project that nobody declared, in the same form. */
  declare public readonly unmanaged: pulumi.Output<string[]>;
  /** PostHog's ids of the people (memberships) and roles in `grants`, so that new names and addresses lose nothing. */
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

/** Access rules on one type of resource, as they are. */
export interface ResourceAccessRules {
  readonly default?: string;
  readonly members?: Readonly<Record<string, string>>;
  readonly roles?: Readonly<Record<string, string>>;
}

const shape = {
  type: "ProjectAccess",
  args: ["projectId", "defaultAccess", "members", "roles", "resources", "mode", "removalLimit", "ignore"],
  outputs: ["grants", "unmanaged", "subjectIds"],
};
