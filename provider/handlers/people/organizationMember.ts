import { organizationLevelName, organizationLevels } from "../../access/levels";
import { inviteRefusal, levelChangeRefusal, type Refusal, removalRefusal } from "../../access/membership";
import { dayMs } from "../../access/values";
import { organizationLevelArg, sameOrganizationLevel } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { Live } from "../../engine/definition";
import type { Properties } from "../../engine/state";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { answered, RefusedError } from "../../posthog/errors";
import { createInvite, deleteInvite, type Invite, inviteDays } from "../../posthog/invites";
import {
  listMembers,
  type Member,
  memberOf,
  membersCollection,
  refuseHiddenMembers,
  removeMember,
  setMemberLevel,
} from "../../posthog/members";
import { isSamePerson, personAsDeclared, personReference } from "../references";
import { reviewMembership } from "./organizationMemberPreview";
import {
  bringsWhatIsDeclared,
  findMembershipStatus,
  inviteFields,
  levelNumber,
  type MembershipArgs,
  type MembershipStatus,
  membershipArgs,
  projectAccessOf,
  sameInvite,
} from "./organizationMemberStatus";

const titleOf = ({ user }: Partial<MembershipArgs>): string =>
  user === undefined ? "an organization member" : `organization member ${user}`;

function toLive(
  id: string,
  standing: MembershipStatus,
  declared: Partial<MembershipArgs>,
  state: Properties,
): Live<MembershipArgs> {
  const { member, invite } = standing;
  const email = standing.member === undefined ? standing.invite.target_email : standing.member.user.email;
  const level = organizationLevelName(member?.level ?? invite?.level ?? organizationLevels.member);
  return {
    id,
    args: {
      user: personAsDeclared(declared.user, { email, uuid: member?.user.uuid }, state),
      level: organizationLevelArg.safeParse(level).data,
      invite: invite === undefined ? declared.invite : inviteArgOf(invite, declared),
      onDestroy: declared.onDestroy,
    },
    outputs: { email, ...(member === undefined ? inviteOutputs(invite) : memberOutputs(member)) },
  };
}

/** What can be read back of the declared invite: what it opens, not what it said. */
function inviteArgOf(
  invite: Invite,
  { invite: declared }: Partial<MembershipArgs>,
): MembershipArgs["invite"] {
  if (declared?.projectAccess === undefined) return declared;
  return { ...declared, projectAccess: projectAccessOf(invite) };
}

function memberOutputs(member: Member): Properties {
  return {
    status: "active",
    userUuid: member.user.uuid,
    membershipId: member.id,
    is2faEnabled: member.is_2fa_enabled ?? undefined,
    lastLogin: member.last_login ?? undefined,
  };
}

function inviteOutputs(invite: Invite): Properties {
  return {
    status: invite.is_expired === true ? "expired" : "pending",
    inviteId: invite.id,
    invitedAt: invite.created_at ?? undefined,
  };
}

function refuse(what: string, refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new RefusedError(`${what} was refused`, refusal);
}

async function changeOf(connection: Connection, member: Member) {
  const [caller, everybody] = [await getCallerMember(connection), await listMembers(connection)];
  return { caller, member, everybody };
}

async function setLevel(connection: Connection, member: Member, level: number): Promise<Member> {
  if (member.level === level) return member;
  const what = `making ${member.user.email} ${organizationLevelName(level)} of the organization`;
  refuse(what, levelChangeRefusal(await changeOf(connection, member), level));
  return setMemberLevel(connection, member, level, what);
}

/** Brings somebody as far as it takes: a member gets the level, anybody else an invite, unless an open one will do. */
async function ensure(
  connection: Connection,
  id: string,
  standing: MembershipStatus | undefined,
  declared: MembershipArgs,
  state: Properties,
): Promise<Live<MembershipArgs>> {
  if (standing?.member !== undefined) {
    const member = await setLevel(
      connection,
      standing.member,
      levelNumber(declared) ?? standing.member.level,
    );
    return toLive(id, { member }, declared, state);
  }
  if (standing !== undefined && bringsWhatIsDeclared(standing.invite, declared)) {
    return toLive(id, standing, declared, state);
  }
  const level = levelNumber(declared) ?? organizationLevels.member;
  refuse(`inviting ${declared.user}`, inviteRefusal(await getCallerMember(connection), level));
  try {
    const invite = await createInvite(connection, inviteFields(declared, standing?.invite));
    return toLive(id, { invite }, declared, state);
  } catch (error) {
    if (!answered(error, 400) || !/already belongs/i.test(error.answer.detail)) throw error;
    // Somebody who signs in while the run is under way joins without the invite.
    connection.collections.forget(membersCollection);
    const member = memberOf(declared.user, await listMembers(connection));
    if (member === undefined) throw error;
    return ensure(connection, id, { member }, declared, state);
  }
}

async function takeOut(connection: Connection, member: Member, how: unknown): Promise<void> {
  if (how === "demote") await setLevel(connection, member, organizationLevels.member);
  if (how !== "remove") return;
  const what = `removing ${member.user.email} from the organization`;
  refuse(what, removalRefusal(await changeOf(connection, member)));
  // PostHog lets no owner go.
  const removable =
    member.level === organizationLevels.owner
      ? await setLevel(connection, member, organizationLevels.member)
      : member;
  await removeMember(connection, removable);
}

/** Why somebody whose way in was still open is looked at again although nothing was changed. */
async function updateReason(
  connection: Connection,
  { user }: Partial<MembershipArgs>,
  state: Properties,
): Promise<string | undefined> {
  if (state.status !== "pending" && state.status !== "expired") return undefined;
  const invitedAt = typeof state.invitedAt === "string" ? Date.parse(state.invitedAt) : Number.NaN;
  const ranOut = state.status === "expired" || connection.clock.now() - invitedAt > inviteDays * dayMs;
  if (!connection.configuration.preflight) {
    return ranOut
      ? "the invite has run out unless it was accepted: the run looks, and sends a new one"
      : undefined;
  }
  const standing = await findMembershipStatus(connection, [state.userUuid, state.email, user]);
  if (standing?.member !== undefined) return "has joined the organization";
  if (standing === undefined) return "the invite was taken back: a new one is sent";
  return standing.invite.is_expired === true ? "the invite has expired: a new one is sent" : undefined;
}

/** Lifecycle of `OrganizationMember`. */
export const organizationMember = defineResource({
  type: "OrganizationMember",
  args: membershipArgs,
  fields: {
    user: personReference,
    level: { same: sameOrganizationLevel },
    invite: { same: sameInvite },
    onDestroy: {},
  },
  existing: "acceptEqual",
  title: titleOf,
  needs: (declared) => ({
    scopes: ["organization_member:write"],
    level:
      (levelNumber(declared) ?? 1) > 1 || declared.onDestroy === "demote" || declared.onDestroy === "remove"
        ? 8
        : undefined,
  }),
  claims: async ({ user }, spellings) =>
    user === undefined ? [] : (await spellings.user(user)).map((name) => `member/${name}`),
  review: reviewMembership,
  isSameReference: async (connection, argument, declared, state) =>
    argument === "user" && (await isSamePerson(connection, declared, state)),
  updateReason: updateReason,
  onExternalDelete: "the next update invites them again",
  async find(connection, declared) {
    if (declared.user === undefined) return undefined;
    const standing = await findMembershipStatus(connection, [declared.user]);
    if (standing === undefined || standing.invite?.is_expired === true) return undefined;
    return toLive(idOf(declared.user, standing), standing, declared, {});
  },
  async observe(connection, id, state) {
    const standing = await findMembershipStatus(connection, [state.userUuid, id, state.email]);
    if (standing !== undefined) {
      return toLive(id.toLowerCase(), standing, declaredIn(membershipArgs, state), state);
    }
    await refuseHiddenMembers(connection, String(state.email ?? id));
    return undefined;
  },
  async create(connection, declared) {
    const standing = await findMembershipStatus(connection, [declared.user]);
    return ensure(connection, idOf(declared.user, standing), standing, declared, {});
  },
  async update(connection, live, declared, state) {
    const standing = await findMembershipStatus(connection, [state.userUuid, live.id, live.outputs.email]);
    return ensure(connection, live.id, standing, declared, state);
  },
  async delete(connection, live, state) {
    const standing = await findMembershipStatus(connection, [
      live.outputs.userUuid,
      live.id,
      live.outputs.email,
    ]);
    if (standing?.invite !== undefined) await deleteInvite(connection, standing.invite);
    if (standing?.member !== undefined) await takeOut(connection, standing.member, state.onDestroy);
  },
});

/** The e-mail address that somebody came in by; it stays the id when the address changes. */
function idOf(user: string, standing: MembershipStatus | undefined): string {
  return (standing?.member?.user.email ?? user).toLowerCase();
}
