import type * as pulumi from "@pulumi/pulumi";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import { follows } from "./previews";

/** The arguments of a {@link RoleMembership}. */
export interface RoleMembershipArgs extends CommonArgs {
  /** The role, as id or name. Replaces. */
  roleId: pulumi.Input<string>;
  /** The person, a member of the organization, as e-mail address (any case) or user UUID. Replaces. */
  user: pulumi.Input<string | undefined>;
}

/**
 * One person in one role.
 *
 * ```ts
 * new posthog.RoleMembership("ann", { roleId: analysts.roleId, user: "ann@acme.com" });
 * ```
 *
 * For a whole role, `Role` with `members` or `RoleMembers` is one resource instead of many. It does not invite anyone:
 * `OrganizationMember` does.
 *
 * A person who is already in the role is adopted. A person with an open invite is an error until they have joined.
 *
 * Destroying it removes only the membership of the role: the person stays in the organization.
 *
 * `RoleMembership.get(name, id)` takes `<role id or name>/<e-mail or UUID>`.
 *
 * Scopes: `organization:write`, `organization_member:read`. Level: organization admin. No plan feature. PostHog: roles
 * API.
 */
export class RoleMembership extends PosthogResource {
  declare public readonly roleId: pulumi.Output<string>;
  declare public readonly user: pulumi.Output<string>;
  /** The role's UUID, which stays when it is renamed. */
  declare public readonly roleUuid: pulumi.Output<string>;
  /** The person's user UUID, which stays when the e-mail address changes. */
  declare public readonly userUuid: pulumi.Output<string>;
  /** The person's e-mail address in PostHog. */
  declare public readonly email: pulumi.Output<string>;
  /** When the person joined the role, ISO 8601. */
  declare public readonly joinedAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: RoleMembershipArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing membership by its id without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): RoleMembership {
    return new RoleMembership(name, { ...args } as RoleMembershipArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "RoleMembership",
  args: ["roleId", "user"],
  outputs: ["roleUuid", "userUuid", "email", "joinedAt"],
  secrecy: outputSecrecy.RoleMembership,
  known: {
    roleUuid: follows(["id"], (id) => id.split("/")[0]),
    userUuid: follows(["id"], (id) => id.split("/")[1]),
  },
};
