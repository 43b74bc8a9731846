import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { RolePeopleArgs } from "./rolePeople";

/** The arguments of {@link RoleMembers}. */
export interface RoleMembersArgs extends CommonArgs, RolePeopleArgs {
  /** The role, as id or name. Replaces. */
  roleId: pulumi.Input<string>;
  /**
   * Who is in the role, as e-mail addresses (any case) or user UUIDs, in any order. May be the output of an identity
   * provider's group. Updated in place.
   */
  members: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * The people of a role that somebody else owns: another stack, another team, or PostHog's settings page.
 *
 * ```ts
 * new posthog.RoleMembers("analysts", { roleId: "Analysts", members: ["ann@acme.com", "bob@acme.com"] });
 * ```
 *
 * Exactly these, but for those whom SCIM puts there:
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
 * The preview says in words who joins and who leaves. It makes no role: `Role` does, and can list its people itself.
 * Listed people who are in the role already are simply managed from then on, so `adopt` has nothing to do here.
 * Destroying it takes the listed people out of the role; everybody else stays. Where SCIM writes the same role, the
 * preview warns: leave its people to one of the two.
 *
 * `RoleMembers.get(name, id)` takes the role's id, or its name.
 *
 * Scopes: `organization:write`, `organization_member:read`. Takes an organization admin; no plan feature. PostHog: roles
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
  /** User UUIDs of the listed people in the role, in the order of `members`. */
  declare public readonly userUuids: pulumi.Output<string[]>;
  /** E-mail addresses of people in the role who are neither listed nor ignored. */
  declare public readonly unmanaged: pulumi.Output<string[]>;
  /** Listed people who are not in the organization yet. */
  declare public readonly waiting: pulumi.Output<string[]>;

  constructor(name: string, args: RoleMembersArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads the people of an existing role by its id or name without managing them. */
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
};
