import * as z from "zod";
import { organizationLevelOf, organizationLevels, projectLevelOf } from "../../access/levels";
import type { Refusal } from "../../access/membership";
import { onOff, organizationLevelArg, projectId, projectIdOf, text, userArg } from "../../arguments/fields";
import type { ArgsOf } from "../../engine/definition";
import { sameJson } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { NotFoundError } from "../../posthog/errors";
import { type Invite, type InviteFields, inviteOf, listInvites } from "../../posthog/invites";
import { listMembers, type Member, memberOf } from "../../posthog/members";

const invitedLevel = z.union([z.enum(["member", "admin"]), z.literal(1), z.literal(8)], {
  error: "must be member or admin (or the numbers 1 for member, 8 for admin)",
});

const inviteArg = z.strictObject({
  message: text(1000).optional(),
  sendEmail: onOff.optional(),
  projectAccess: z
    .array(
      z.strictObject({ projectId, accessLevel: invitedLevel }),
      "must be a list of projects with a level",
    )
    .optional(),
});

export const membershipArgs = z.strictObject({
  user: userArg,
  level: organizationLevelArg.optional(),
  invite: inviteArg.optional(),
  onDestroy: z.enum(["retain", "demote", "remove"], "must be retain, demote or remove").optional(),
});

export type MembershipArgs = ArgsOf<(typeof membershipArgs)["shape"]>;

/** A member, or a person with an invite. */
export type MembershipStatus =
  | { readonly member: Member; readonly invite?: undefined }
  | { readonly invite: Invite; readonly member?: undefined };

/** Finds a person by any of their names: as a member, otherwise by an invite for the address. */
export async function findMembershipStatus(
  connection: Connection,
  names: readonly unknown[],
): Promise<MembershipStatus | undefined> {
  const known = names.filter((name) => typeof name === "string");
  const members = await listMembers(connection);
  const member = known.flatMap((name) => memberOf(name, members) ?? [])[0];
  if (member !== undefined) return { member };
  const invites = await listInvites(connection);
  const invite = known.flatMap((name) => inviteOf(name, invites) ?? [])[0];
  return invite === undefined ? undefined : { invite };
}

/** The declared level as PostHog's number; undefined leaves it alone. */
export function levelNumber({ level }: Partial<MembershipArgs>): number | undefined {
  return level === undefined ? undefined : organizationLevels[organizationLevelOf(level)];
}

/**
 * Whether an open invite gives what is declared. Its message, and whether it was mailed, do not count: they matter only
 * when PostHog sends an invite, and a new one would mean another e-mail.
 */
export function isInviteAsDeclared(invite: Invite, declared: Partial<MembershipArgs>): boolean {
  const level = levelNumber(declared);
  return (
    invite.is_expired !== true &&
    (level === undefined || level === invite.level) &&
    (declared.invite?.projectAccess === undefined ||
      sameJson(accessOf(declared.invite.projectAccess), accessOf(projectAccessOf(invite))))
  );
}

type ProjectAccess = NonNullable<NonNullable<MembershipArgs["invite"]>["projectAccess"]>;

/** The projects that an invite gives access to, in the form of the argument; older servers write levels as numbers. */
export function projectAccessOf({ private_project_access: access }: Invite): ProjectAccess {
  return (access ?? []).map(({ id, level }) => ({
    projectId: id,
    accessLevel: level === "admin" || level === 8 ? "admin" : "member",
  }));
}

/** Whether two declared invites are the same. */
export function sameInvite(one: unknown, other: unknown): boolean {
  const [left, right] = [inviteArg.safeParse(one), inviteArg.safeParse(other)];
  if (!left.success || !right.success) return sameJson(one, other);
  const comparable = ({ projectAccess, ...rest }: z.infer<typeof inviteArg>): unknown => ({
    ...rest,
    ...(projectAccess === undefined ? {} : { access: accessOf(projectAccess) }),
  });
  return sameJson(comparable(left.data), comparable(right.data));
}

function accessOf(projects: ProjectAccess): Record<string, string> {
  return Object.fromEntries(
    projects.map((project) => [projectIdOf(project.projectId), projectLevelOf(project.accessLevel)]),
  );
}

/** The invite to send; it repeats the spelling of an earlier one's address to replace that one. */
export function inviteFields(declared: MembershipArgs, earlier: Invite | undefined): InviteFields {
  const { message, sendEmail, projectAccess } = declared.invite ?? {};
  const refusal = notInvitable(declared.user);
  if (refusal !== undefined) throw new NotFoundError(`${declared.user} cannot be invited`, refusal);
  const access = Object.entries(accessOf(projectAccess ?? []));
  return {
    target_email: earlier?.target_email ?? declared.user.toLowerCase(),
    level: levelNumber(declared),
    message,
    send_email: sendEmail,
    private_project_access:
      projectAccess === undefined ? undefined : access.map(([id, level]) => ({ id: Number(id), level })),
  };
}

/** Why nobody can be invited by this name; undefined if they can. */
export function notInvitable(user: string): Refusal | undefined {
  if (user.includes("@")) return undefined;
  return {
    why: "No member of the organization has this user UUID, and PostHog invites people by e-mail address.",
    fix: "Declare the person's e-mail address.",
  };
}
