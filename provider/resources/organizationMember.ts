import type * as pulumi from "@pulumi/pulumi";
import { outputSecrecy } from "../engine/secretOutputs";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";

/** Access to a project that comes with an invite. */
export interface InvitedProjectArgs {
  /** The project's number. */
  projectId: pulumi.Input<number | string>;
  /** The level in the project: `member` or `admin`. The numbers 1 and 8 mean the same: prefer the words. */
  accessLevel: pulumi.Input<"member" | "admin" | 1 | 8>;
}

/**
 * The content of an invite besides the level. It only matters when an invite is created; it does not change a
 * membership.
 */
export interface InviteArgs {
  /** Text of the e-mail, at most 1,000 characters. Changing it does not resend an open invite. */
  message?: pulumi.Input<string>;
  /**
   * Whether PostHog e-mails the invite. Default true. Otherwise, pass the link on yourself: `<host>/signup/<inviteId>`.
   */
  sendEmail?: pulumi.Input<boolean>;
  /**
   * Access rules that the person gets on joining. Changing the list replaces an open invite, which sends another
   * e-mail.
   */
  projectAccess?: pulumi.Input<pulumi.Input<InvitedProjectArgs>[]>;
}

/** The arguments of {@link OrganizationMember}. */
export interface OrganizationMemberArgs extends CommonArgs {
  /**
   * The person, as e-mail address (any case), or as user UUID if they are already a member. A new address of the same
   * person changes nothing. Replaces.
   */
  user: pulumi.Input<string | undefined>;
  /**
   * The level in the organization: `member`, `admin` or `owner`. The numbers 1, 8 and 15 mean the same: prefer the
   * words. There may be several owners. Default: members keep their level, and invites are for `member`. Updated in
   * place.
   */
  level?: pulumi.Input<"member" | "admin" | "owner" | 1 | 8 | 15>;
  /** The content of the invite, for people who are not members yet. Updated in place. */
  invite?: pulumi.Input<InviteArgs>;
  /**
   * What happens to a member on destroy: `retain` leaves the membership unchanged, `demote` changes its level to
   * `member`, `remove` removes the person from the organization, with their roles and access rules. An open invite is
   * always revoked. Default `retain`. Updated in place.
   */
  onDestroy?: pulumi.Input<"retain" | "demote" | "remove">;
}

/**
 * A person in the organization, starting with the invite.
 *
 * ```ts
 * new posthog.OrganizationMember("ann", { user: "ann@acme.com", level: "admin" });
 * ```
 *
 * Invited to one project, and removed from the organization on destroy:
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
 * A person who is not a member gets an invite: `status` is `pending` until they accept it, then `active`. The resource
 * represents the person, not the invite, so it stays the same throughout. An invite expires after three days; the next
 * run sends a new one. PostHog cannot change an invite, so another `level` replaces an open one, which sends another
 * e-mail.
 *
 * A person who is already a member, for example by single sign-on, needs no invite: the resource takes over the
 * membership if the level matches or is not declared. Another level is an error, unless `adopt: true` changes it.
 *
 * If SCIM is on for the person's domain and a member disappears, the identity provider may have deactivated them:
 * PostHog's log does not say. So they are not invited again automatically. A refresh sets `status` to `left`, and each
 * preview says so: remove the resource from the program, or change `invite` (its message, for example) to invite them
 * again.
 *
 * The preview rejects a change of the key owner's own level, an invite or promotion above that level, and the removal
 * of the last owner.
 *
 * Destroying it revokes an open invite; `onDestroy` decides what happens to a member. An owner is demoted before being
 * removed. The person's PostHog account always stays.
 *
 * `OrganizationMember.get(name, id)` takes the e-mail address, or the user UUID. The id is the address that the person
 * joined with, lower case, and stays when the address changes.
 *
 * Scopes: `organization_member:write`. Only organization admins may change levels and remove members, and only owners
 * may make someone an owner; every member may invite, unless the organization restricts that to admins (plan feature
 * `organization_invite_settings`). PostHog: organization members API, organization invites API.
 */
export class OrganizationMember extends PosthogResource {
  declare public readonly user: pulumi.Output<string>;
  declare public readonly level: pulumi.Output<string | number | undefined>;
  declare public readonly invite: pulumi.Output<InviteArgs | undefined>;
  declare public readonly onDestroy: pulumi.Output<string | undefined>;
  /**
   * `active`, `pending` (invited), `expired` (the invite has expired), or `left`: no longer a member, and not invited
   * again, because SCIM is on for their domain.
   */
  declare public readonly status: pulumi.Output<"active" | "pending" | "expired" | "left">;
  /** The person's e-mail address in PostHog. */
  declare public readonly email: pulumi.Output<string>;
  /** The person's user UUID, which stays when the e-mail address changes. Missing until they have joined. */
  declare public readonly userUuid: pulumi.Output<string | undefined>;
  /** The id of the membership, which access rules refer to. Missing until they have joined. */
  declare public readonly membershipId: pulumi.Output<string | undefined>;
  /** Secret. The id of the open or expired invite: anyone who has it can accept the invite. */
  declare public readonly inviteId: pulumi.Output<string | undefined>;
  /** When the invite was created, ISO 8601. */
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
  secrecy: outputSecrecy.OrganizationMember,
};
