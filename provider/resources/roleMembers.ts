import type * as pulumi from "@pulumi/pulumi";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import { sameAsId } from "./previews";
import type { RolePeopleArgs } from "./role";

/** The arguments of {@link RoleMembers}. */
export interface RoleMembersArgs extends CommonArgs, RolePeopleArgs {
  /** The role, as id or name. Replaces. */
  roleId: pulumi.Input<string>;
  /**
   * The members of the role, as e-mail addresses (any case) or user UUIDs, in any order. May be the output of an
   * identity provider's group. Updated in place.
   */
  members: pulumi.Input<pulumi.Input<string | undefined>[]>;
}

/**
 * The members of a role that another stack, another team or PostHog's settings page owns.
 *
 * ```ts
 * new posthog.RoleMembers("analysts", { roleId: "Analysts", members: ["ann@acme.com", "bob@acme.com"] });
 * ```
 *
 * Exactly these people, except those that SCIM adds:
 *
 * ```ts
 * new posthog.RoleMembers("analysts", {
 *   roleId: analysts.roleId,
 *   members: ["ann@acme.com", "bob@acme.com"],
 *   mode: "exclusive",
 *   ignore: ["eve@acme.com"],
 * });
 * ```
 *
 * The preview lists who joins and who leaves. It does not create the role: `Role` does, and can list its members
 * itself.
 *
 * If SCIM is on, a group with the role's name controls the role, and the preview warns. Creating the group, or linking
 * it (`POST /Groups` with members), removes everybody else from the role, including the people who are listed here;
 * later pushes add and remove single people. So choose one: leave the role's members to the identity provider, and
 * declare no `RoleMembers`; or do not push the group; or list the directory's people in `ignore`, which keeps both
 * lists apart from then on: people that a first push removed show as drift, and the next update adds them again.
 * PostHog shows what SCIM writes only to its own staff, so the warning cannot say whether the group exists. The
 * resource waits for listed people of a domain with SCIM who are not members yet, as with `waitForMembers`.
 *
 * The resource manages listed people even if they were already in the role, so `adopt` has no effect. A role that does
 * not exist is an error, and so is an update that would remove more people than `removalLimit` allows.
 *
 * Destroying it removes the listed people from the role; everyone else stays.
 *
 * `RoleMembers.get(name, id)` takes the role's id, or its name.
 *
 * Scopes: `organization:write`, `organization_member:read`. Level: organization admin. No plan feature. PostHog: roles
 * API.
 */
export class RoleMembers extends PosthogResource {
  declare public readonly roleId: pulumi.Output<string>;
  declare public readonly members: pulumi.Output<string[]>;
  declare public readonly mode: pulumi.Output<string | undefined>;
  declare public readonly removalLimit: pulumi.Output<number | undefined>;
  declare public readonly ignore: pulumi.Output<string[] | undefined>;
  declare public readonly waitForMembers: pulumi.Output<boolean | undefined>;
  /** The role's UUID, which stays when it is renamed. */
  declare public readonly roleUuid: pulumi.Output<string>;
  /** User UUIDs of the listed members, in the order of `members`. */
  declare public readonly userUuids: pulumi.Output<string[]>;
  /** E-mail addresses of members who are neither listed nor ignored. */
  declare public readonly unmanaged: pulumi.Output<string[]>;
  /** Listed people who are not in the organization yet. */
  declare public readonly waiting: pulumi.Output<string[]>;

  constructor(name: string, args: RoleMembersArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads the members of an existing role by its id or name without managing them. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): RoleMembers {
    return new RoleMembers(name, { ...args } as RoleMembersArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "RoleMembers",
  args: ["roleId", "members", "mode", "removalLimit", "ignore", "waitForMembers"],
  outputs: ["roleUuid", "userUuids", "unmanaged", "waiting"],
  secrecy: outputSecrecy.RoleMembers,
  known: { roleUuid: sameAsId },
};
