import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";

/** A project that an invite opens. */
export interface InvitedProjectArgs {
  /** The project's number. */
  projectId: pulumi.Input<number | string>;
  /** What the person may do in it: `member` or `admin`; the levels 1 and 8 are accepted as well. */
  accessLevel: pulumi.Input<"member" | "admin" | 1 | 8>;
}

/** What an invite says and brings besides the level. It matters when an invite is made; members do not notice it. */
export interface InviteArgs {
  /** What the mail says, at most 1,000 characters. An open invite is not sent again for another message. */
  message?: pulumi.Input<string>;
  /** Whether PostHog mails the invite. Default true. Without a mail, pass the link on: `<host>/signup/<inviteId>`. */
  sendEmail?: pulumi.Input<boolean>;
  /** Access rules that the person gets on joining. Another list replaces an open invite, which mails again. */
  projectAccess?: pulumi.Input<pulumi.Input<InvitedProjectArgs>[]>;
}

/** The arguments of {@link OrganizationMember}. */
export interface OrganizationMemberArgs extends CommonArgs {
  /**
   * The person, as e-mail address (any case), or as user UUID where they are a member already. A new address of the
   * same person changes nothing. Replaces.
   */
  user: pulumi.Input<string>;
  /**
   * What they are in the organization: `member`, `admin` or `owner`; the levels 1, 8 and 15 are accepted as well.
   * There may be several owners. Without it members keep their level, and invites are for `member`. Updated in place.
   */
  level?: pulumi.Input<"member" | "admin" | "owner" | 1 | 8 | 15>;
  /** What the invite says and brings, for people who are not members yet. Updated in place. */
  invite?: pulumi.Input<InviteArgs>;
  /**
   * What destroying does to a member: `retain` leaves the person as they are, `demote` makes them a plain member,
   * `remove` takes them out of the organization, with their roles and access rules. An open invite is taken back in any
   * case. Default `retain`. Updated in place.
   */
  onDestroy?: pulumi.Input<"retain" | "demote" | "remove">;
}

/**
 * A person in the organization, from the invite on.
 *
 * ```ts
 * new posthog.OrganizationMember("ann", { user: "ann@acme.com", level: "admin" });
 * ```
 *
 * With a way into one project, and out of everything when it is destroyed:
 *
 * ```ts
 * new posthog.OrganizationMember("bob", {
 *   user: "bob@partner.com",
 *   level: "member",
 *   invite: {
 *     message: "Welcome to our analytics.",
 *     projectAccess: [{ projectId: staging.projectId, accessLevel: "member" }],
 *   },
 *   onDestroy: "remove",
 * });
 * ```
 *
 * Whoever is not a member is invited: `status` is `pending` until they accept, then `active`. The resource is the
 * person's, not the invite's, so it stays the same throughout. An invite runs out after three days; the next run sends a
 * new one. PostHog cannot change an invite, so another `level` replaces an open one, which mails again.
 *
 * Whoever is a member already, by single sign-on for example, is taken over without an invite where the level is as
 * declared or not declared; `adopt: true` changes another level. Nobody can change their own level, nobody invites or
 * promotes above their own, and the last owner stays: all of that is refused in the preview. An owner is demoted before
 * being removed. The person's account in PostHog stays in any case.
 *
 * `OrganizationMember.get(name, id)` takes the e-mail address, or the user UUID. The id is the address that the person
 * came in by, lower case, and stays when the address changes.
 *
 * Scopes: `organization_member:write`. Changing levels and removing takes an organization admin, making an owner an
 * owner; inviting is open to every member unless the organization reserves it to admins (plan feature
 * `organization_invite_settings`). PostHog: organization members API, organization invites API.
 */
export class OrganizationMember extends PosthogResource {
  declare public readonly user: pulumi.Output<string>;
  declare public readonly level: pulumi.Output<string | number | undefined>;
  declare public readonly invite: pulumi.Output<InviteArgs | undefined>;
  declare public readonly onDestroy: pulumi.Output<string | undefined>;
  /** How far the person has got: `active`, `pending` (invited) or `expired` (the invite has run out). */
  declare public readonly status: pulumi.Output<"active" | "pending" | "expired">;
  /** The person's e-mail address as PostHog has it. */
  declare public readonly email: pulumi.Output<string>;
  /** The person's user UUID, which stays when the e-mail address changes. Missing until they have joined. */
  declare public readonly userUuid: pulumi.Output<string | undefined>;
  /** The id of the membership, which access rules name. Missing until they have joined. */
  declare public readonly membershipId: pulumi.Output<string | undefined>;
  /** The id of the open or expired invite. It is secret: whoever has it can accept the invite. */
  declare public readonly inviteId: pulumi.Output<string | undefined>;
  /** When the invite was made, ISO 8601. */
  declare public readonly invitedAt: pulumi.Output<string | undefined>;
  /** Whether the person has set up two-factor authentication. Missing until they have joined. */
  declare public readonly is2faEnabled: pulumi.Output<boolean | undefined>;
  /** When the person last signed in, ISO 8601. Missing until they have. */
  declare public readonly lastLogin: pulumi.Output<string | undefined>;

  constructor(name: string, args: OrganizationMemberArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing member or invite by e-mail address or user UUID without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): OrganizationMember {
    return new OrganizationMember(name, { ...args } as OrganizationMemberArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "OrganizationMember",
  args: ["user", "level", "invite", "onDestroy"],
  outputs: [
    "status",
    "email",
    "userUuid",
    "membershipId",
    "inviteId",
    "invitedAt",
    "is2faEnabled",
    "lastLogin",
  ],
  secrets: ["inviteId"],
};
