import { z } from "zod";
import { listed } from "../../access/messages";
import { defaultRemovalLimit } from "../../access/removalLimit";
import { type MembersPlan, planMembers, type RolePerson, tooManyLeave } from "../../access/roleMembers";
import { modeArg, onOff, removalLimitArg, sameTexts, usersArg } from "../../arguments/fields";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { NotFoundError, RefusedError } from "../../posthog/errors";
import { inviteOf, listInvites } from "../../posthog/invites";
import { listMembers, type Member, memberOf, notAMember } from "../../posthog/members";
import { addToRole, listRoles, type Role, removeFromRole, roleOf } from "../../posthog/roles";

/** The arguments about how the people of a role are managed, besides who they are. */
export const rolePeopleArgs = {
  mode: modeArg.optional(),
  removalLimit: removalLimitArg.optional(),
  ignore: usersArg.optional(),
  waitForMembers: onOff.optional(),
};

/** How the arguments about the people of a role behave. */
export const rolePeopleFields = {
  members: { same: sameTexts },
  mode: {},
  removalLimit: {},
  ignore: { same: sameTexts },
  waitForMembers: {},
};

const rolePeople = z.object({ ...rolePeopleArgs, members: usersArg });

/** Who is declared to be in a role, and how they are managed. */
export type RolePeople = Partial<z.infer<typeof rolePeople>>;

/** The declared people as the organization knows them. */
export interface ResolvedPeople {
  readonly members: readonly Member[];
  /** Declared, and in the role as soon as they are in the organization. */
  readonly waiting: readonly string[];
  /** Declared, and neither in the organization nor on their way into it. */
  readonly strangers: readonly string[];
}

/** What an earlier run left in the state about the people of a role. */
interface EarlierPeople {
  /** Who was declared, as it was written. */
  readonly listed: readonly string[];
  readonly waiting: readonly string[];
  /** The user UUIDs behind lower-case addresses: who has another address in PostHog by now is still the same person. */
  readonly uuids: ReadonlyMap<string, string>;
}

const texts = z.array(z.string()).catch([]);
const remembered = z.object({ members: texts, userUuids: texts, unmanaged: texts, waiting: texts });
const lower = (user: string): string => user.toLowerCase();

function earlierPeople(state: Properties): EarlierPeople {
  const { members, userUuids, unmanaged, waiting } = remembered.parse(state);
  const strangers = new Set(unmanaged.map(lower));
  const declared = members.filter((user) => !strangers.has(lower(user)));
  const away = new Set(waiting.map(lower));
  const known = [...new Set(declared.map(lower))].filter((user) => !away.has(user));
  const pairs =
    known.length === userUuids.length ? known.map((user, at) => [user, userUuids[at]] as const) : [];
  return {
    listed: declared,
    waiting,
    uuids: new Map(pairs.flatMap(([user, uuid]) => (uuid === undefined ? [] : [[user, uuid]]))),
  };
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

/**
 * Looks the declared people up in the organization.
 *
 * @param isExpected whether the program itself brings somebody in who is not there yet.
 */
export async function resolvePeople(
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
  const comes = (user: string): boolean => waits || inviteOf(user, invites) !== undefined || isExpected(user);
  return {
    members: found.flatMap(({ member }) => member ?? []),
    waiting: absent.filter(comes),
    strangers: absent.filter((user) => !comes(user)),
  };
}

/** What brings a role, or one that is not there yet, from who is in it to who is declared. */
export function planFor(
  role: Pick<Role, "members"> | undefined,
  declared: RolePeople,
  members: readonly Member[],
  state: Properties,
): MembersPlan {
  const [earlier, current] = [earlierPeople(state), role?.members ?? []];
  return planMembers({
    listed: members.map(personOf),
    earlier: earlier.listed.flatMap((user) => findPerson(user, current, earlier) ?? []).map(personOf),
    current: current.map(personOf),
    mode: declared.mode ?? "additive",
    ignore: declared.ignore ?? [],
  });
}

/** A change of who is in a role that was found to be allowed. */
export interface PeopleChange {
  readonly joining: readonly Member[];
  readonly leaving: readonly RolePerson[];
  readonly waiting: readonly string[];
}

/** Decides what brings a role to the declared people, and refuses what must not be done; nothing is written yet. */
export async function decidePeople(
  connection: Connection,
  role: Pick<Role, "name" | "members">,
  declared: RolePeople,
  state: Properties,
): Promise<PeopleChange> {
  const { members, waiting, strangers } = await resolvePeople(connection, declared, state, () => false);
  if (strangers.length > 0) throw notMembers(strangers, await listMembers(connection));
  const plan = planFor(role, declared, members, state);
  const tooMany = tooManyLeave(plan, declared.removalLimit ?? defaultRemovalLimit);
  if (tooMany !== undefined) {
    throw new RefusedError(
      `changing who is in role "${role.name}" was refused: too many would leave it`,
      tooMany,
    );
  }
  const join = new Set(plan.joining.map(({ userUuid }) => userUuid));
  return { joining: members.filter(({ user }) => join.delete(user.uuid)), leaving: plan.leaving, waiting };
}

/** Carries a change out, first whoever joins, then whoever leaves, and returns the role as it is then. */
export async function writePeople(connection: Connection, role: Role, change: PeopleChange): Promise<Role> {
  await together(change.joining.map((member) => () => addToRole(connection, role, member)));
  await removePeople(connection, role, change.leaving);
  return roleOf(role.id, await listRoles(connection)) ?? role;
}

/** Takes the people out of a role whom an earlier run listed; everybody else stays. */
export async function removeListed(connection: Connection, role: Role, state: Properties): Promise<void> {
  const earlier = earlierPeople(state);
  const theirs = earlier.listed.flatMap((user) => findPerson(user, role.members ?? [], earlier) ?? []);
  await removePeople(connection, role, theirs.map(personOf));
}

async function removePeople(
  connection: Connection,
  role: Role,
  people: readonly RolePerson[],
): Promise<void> {
  const out = new Set(people.map(({ userUuid }) => userUuid));
  const memberships = (role.members ?? []).filter(({ user }) => out.has(user.uuid));
  await together(memberships.map((membership) => () => removeFromRole(connection, role, membership)));
}

/** Runs writes side by side, and ends only when all have ended, so that none goes on behind a failed one's back. */
async function together(writes: readonly (() => Promise<unknown>)[]): Promise<void> {
  const results = await Promise.allSettled(writes.map((write) => write()));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Who of those that waited is still not in the organization. */
export async function stillWaiting(connection: Connection, state: Properties): Promise<readonly string[]> {
  const { waiting } = earlierPeople(state);
  if (waiting.length === 0) return [];
  const members = await listMembers(connection);
  return waiting.filter((user) => memberOf(user, members) === undefined);
}

/** Why a role is changed again although nothing about it was: somebody it waits for has joined the organization. */
export async function dueForWaiting(connection: Connection, state: Properties): Promise<string | undefined> {
  const { waiting } = earlierPeople(state);
  if (waiting.length === 0 || !connection.configuration.preflight) return undefined;
  const absent = new Set(await stillWaiting(connection, state));
  const joined = waiting.filter((user) => !absent.has(user));
  if (joined.length === 0) return undefined;
  return `${listed(joined, "and")} joined the organization, and ${joined.length === 1 ? "joins" : "join"} the role now`;
}

/** The people of a role in the words of its resource. */
export interface LivePeople {
  /** The declared ones who are in the role, or waiting; in exclusive mode everybody else who is not ignored as well. */
  readonly members: string[];
  readonly outputs: { userUuids: string[]; unmanaged: string[]; waiting: string[] };
}

/** Reads the people of a role back. */
export function livePeople(
  role: Role,
  declared: RolePeople,
  state: Properties,
  waiting: readonly string[],
): LivePeople {
  const [earlier, current, away] = [earlierPeople(state), role.members ?? [], new Set(waiting.map(lower))];
  const found = (declared.members ?? []).map((user) => ({
    user,
    member: findPerson(user, current, earlier),
  }));
  const there = found.filter(({ user, member }) => member !== undefined || away.has(lower(user)));
  const inRole = there.flatMap(({ member }) => member ?? []).map(personOf);
  const { unmanaged } = planMembers({
    listed: inRole,
    earlier: [],
    current: current.map(personOf),
    mode: "additive",
    ignore: declared.ignore ?? [],
  });
  const others = unmanaged.map(({ email }) => email).sort();
  return {
    members: [...there.map(({ user }) => user), ...(declared.mode === "exclusive" ? others : [])],
    outputs: {
      userUuids: [...new Set(inRole.map(({ userUuid }) => userUuid))],
      unmanaged: others,
      waiting: there.filter(({ member }) => member === undefined).map(({ user }) => user),
    },
  };
}

function notMembers(users: readonly string[], members: readonly Member[]): NotFoundError {
  const [first = "", ...others] = users;
  if (others.length === 0) return notAMember(first, members);
  return new NotFoundError(`${listed(users, "and")} are not members of the organization`, {
    why: "PostHog puts members into roles, and nobody else.",
    fix: "Invite them (OrganizationMember resources), or set waitForMembers: true to let them in once they have joined.",
  });
}
