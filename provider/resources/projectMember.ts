import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";

/** The arguments of a {@link ProjectMember}. */
export interface ProjectMemberArgs extends CommonArgs {
  /** The project's number. Replaces. */
  projectId: pulumi.Input<number | string>;
  /** The person, as e-mail address (any case) or user UUID. Exactly one of `user` and `role`. Replaces. */
  user?: pulumi.Input<string>;
  /** The role, as id or name. Exactly one of `user` and `role`. Needs the plan feature `role_based_access`. Replaces. */
  role?: pulumi.Input<string>;
  /** What they may do: `none`, `member` or `admin`; the levels 1 and 8 are accepted as well. Updated in place. */
  accessLevel: pulumi.Input<"none" | "member" | "admin" | 1 | 8>;
}

/**
 * The access of one person or one role to one project: one access rule.
 *
 * ```ts
 * new posthog.ProjectMember("analyst", { projectId: project.projectId, user: "analyst@acme.com", accessLevel: "member" });
 * ```
 *
 * It does not bring anybody into the organization (that is `OrganizationMember`), and destroying it removes the rule
 * and nothing else: the person stays, with the access that roles and the project's default give. Organization admins
 * and owners have every access anyway; the preview says so.
 *
 * `ProjectMember.get(name, id)` takes `<project>/user/<e-mail or UUID>` or `<project>/role/<id or name>`.
 *
 * Scopes: `access_control:write`, `organization_member:read` (for `role`: `organization:read`). Whoever applies it is
 * an organization admin, or has an `admin` rule of their own on the project. Rules are enforced with the plan feature
 * `access_control`. PostHog: access control API of projects.
 */
export class ProjectMember extends PosthogResource {
  declare public readonly projectId: pulumi.Output<number | string>;
  declare public readonly user: pulumi.Output<string | undefined>;
  declare public readonly role: pulumi.Output<string | undefined>;
  declare public readonly accessLevel: pulumi.Output<string | number>;
  /** The person's user UUID, which stays when the e-mail address changes. Missing for a role. */
  declare public readonly userUuid: pulumi.Output<string | undefined>;
  /** The id of the person's membership of the organization. Missing for a role. */
  declare public readonly membershipId: pulumi.Output<string | undefined>;
  /** The person's e-mail address as PostHog has it. Missing for a role. */
  declare public readonly email: pulumi.Output<string | undefined>;
  /** The role's id, which stays when its name changes. Missing for a person. */
  declare public readonly roleUuid: pulumi.Output<string | undefined>;
  /** When the person joined the organization, ISO 8601. Missing for a role. */
  declare public readonly joinedAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProjectMemberArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads existing access by its id without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): ProjectMember {
    return new ProjectMember(name, { ...args } as ProjectMemberArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "ProjectMember",
  args: ["projectId", "user", "role", "accessLevel"],
  outputs: ["userUuid", "membershipId", "email", "roleUuid", "joinedAt"],
};
