import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { RolePeopleArgs } from "./rolePeople";

/** The arguments of a {@link Role}. */
export interface RoleArgs extends CommonArgs, RolePeopleArgs {
  /** Name, 1 to 200 characters, unique in the organization whatever its capitals. Updated in place; the id stays. */
  name: pulumi.Input<string>;
  /**
   * Who is in the role, as e-mail addresses (any case) or user UUIDs, in any order. May be the output of an identity
   * provider's group. Without it nobody's membership is managed here; taking it out leaves everybody in. Updated in
   * place.
   */
  members?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * A role, and its people where they are listed.
 *
 * ```ts
 * const analysts = new posthog.Role("analysts", { name: "Analysts", members: ["ann@acme.com", "bob@acme.com"] });
 * ```
 *
 * Exactly the people of a group, some of whom have not signed in yet:
 *
 * ```ts
 * const engineers = new posthog.Role("engineers", {
 *   name: "Engineers",
 *   members: okta.group.members,
 *   mode: "exclusive",
 *   waitForMembers: true,
 * });
 * ```
 *
 * The preview says in words who joins and who leaves. A role gives access only through rules: `ProjectMember` and
 * `ProjectAccess` make them. It is not made the default role of newcomers here: that is `defaultRoleId` of
 * `OrganizationSettings`. Where SCIM writes the same role, the preview warns: leave its people to one of the two.
 *
 * Destroying a role takes everybody out of it and removes its access rules, and a default role is none any more. A role
 * of the same name that exists already is taken over with `adopt: true`. Renaming it in PostHog loses nothing: it shows
 * as drift.
 *
 * `Role.get(name, id)` takes the role's id, or its name.
 *
 * Scopes: `organization:write`; with `members` also `organization_member:read`. Takes an organization admin. Roles
 * exist on every plan; rules for them take the feature `role_based_access`. PostHog: roles API.
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
  /** Whether it is the role that newcomers get. */
  declare public readonly isDefault: pulumi.Output<boolean>;
  /** How many people are in the role, listed or not. */
  declare public readonly memberCount: pulumi.Output<number>;
  /** User UUIDs of the listed people in the role, in the order of `members`. Missing without `members`. */
  declare public readonly userUuids: pulumi.Output<string[] | undefined>;
  /** E-mail addresses of people in the role who are neither listed nor ignored. Missing without `members`. */
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
};
