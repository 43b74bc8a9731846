import type * as pulumi from "@pulumi/pulumi";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import { sameAsId } from "./previews";

/** How the members of a role are managed. */
export interface RolePeopleArgs {
  /**
   * What happens to members who are not listed: `additive` keeps them and reports them as `unmanaged`, `exclusive`
   * removes them. Default `additive`. Updated in place.
   */
  mode?: pulumi.Input<"additive" | "exclusive">;
  /**
   * The maximum share of the role's members that one update may remove, 0 to 1; ignored people do not count. A single
   * removal always passes, unless the limit is 0. A destroy has no limit. Default 0.25. Updated in place.
   */
  removalLimit?: pulumi.Input<number>;
  /**
   * People whose membership someone else manages, for example those that an identity provider adds by SCIM: as e-mail
   * address (any case), user UUID, or `*@` with an e-mail domain for everyone of that domain. Default: none. Updated in
   * place.
   */
  ignore?: pulumi.Input<pulumi.Input<string | undefined>[]>;
  /**
   * Whether to wait for listed people who are not in the organization, and add them to the role in the first run after
   * they have joined; otherwise they are an error. Useful for an identity provider's groups. People who have an invite,
   * or get one from this program, always count as waiting. Default false. Updated in place.
   */
  waitForMembers?: pulumi.Input<boolean>;
}

/** The arguments of a {@link Role}. */
export interface RoleArgs extends CommonArgs, RolePeopleArgs {
  /** Name, 1 to 200 characters, unique in the organization in any case. Updated in place; the id stays. */
  name: pulumi.Input<string>;
  /**
   * The members of the role, as e-mail addresses (any case) or user UUIDs, in any order. May be the output of an
   * identity provider's group. If it is missing, no membership is managed; removing the argument keeps every member.
   * Updated in place.
   */
  members?: pulumi.Input<pulumi.Input<string | undefined>[]>;
}

/**
 * A role, with or without its members.
 *
 * ```ts
 * const analysts = new posthog.Role("analysts", { name: "Analysts", members: ["ann@acme.com", "bob@acme.com"] });
 * ```
 *
 * Exactly the members of a group, some of whom have not signed in yet:
 *
 * ```ts
 * const { users } = okta.user.getUsersOutput({ groupId: group.id });
 * const engineers = new posthog.Role("engineers", {
 *   name: "Engineers",
 *   members: users.apply((all: { email: string }[]) => all.map(({ email }) => email)),
 *   mode: "exclusive",
 *   waitForMembers: true,
 * });
 * ```
 *
 * The preview lists who joins and who leaves. A role gives access only through rules, which `ProjectMember` and
 * `ProjectAccess` create. `defaultRoleId` of `OrganizationSettings` makes a role the default of new members. If SCIM is
 * on, a group with the role's name also writes the role: see `RoleMembers`. Renaming the role in PostHog loses nothing:
 * the new name shows as drift.
 *
 * An existing role with the same name is an error, unless `adopt: true` takes it over. So is an update that would
 * remove more people than `removalLimit` allows.
 *
 * Destroying the role removes everyone from it and deletes its access rules; if it is the default role, new members
 * then get none.
 *
 * `Role.get(name, id)` takes the role's id, or its name.
 *
 * Scopes: `organization:write`; with `members` also `organization_member:read`. Level: organization admin. Roles exist
 * on every plan; rules for them require the feature `role_based_access`. PostHog: roles API.
 */
export class Role extends PosthogResource {
  declare public readonly name: pulumi.Output<string>;
  declare public readonly members: pulumi.Output<string[] | undefined>;
  declare public readonly mode: pulumi.Output<string | undefined>;
  declare public readonly removalLimit: pulumi.Output<number | undefined>;
  declare public readonly ignore: pulumi.Output<string[] | undefined>;
  declare public readonly waitForMembers: pulumi.Output<boolean | undefined>;
  /** The role's UUID, which stays when it is renamed. */
  declare public readonly roleId: pulumi.Output<string>;
  /** Whether new members of the organization get the role. */
  declare public readonly isDefault: pulumi.Output<boolean>;
  /** How many members the role has, listed or not. */
  declare public readonly memberCount: pulumi.Output<number>;
  /** User UUIDs of the listed members, in the order of `members`. Missing without `members`. */
  declare public readonly userUuids: pulumi.Output<string[] | undefined>;
  /** E-mail addresses of members who are neither listed nor ignored. Missing without `members`. */
  declare public readonly unmanaged: pulumi.Output<string[] | undefined>;
  /** Listed people who are not in the organization yet. Missing without `members`. */
  declare public readonly waiting: pulumi.Output<string[] | undefined>;

  constructor(name: string, args: RoleArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing role by its id or name without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): Role {
    return new Role(name, { ...args } as RoleArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "Role",
  args: ["name", "members", "mode", "removalLimit", "ignore", "waitForMembers"],
  outputs: ["roleId", "isDefault", "memberCount", "userUuids", "unmanaged", "waiting"],
  secrecy: outputSecrecy.Role,
  known: { roleId: sameAsId },
};
