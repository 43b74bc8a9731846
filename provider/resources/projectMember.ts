import type * as pulumi from "@pulumi/pulumi";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { Variable } from "./known";
import { roleUuidFromId, userUuidFromId } from "./previews";

/** The arguments of a {@link ProjectMember}. */
export interface ProjectMemberArgs extends CommonArgs {
  /** The project's number. Replaces. */
  projectId: pulumi.Input<number | string>;
  /** The person, as e-mail address (any case) or user UUID. Exactly one of `user` and `role`. Replaces. */
  user?: pulumi.Input<string | undefined>;
  /** The role, as id or name. Exactly one of `user` and `role`. Needs the plan feature `role_based_access`. Replaces. */
  role?: pulumi.Input<string>;
  /**
   * The level: `none`, `member` or `admin`. The numbers 1 and 8 mean `member` and `admin`: prefer the words. Updated in
   * place.
   */
  accessLevel: pulumi.Input<"none" | "member" | "admin" | 1 | 8>;
}

interface ProjectMemberOfUser extends ProjectMemberArgs {
  user: pulumi.Input<string | undefined>;
  role?: pulumi.Input<never>;
}

interface ProjectMemberOfRole extends ProjectMemberArgs {
  user?: pulumi.Input<never>;
  role: pulumi.Input<string> | undefined;
}

/**
 * The access of one person or one role to one project: one access rule.
 *
 * ```ts
 * new posthog.ProjectMember("analyst", { projectId: project.projectId, user: "analyst@acme.com", accessLevel: "member" });
 * ```
 *
 * For a role:
 *
 * ```ts
 * new posthog.ProjectMember("analysts", { projectId: project.projectId, role: "Analysts", accessLevel: "member" });
 * ```
 *
 * It does not add anyone to the organization: `OrganizationMember` does. Organization admins and owners have full
 * access anyway, and the preview says so.
 *
 * Two levels have side effects. An admin by a rule may change the access rules of every object in the project, and so
 * effectively manages all of them. And if the project's rule for everybody is `admin`, `none` closes everything in the
 * project, but PostHog still shows the project itself, with its settings and token. The preview reports both.
 *
 * An existing rule with another level is an error, unless `adopt: true` takes it over. So is a change that would lock
 * out the key's owner.
 *
 * Destroying it removes only the rule: the person keeps the access that roles and the project's default give.
 *
 * `ProjectMember.get(name, id)` takes `<project>/user/<e-mail or UUID>` or `<project>/role/<id or name>`.
 *
 * Scopes: `access_control:write`, `organization_member:read` (for `role`: `organization:read`). The caller must be an
 * organization admin, or have an `admin` rule of their own on the project. PostHog enforces rules with the plan feature
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
  /** The person's e-mail address in PostHog. Missing for a role. */
  declare public readonly email: pulumi.Output<string | undefined>;
  /** The role's id, which stays when its name changes. Missing for a person. */
  declare public readonly roleUuid: pulumi.Output<string | undefined>;
  /** When the person joined the organization, ISO 8601. Missing for a role. */
  declare public readonly joinedAt: pulumi.Output<string | undefined>;

  constructor(
    name: string,
    args: ProjectMemberOfUser | ProjectMemberOfRole,
    opts?: pulumi.CustomResourceOptions,
  );
  constructor(
    name: string,
    args: Variable<ProjectMemberArgs, "user" | "role", "role">,
    opts?: pulumi.CustomResourceOptions,
  );
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
  secrecy: outputSecrecy.ProjectMember,
  known: { userUuid: userUuidFromId, roleUuid: roleUuidFromId },
};
