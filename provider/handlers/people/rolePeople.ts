import * as z from "zod";
import { listed } from "../../access/messages";
import { defaultRemovalLimit } from "../../access/plan";
import {
  describePlan,
  ignoring,
  type MembersPlan,
  namesOf,
  planMembers,
  type RolePerson,
  tooManyLeave,
} from "../../access/roleMembers";
import { modeArg, onOff, removalLimitArg, sameTexts, usersArg } from "../../arguments/fields";
import type { Aliases, Review } from "../../engine/definition";
import { type Finding, failure, notice, problem, warning } from "../../engine/finding";
import type { Properties } from "../../engine/state";
import { unfinishedIn } from "../../engine/unfinished";
import type { Connection } from "../../posthog/connection";
import { NotFoundError, RefusedError } from "../../posthog/errors";
import { exclusive } from "../../posthog/exclusive";
import { inviteOf, listInvites } from "../../posthog/invites";
import { listMembers, type Member, memberOf, notAMember } from "../../posthog/members";
import { addToRole, listRoles, type Role, removeFromRole, roleOf } from "../../posthog/roles";
import { writeAll } from "../../posthog/writes";
import { reviewScim, scimOf } from "./scim";

/** The arguments about how a role's members are managed, without the members themselves. */
export const rolePeopleArgs = {
  mode: modeArg.optional(),
  removalLimit: removalLimitArg.optional(),
  ignore: usersArg.optional(),
  waitForMembers: onOff.optional(),
};

export const rolePeopleFields = {
  members: { same: sameTexts },
  mode: {},
  removalLimit: {},
  ignore: { same: sameTexts },
  waitForMembers: {},
};

const rolePeople = z.object({ ...rolePeopleArgs, members: usersArg });

/** Who is declared to be in a role, and how they are managed. */
type RolePeople = Partial<z.infer<typeof rolePeople>>;

/** A change of a role's members that is known to be allowed. */
export interface PeopleChange {
  readonly joining: readonly Member[];
  readonly leaving: readonly RolePerson[];
  /** Declared people who will join the role once they are in the organization. */
  readonly waiting: readonly string[];
  /** The user UUIDs of everyone that the resource has added to the role, or adds now. */
  readonly managed: readonly string[];
}

/** What an earlier run left in the state about the members of a role. */
interface EarlierPeople {
  /** The declared members, as written. */
  readonly declared: readonly string[];
  readonly waiting: readonly string[];
  /** The user UUIDs behind lower-case addresses: a person with a new address in PostHog is still the same person. */
  readonly uuids: ReadonlyMap<string, string>;
  /** The user UUIDs of everyone that an interrupted run may have added to the role, in addition to earlier ones. */
  readonly managed: ReadonlySet<string>;
}

const texts = z.array(z.string()).catch([]);
const remembered = z.object({ members: texts, userUuids: texts, unmanaged: texts, waiting: texts });
const remembersManaged = z.object({ managed: texts });
const lower = (user: string): string => user.toLowerCase();

function earlierPeople(state: Properties): EarlierPeople {
  const { members, userUuids, unmanaged, waiting } = remembered.parse(state);
  const undeclared = new Set(unmanaged.map(lower));
  const declared = members.filter((user) => !undeclared.has(lower(user)));
  const absent = new Set(waiting.map(lower));
  const known = [...new Set(declared.map(lower))].filter((user) => !absent.has(user));
  const pairs =
    known.length === userUuids.length ? known.map((user, at) => [user, userUuids[at]] as const) : [];
  return {
    declared,
    waiting,
    uuids: new Map(pairs.flatMap(([user, uuid]) => (uuid === undefined ? [] : [[user, uuid]]))),
    managed: new Set(remembersManaged.parse(unfinishedIn(state)).managed),
  };
}

/** Which of these people an earlier run added. */
function managedAmong<T extends Pick<Member, "user">>(people: readonly T[], earlier: EarlierPeople): T[] {
  const declared = earlier.declared.flatMap((user) => findPerson(user, people, earlier) ?? []);
  const uuids = new Set([...declared.map(({ user }) => user.uuid), ...earlier.managed]);
  return people.filter(({ user }) => uuids.has(user.uuid));
}

/**
 * The state of a role's members, without UUIDs that belong to someone other than their addresses: earlier versions left
 * such a state if an update failed midway.
 */
export async function trustedPeople(
  connection: Connection,
  role: Role,
  state: Properties,
): Promise<Properties> {
  const { declared, uuids } = earlierPeople(state);
  const outside = declared.filter(
    (user) => uuids.has(lower(user)) && memberOf(user, role.members ?? []) === undefined,
  );
  if (outside.length === 0) return state;
  const everybody = await listMembers(connection);
  const isOther = (user: string): boolean => {
    const found = memberOf(user, everybody);
    return found !== undefined && found.user.uuid !== uuids.get(lower(user));
  };
  return outside.some(isOther) ? { ...state, userUuids: [] } : state;
}

/** Finds a declared person among the members of the organization or of a role. */
function findPerson<T extends Pick<Member, "user">>(
  user: string,
  among: readonly T[],
  { uuids }: EarlierPeople,
): T | undefined {
  const uuid = uuids.get(lower(user));
  return memberOf(user, among) ?? (uuid === undefined ? undefined : memberOf(uuid, among));
}

const personOf = ({ user }: Pick<Member, "user">): RolePerson => ({ userUuid: user.uuid, email: user.email });

/** Checks of the arguments about a role's members beyond their schema. */
export function peopleRules({ members = [], ignore = [] }: RolePeople): Finding[] {
  const isIgnored = ignoring(ignore);
  return members.flatMap((user, at) =>
    isIgnored(user) ? [problem(`members[${at}]`, "is also in ignore: keep one of the two")] : [],
  );
}

/** The addresses of everyone that a resource adds to a role; in exclusive mode it owns the whole role. */
export async function peopleClaims(
  roles: readonly string[],
  { members = [], mode }: RolePeople,
  aliases: Aliases,
): Promise<string[]> {
  if (mode === "exclusive") return roles.map((role) => `role/${role}/members/*`);
  const users = (await Promise.all(members.map((user) => aliases.user(user)))).flat();
  return roles.flatMap((role) => users.map((user) => `role/${role}/members/${user}`));
}

/** The declared people as the organization knows them. */
interface ResolvedPeople {
  readonly members: readonly Member[];
  /** Declared people who will join the role once they are in the organization. */
  readonly waiting: readonly string[];
  /** Declared people who are neither in the organization nor invited. */
  readonly unknownUsers: readonly string[];
}

/**
 * Finds the declared people in the organization.
 *
 * @param isExpected whether the program itself invites a person who is not a member yet.
 */
async function resolvePeople(
  connection: Connection,
  declared: RolePeople,
  state: Properties,
  isExpected: (user: string) => boolean,
): Promise<ResolvedPeople> {
  const [earlier, everybody] = [earlierPeople(state), await listMembers(connection)];
  const found = (declared.members ?? []).map((user) => ({
    user,
    member: findPerson(user, everybody, earlier),
  }));
  const absent = found.filter(({ member }) => member === undefined).map(({ user }) => user);
  const waits = declared.waitForMembers === true;
  const invites = absent.length === 0 || waits ? [] : await listInvites(connection);
  const comes = (user: string): boolean =>
    (waits && !isForeignId(user)) || inviteOf(user, invites) !== undefined || isExpected(user);
  const uninvited = absent.filter((user) => !comes(user));
  const provisioned = new Set(await provisionedAmong(connection, uninvited));
  return {
    members: found.flatMap(({ member }) => member ?? []),
    waiting: absent.filter((user) => comes(user) || provisioned.has(user)),
    unknownUsers: uninvited.filter((user) => !provisioned.has(user)),
  };
}

/** Which of these people an identity provider adds to the organization by SCIM, and removes from it. */
async function provisionedAmong(connection: Connection, users: readonly string[]): Promise<string[]> {
  const providers = await Promise.all(
    users.map((user) => (isForeignId(user) ? [] : scimOf(connection, user))),
  );
  return users.filter((_, at) => providers[at]?.length !== 0);
}

/** The plan from a role's current members, or from none if it does not exist yet, to the declared ones. */
function planFor(
  role: Pick<Role, "members"> | undefined,
  declared: RolePeople,
  members: readonly Member[],
  state: Properties,
): MembersPlan {
  const [earlier, current] = [earlierPeople(state), role?.members ?? []];
  return planMembers({
    listed: members.map(personOf),
    earlier: managedAmong(current, earlier).map(personOf),
    current: current.map(personOf),
    mode: declared.mode ?? "additive",
    ignore: declared.ignore ?? [],
  });
}

/**
 * Decides what to change so that a role has the declared members, and rejects what must not be done; writes nothing
 * yet.
 */
export async function decidePeople(
  connection: Connection,
  role: Pick<Role, "name" | "members">,
  declared: RolePeople,
  state: Properties,
): Promise<PeopleChange> {
  const { members, waiting, unknownUsers } = await resolvePeople(connection, declared, state, () => false);
  if (unknownUsers.length > 0) throw notMembers(unknownUsers, await listMembers(connection));
  const plan = planFor(role, declared, members, state);
  const tooMany = tooManyLeave(plan, declared.removalLimit ?? defaultRemovalLimit);
  if (tooMany !== undefined) {
    throw new RefusedError(
      `changing who is in role "${role.name}" was refused: it exceeds removalLimit`,
      tooMany,
    );
  }
  const join = new Set(plan.joining.map(({ userUuid }) => userUuid));
  const earlier = managedAmong(role.members ?? [], earlierPeople(state));
  const managed = new Set([...earlier, ...members].map(({ user }) => user.uuid));
  return {
    joining: members.filter(({ user }) => join.delete(user.uuid)),
    leaving: plan.leaving,
    waiting,
    managed: [...managed],
  };
}

/**
 * Whether nobody can become a member under that name: an unknown UUID, or the name of a guest in Entra, which is not an
 * address.
 */
const isForeignId = (user: string): boolean => !user.includes("@") || /#EXT#/i.test(user);

function notMembers(users: readonly string[], members: readonly Member[]): NotFoundError {
  const foreign = users.filter(isForeignId);
  if (foreign.length > 0) {
    return new NotFoundError(`${listed(foreign, "and")}: nobody in the organization, and no e-mail address`, {
      why: "People join PostHog by their e-mail address; ids and guest names of an identity provider mean nothing to it.",
      fix: "Use the field with the address instead: of Entra mail (not objectId, id or userPrincipalName), of Keycloak, Okta and Auth0 email.",
    });
  }
  const [first = "", ...others] = users;
  const one = others.length === 0 ? notAMember(first, members) : undefined;
  return new NotFoundError(one?.summary ?? `${listed(users, "and")} are not members of the organization`, {
    why: one?.remedy.why ?? "PostHog puts only members of the organization into roles.",
    fix: "Invite them (OrganizationMember resources), or set waitForMembers: true to add them once they have joined.",
  });
}

/**
 * Writes a change, first who joins, then who leaves, and returns the resulting role. How many may leave depends on the
 * current members, so it is decided again while nobody else removes members of this role.
 *
 * @param decide decides the change from the role's members at that time.
 */
export async function writePeople(
  connection: Connection,
  role: Role,
  change: PeopleChange,
  decide: (role: Role) => Promise<PeopleChange>,
): Promise<Role> {
  const now = async (): Promise<Role> => roleOf(role.id, await listRoles(connection)) ?? role;
  await writeAll(change.joining.map((member) => () => addToRole(connection, role, member)));
  if (change.leaving.length > 0) {
    await exclusive(connection, { lists: [`roles/${role.id}/members`] }, async () => {
      const current = await now();
      await removePeople(connection, current, (await decide(current)).leaving);
    });
  }
  return now();
}

/** Removes from a role the members that an earlier run declared; everyone else stays. */
export async function removeDeclared(connection: Connection, role: Role, state: Properties): Promise<void> {
  const theirs = managedAmong(role.members ?? [], earlierPeople(state));
  await removePeople(connection, role, theirs.map(personOf));
}

async function removePeople(
  connection: Connection,
  role: Role,
  people: readonly RolePerson[],
): Promise<void> {
  const leaving = new Set(people.map(({ userUuid }) => userUuid));
  const memberships = (role.members ?? []).filter(({ user }) => leaving.has(user.uuid));
  await writeAll(memberships.map((membership) => () => removeFromRole(connection, role, membership)));
}

/** Who is still waiting to join the organization. */
export async function stillWaiting(connection: Connection, state: Properties): Promise<readonly string[]> {
  const { waiting } = earlierPeople(state);
  if (waiting.length === 0) return [];
  const members = await listMembers(connection);
  return waiting.filter((user) => memberOf(user, members) === undefined);
}

/** Why a role with unchanged arguments is updated: a person that it waits for has joined the organization. */
export async function waitingEnded(connection: Connection, state: Properties): Promise<string | undefined> {
  const { waiting } = earlierPeople(state);
  if (waiting.length === 0 || !connection.configuration.preflight) return undefined;
  const absent = new Set(await stillWaiting(connection, state));
  const joined = waiting.filter((user) => !absent.has(user));
  if (joined.length === 0) return undefined;
  return `${listed(joined, "and")} joined the organization and now ${joined.length === 1 ? "joins" : "join"} the role`;
}

/** The members of a role as its resource describes them. */
interface LivePeople {
  /** The declared people who are in the role or waiting; in exclusive mode also everyone else who is not ignored. */
  readonly members: string[];
  readonly outputs: { userUuids: string[]; unmanaged: string[]; waiting: string[] };
}

/** The addresses of everyone in a role, sorted. */
export function everybodyIn({ members }: Role): string[] {
  return (members ?? []).map(({ user }) => user.email).sort();
}

/** Reads the members of a role back. */
export function livePeople(
  role: Role,
  declared: RolePeople,
  state: Properties,
  waiting: readonly string[],
): LivePeople {
  const [earlier, current, absent] = [earlierPeople(state), role.members ?? [], new Set(waiting.map(lower))];
  const found = (declared.members ?? []).map((user) => ({
    user,
    member: findPerson(user, current, earlier),
  }));
  const kept = found.filter(({ user, member }) => member !== undefined || absent.has(lower(user)));
  const inRole = kept.flatMap(({ member }) => member ?? []).map(personOf);
  const { unmanaged } = planMembers({
    listed: inRole,
    earlier: [],
    current: current.map(personOf),
    mode: "additive",
    ignore: declared.ignore ?? [],
  });
  const others = unmanaged.map(({ email }) => email).sort();
  return {
    members: [...kept.map(({ user }) => user), ...(declared.mode === "exclusive" ? others : [])],
    outputs: {
      userUuids: [...new Set(inRole.map(({ userUuid }) => userUuid))],
      unmanaged: others,
      waiting: kept.filter(({ member }) => member === undefined).map(({ user }) => user),
    },
  };
}

/** What a preview knows about the members of a role. */
type PeopleReview = Omit<Review<RolePeople>, "existing">;

/**
 * Reports who joins and leaves a role, and what PostHog or removalLimit would reject.
 *
 * @param role missing if it does not exist yet.
 * @param name the role's new name, if the resource sets it.
 */
export async function reviewPeople(
  connection: Connection,
  role: Role | undefined,
  review: PeopleReview,
  name: string | undefined,
): Promise<Finding[]> {
  const { args: declared, before, expectRole } = review;
  if (declared.members === undefined) {
    const isOpen = review.unknown.includes("members");
    expectRole({ id: role?.id, name, joining: [], leaving: [], isOpen });
    return reviewUnknown(review);
  }
  const isExpected = (user: string): boolean => review.inProgram(`member/${user.toLowerCase()}`);
  const { members, waiting, unknownUsers } = await resolvePeople(connection, declared, {}, isExpected);
  const plan = planFor(role, declared, members, { members: before?.members ?? [] });
  const uuids = (people: readonly RolePerson[]): string[] => people.map(({ userUuid }) => userUuid);
  const [joining, leaving] = [uuids(plan.joining), uuids(plan.leaving)];
  expectRole({ id: role?.id, name, joining, leaving, isOpen: false });
  const tooMany = tooManyLeave(plan, declared.removalLimit ?? defaultRemovalLimit);
  const change = describePlan(plan);
  const findings = await reviewUnknownUsers(connection, unknownUsers, declared, before);
  if (tooMany !== undefined) findings.push(problem("members", change ?? "", tooMany));
  else if (change !== undefined) findings.push(notice(change));
  if (waiting.length > 0) {
    const join = waiting.length === 1 ? "joins" : "join";
    findings.push(notice(`${listed(waiting, "and")} ${join} once they are in the organization`));
  }
  if (plan.unmanaged.length > 0)
    findings.push(notice(`not declared, and stays in the role: ${namesOf(plan.unmanaged)}`));
  return [...findings, ...(await reviewScim(connection, role, name))];
}

function reviewUnknown({
  args: { mode, removalLimit = defaultRemovalLimit },
  unknown,
}: PeopleReview): Finding[] {
  if (mode !== "exclusive" || !unknown.includes("members")) return [];
  return [
    notice(
      `members is not known yet: the update shows who leaves, and removes no more than removalLimit ${removalLimit} allows`,
    ),
  ];
}

/** A new person has to be a member; one from an earlier run may only have a new address. */
async function reviewUnknownUsers(
  connection: Connection,
  unknownUsers: readonly string[],
  { members = [] }: RolePeople,
  before: RolePeople | undefined,
): Promise<Finding[]> {
  if (unknownUsers.length === 0) return [];
  const everybody = await listMembers(connection);
  const known = new Set(before?.members?.map(lower));
  return unknownUsers.map((user) =>
    known.has(lower(user))
      ? warning(`${user} is no longer a member's address; if it changed in PostHog, declare the new one`)
      : failure(`members[${members.indexOf(user)}]`, notMembers([user], everybody).message),
  );
}
