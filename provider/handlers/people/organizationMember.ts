import * as z from "zod";
import { mailedTextProblem } from "../../access/addresses";
import { organizationAdmin, organizationLevelName, organizationLevels } from "../../access/levels";
import { inviteRefusal, levelChangeRefusal, type Refusal, removalRefusal } from "../../access/membership";
import { nearest } from "../../access/nearest";
import { dateOf, dayMs, emailDomain } from "../../access/values";
import { organizationLevelArg, projectIdOf, sameOrganizationLevel, sameText } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import { type Checkpoint, isAdoption, type Live, type Review } from "../../engine/definition";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import { unfinishedIn } from "../../engine/unfinished";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { listDomains } from "../../posthog/domains";
import { answered, NotFoundError, RefusedError } from "../../posthog/errors";
import { exclusive } from "../../posthog/exclusive";
import { createInvite, deleteInvite, type Invite, inviteDays } from "../../posthog/invites";
import {
  keptMembers,
  listMembers,
  type Member,
  memberOf,
  refuseHiddenMembers,
  removeMember,
  setMemberLevel,
} from "../../posthog/members";
import { hasFeature, isOfAugust2025, readableOrganization } from "../../posthog/organizations";
import { listProjects } from "../../posthog/projects";
import { wordsForLevels } from "../levels";
import { isSamePerson, personAsDeclared, personReference } from "../references";
import { leftMember, whyLeft, whyNotInvited } from "./leftMember";
import {
  findMembershipStatus,
  inviteFields,
  isInviteAsDeclared,
  levelNumber,
  type MembershipArgs,
  type MembershipStatus,
  membershipArgs,
  notInvitable,
  projectAccessOf,
  sameInvite,
} from "./organizationMemberStatus";
import { scimOf } from "./scim";

const titleOf = ({ user }: Partial<MembershipArgs>): string =>
  user === undefined ? "an organization member" : `organization member ${user}`;

function toLive(
  id: string,
  status: MembershipStatus,
  declared: Partial<MembershipArgs>,
  state: Properties,
): Live<MembershipArgs> {
  const { member, invite } = status;
  const email = status.member === undefined ? status.invite.target_email : status.member.user.email;
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

/** The declared invite with the projects that the open one gives access to; its message cannot be read back. */
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

/** Changes someone's membership, one at a time: what is allowed depends on the other members. */
function judgedChange<T>(
  connection: Connection,
  { id }: Member,
  change: (member: Member | undefined) => Promise<T>,
): Promise<T> {
  return exclusive(connection, { lists: ["members"] }, async () =>
    change(await keptMembers(connection).get(id)),
  );
}

async function setLevel(connection: Connection, member: Member, level: number): Promise<Member> {
  if (member.level === level) return member;
  return judgedChange(connection, member, (now = member) => setLevelOf(connection, now, level));
}

async function setLevelOf(connection: Connection, member: Member, level: number): Promise<Member> {
  if (member.level === level) return member;
  const what = `making ${member.user.email} ${organizationLevelName(level)} of the organization`;
  refuse(what, levelChangeRefusal(await changeOf(connection, member), level));
  return setMemberLevel(connection, member, level, what);
}

/** Sets a member's level, or invites a person who is not a member, unless an open invite already matches. */
async function ensure(
  connection: Connection,
  id: string,
  status: MembershipStatus | undefined,
  declared: MembershipArgs,
  state: Properties,
  checkpoint: Checkpoint,
): Promise<Live<MembershipArgs>> {
  if (status?.member !== undefined) {
    checkpoint(id, whileUnfinished(status.member, state), { level: earlierLevel(status.member, state) });
    const member = await setLevel(connection, status.member, levelNumber(declared) ?? status.member.level);
    return toLive(id, { member }, declared, state);
  }
  if (status !== undefined && isInviteAsDeclared(status.invite, declared)) {
    return toLive(id, status, declared, state);
  }
  const level = levelNumber(declared) ?? organizationLevels.member;
  refuse(`inviting ${declared.user}`, inviteRefusal(await getCallerMember(connection), level));
  checkpoint(id, { email: status?.invite.target_email ?? declared.user.toLowerCase() });
  try {
    const invite = await createInvite(connection, inviteFields(declared, status?.invite));
    return toLive(id, { invite }, declared, state);
  } catch (error) {
    if (!answered(error, 400) || !/already belongs/i.test(error.answer.detail)) throw error;
    // A person who signs in during the run joins without the invite.
    keptMembers(connection).forget();
    const member = memberOf(declared.user, await listMembers(connection));
    if (member === undefined) throw error;
    return ensure(connection, id, { member }, declared, state, checkpoint);
  }
}

const unfinishedLevel = z.object({ level: z.number().optional().catch(undefined) });

/** The level that a member had before the failed write; otherwise the current one. */
function earlierLevel(member: Member, state: Properties): number {
  return unfinishedLevel.parse(unfinishedIn(state)).level ?? member.level;
}

/**
 * What is true of a member until the write has succeeded: a resource that fails to take over a member does not remove
 * them.
 */
function whileUnfinished(member: Member, state: Properties): Properties {
  const wasThere = isAdoption(state) ? { onDestroy: "retain" } : {};
  return { email: member.user.email, ...memberOutputs(member), ...wasThere };
}

/**
 * Ends the resource of a member. If the program asks for nothing else, it resets a level that a failed write may have
 * set.
 */
async function endMembership(connection: Connection, member: Member, state: Properties): Promise<void> {
  const { onDestroy = "retain" } = state;
  if (onDestroy !== "retain") return removeOrDemote(connection, member, onDestroy);
  await setLevel(connection, member, earlierLevel(member, state));
}

async function removeOrDemote(connection: Connection, member: Member, how: unknown): Promise<void> {
  if (how === "demote") await setLevel(connection, member, organizationLevels.member);
  if (how === "remove") await judgedChange(connection, member, (now) => remove(connection, now));
}

async function remove(connection: Connection, member: Member | undefined): Promise<void> {
  if (member === undefined) return;
  const what = `removing ${member.user.email} from the organization`;
  refuse(what, removalRefusal(await changeOf(connection, member)));
  // PostHog does not remove owners.
  const removable =
    member.level === organizationLevels.owner
      ? await setLevelOf(connection, member, organizationLevels.member)
      : member;
  await removeMember(connection, removable);
}

/** Why a person with unchanged arguments is updated: their invite was accepted, deleted or has expired. */
async function updateReason(
  connection: Connection,
  { user }: Partial<MembershipArgs>,
  state: Properties,
): Promise<string | undefined> {
  if (state.status === "left") {
    if (!connection.configuration.preflight) return undefined;
    const status = await findMembershipStatus(connection, [state.userUuid, state.email, user]);
    return status?.member === undefined ? undefined : "is in the organization again";
  }
  if (state.status !== "pending" && state.status !== "expired") return undefined;
  const invitedAt = typeof state.invitedAt === "string" ? Date.parse(state.invitedAt) : Number.NaN;
  const expired = state.status === "expired" || connection.clock.now() - invitedAt > inviteDays * dayMs;
  if (!connection.configuration.preflight) {
    return expired
      ? "the invite has expired unless it was accepted; the update checks, and sends a new one if needed"
      : undefined;
  }
  const status = await findMembershipStatus(connection, [state.userUuid, state.email, user]);
  if (status?.member !== undefined) return "has joined the organization";
  if (status === undefined) {
    const hidden = await whyInviteHidden(connection, state);
    return hidden === undefined ? "the invite was deleted; the update sends a new one" : undefined;
  }
  return status.invite.is_expired === true ? "the invite has expired; the update sends a new one" : undefined;
}

/** Reports what changes for a person, and what PostHog would reject. */
async function reviewMembership(
  connection: Connection,
  { args: declared, before }: Review<MembershipArgs>,
): Promise<Finding[]> {
  if (declared.user === undefined) return [];
  const status = await findMembershipStatus(connection, [declared.user]);
  const earlier = await reviewEarlierAddress(connection, before?.user, declared.user);
  if (status?.member !== undefined) {
    return [...earlier, ...(await reviewMember(connection, status.member, declared))];
  }
  if (before !== undefined && status === undefined && sameText(before.user, declared.user)) {
    const providers = await scimOf(connection, declared.user);
    if (providers.length > 0 && sameInvite(before.invite, declared.invite)) {
      return [warning(whyNotInvited(providers))];
    }
    return [
      notice(
        "no member has this address now; the update looks for the person of the last run, and else invites the address",
      ),
    ];
  }
  return [...earlier, ...(await reviewInvite(connection, declared.user, declared, status?.invite))];
}

/** Reports that the open invite for the earlier address is deleted. */
async function reviewEarlierAddress(
  connection: Connection,
  before: string | undefined,
  user: string,
): Promise<Finding[]> {
  if (before === undefined || sameText(before, user)) return [];
  const status = await findMembershipStatus(connection, [before]);
  return status?.invite === undefined ? [] : [notice(`deletes the open invite of ${before}`)];
}

async function reviewMember(
  connection: Connection,
  member: Member,
  declared: Partial<MembershipArgs>,
): Promise<Finding[]> {
  const change = await changeOf(connection, member);
  const findings: Finding[] = [];
  const level = levelNumber(declared) ?? member.level;
  const [from, to] = [organizationLevelName(member.level), organizationLevelName(level)];
  const refusal = levelChangeRefusal(change, level);
  if (refusal !== undefined) {
    findings.push(problem("level", `${member.user.email} is ${from} and cannot become ${to}`, refusal));
  } else if (level !== member.level) {
    findings.push(notice(`changes from ${from} to ${to}`));
  }
  if (declared.onDestroy === "remove") {
    const later = removalRefusal(change);
    if (later !== undefined) findings.push(warning(`onDestroy: remove would be refused: ${later.why}`));
  }
  return findings;
}

async function reviewInvite(
  connection: Connection,
  user: string,
  declared: Partial<MembershipArgs>,
  invite: Invite | undefined,
): Promise<Finding[]> {
  const noAddress = notInvitable(user);
  if (noAddress !== undefined) return [problem("user", "cannot be invited", noAddress)];
  const since = invite?.created_at == null ? "" : ` since ${dateOf(invite.created_at)}`;
  if (invite !== undefined && isInviteAsDeclared(invite, declared)) {
    return [notice(`is already invited${since}; the update sends no new invite`)];
  }
  const level = levelNumber(declared) ?? organizationLevels.member;
  const refusal = inviteRefusal(await getCallerMember(connection), level);
  if (refusal !== undefined) return [problem("level", "cannot be invited", refusal)];
  return [
    notice(await inviteEffect(connection, user, level, invite)),
    ...(await reviewSettings(connection, user)),
    ...(await reviewMessage(connection, declared)),
    ...(await reviewProjects(connection, declared)),
  ];
}

async function inviteEffect(
  connection: Connection,
  user: string,
  level: number,
  invite: Invite | undefined,
): Promise<string> {
  const as = `as ${organizationLevelName(level)}`;
  if (invite?.is_expired === true) return `the invite has expired; the update sends a new one ${as}`;
  if (invite !== undefined)
    return `PostHog cannot change an invite; the update sends a new one ${as}, and the open one ends`;
  const addresses = (await listMembers(connection)).map((member) => member.user.email.toLowerCase());
  const near = nearest(user.toLowerCase(), addresses);
  return `is not a member; the update invites them ${as}${near === undefined ? "" : ` (the nearest member is ${near})`}`;
}

/** Settings of the organization that prevent an invite. */
async function reviewSettings(connection: Connection, user: string): Promise<Finding[]> {
  const organization = await readableOrganization(connection);
  if (organization === undefined) return [];
  const mayNot =
    organization.members_can_invite === false &&
    hasFeature(organization, "organization_invite_settings") !== false &&
    (organization.membership_level ?? organizationAdmin) < organizationAdmin;
  if (mayNot) {
    const fix = "use an admin's key, or let members invite (membersCanInvite of OrganizationSettings)";
    return [problem(undefined, `only admins of ${organization.name} may invite people`, { fix })];
  }
  if (organization.enforce_verified_domains !== true) return [];
  const domain = emailDomain(user);
  const verified = (await listDomains(connection)).some((one) => one.is_verified && one.domain === domain);
  return verified
    ? []
    : [warning(`${organization.name} admits only verified e-mail domains, and ${domain} is not verified`)];
}

async function reviewMessage(
  connection: Connection,
  { invite }: Partial<MembershipArgs>,
): Promise<Finding[]> {
  const refusal = invite?.message === undefined ? undefined : mailedTextProblem(invite.message, "message");
  const organization = await readableOrganization(connection);
  if (refusal === undefined || (organization !== undefined && isOfAugust2025(organization))) return [];
  return [problem("invite.message", refusal)];
}

/** Checks that the projects of an invite exist; PostHog checks it for a key that may not list them. */
async function reviewProjects(
  connection: Connection,
  { invite }: Partial<MembershipArgs>,
): Promise<Finding[]> {
  const wanted = invite?.projectAccess ?? [];
  if (wanted.length === 0) return [];
  try {
    const projects = await listProjects(connection);
    return wanted.flatMap(({ projectId }, at) =>
      projects.some(({ id }) => id === projectIdOf(projectId))
        ? []
        : [
            problem(
              `invite.projectAccess[${at}].projectId`,
              `project ${projectId} does not exist in the organization; it has ${projects.map(({ id, name }) => `${id} (${name})`).join(", ")}`,
            ),
          ],
    );
  } catch (error) {
    if (answered(error, 403)) return [];
    throw error;
  }
}

/**
 * Why an invite in state may exist although PostHog does not list it; undefined if it cannot. PostHog shows people
 * invites up to their own level, and none to members who may not invite (`posthog/api/organization_invite.py`).
 */
async function whyInviteHidden(connection: Connection, state: Properties): Promise<Refusal | undefined> {
  if (state.status !== "pending") return undefined;
  const caller = await getCallerMember(connection);
  if (caller === undefined) return undefined;
  const level = levelNumber(declaredIn(membershipArgs, state)) ?? organizationLevels.member;
  const fix = "Use the key of an organization owner.";
  if (level > caller.level) {
    const [theirs, own] = [organizationLevelName(level), organizationLevelName(caller.level)];
    return {
      why: `It is for an ${theirs}, and PostHog shows no such invites to the key's owner, who is ${own}.`,
      fix,
    };
  }
  const organization = await readableOrganization(connection);
  return caller.level < organizationAdmin && organization?.members_can_invite === false
    ? { why: "Members may not invite here, so PostHog shows them no invites.", fix: "Use an admin's key." }
    : undefined;
}

export const organizationMember = defineResource({
  type: "OrganizationMember",
  args: membershipArgs,
  secrecy: outputSecrecy.OrganizationMember,
  fields: {
    user: personReference,
    level: { same: sameOrganizationLevel },
    invite: { same: sameInvite },
    onDestroy: {},
  },
  existing: "acceptEqual",
  title: titleOf,
  stable: ["userUuid", "membershipId"],
  needs: {
    always: [{ scope: "organization_member:write" }],
    when: [
      { argument: "level", is: ["admin", "owner", 8, 15], needs: [{ level: 8 }] },
      { argument: "onDestroy", is: ["demote", "remove"], needs: [{ level: 8 }] },
    ],
  },
  rules: ({ level, invite }) =>
    wordsForLevels([level, ...(invite?.projectAccess ?? []).map(({ accessLevel }) => accessLevel)]),
  claims: async ({ user }, aliases) =>
    user === undefined ? [] : (await aliases.user(user)).map((name) => `member/${name}`),
  review: reviewMembership,
  isSameReference: async (connection, argument, declared, state) =>
    argument === "user" && (await isSamePerson(connection, declared, state)),
  updateReason,
  onExternalDelete: "the next update invites them again",
  absence: ({ status }) => (status === "left" ? whyLeft : undefined),
  async find(connection, declared) {
    if (declared.user === undefined) return undefined;
    const status = await findMembershipStatus(connection, [declared.user]);
    if (status === undefined || status.invite?.is_expired === true) return undefined;
    return toLive(idOf(declared.user, status), status, declared, {});
  },
  async observeForImport(connection, id) {
    const status = await findMembershipStatus(connection, [id]);
    return status && toLive(idOf(status.invite?.target_email ?? id, status), status, {}, {});
  },
  async observe(connection, id, state) {
    const status = await findMembershipStatus(connection, [state.userUuid, id, state.email]);
    if (status !== undefined) {
      return toLive(id.toLowerCase(), status, declaredIn(membershipArgs, state), state);
    }
    const who = String(state.email ?? id);
    await refuseHiddenMembers(connection, who);
    const hidden = await whyInviteHidden(connection, state);
    if (hidden === undefined) return leftMember(connection, id, state);
    throw new NotFoundError(`the key's owner cannot see the invite of ${who}`, hidden);
  },
  async create(connection, declared, checkpoint) {
    const status = await findMembershipStatus(connection, [declared.user]);
    return ensure(connection, idOf(declared.user, status), status, declared, {}, checkpoint);
  },
  async update(connection, live, declared, state, checkpoint) {
    const status = await findMembershipStatus(connection, [state.userUuid, live.id, live.outputs.email]);
    const isKept = live.outputs.status === "left" && sameInvite(state.invite, declared.invite);
    if (status === undefined && isKept) return { ...live, args: declared };
    return ensure(connection, live.id, status, declared, state, checkpoint);
  },
  async delete(connection, live, state) {
    const status = await findMembershipStatus(connection, [
      live.outputs.userUuid,
      live.id,
      live.outputs.email,
    ]);
    if (status?.invite !== undefined) await deleteInvite(connection, status.invite);
    if (status?.member !== undefined) await endMembership(connection, status.member, state);
  },
});

/** The e-mail address that a person joined with; it remains the id when the address changes. */
function idOf(user: string, status: MembershipStatus | undefined): string {
  return (status?.member?.user.email ?? user).toLowerCase();
}
