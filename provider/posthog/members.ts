import * as z from "zod";
import { organizationAdmin } from "../access/levels";
import { nearest } from "../access/nearest";
import { CachedList, perRun } from "./cache";
import type { Connection } from "./connection";
import { NotFoundError } from "./errors";
import { organizationPath, readableOrganization } from "./organizations";

/** A person as PostHog embeds it (`UserBasic`). */
export const userSchema = z.looseObject({
  id: z.number(),
  uuid: z.string(),
  email: z.string(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
});

const memberSchema = z.looseObject({
  id: z.string(),
  user: userSchema,
  level: z.number(),
  joined_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  is_2fa_enabled: z.boolean().nullish(),
  has_social_auth: z.boolean().nullish(),
  last_login: z.string().nullish(),
});

/** A membership of the organization in PostHog's list (`posthog/api/organization_member.py`). */
export type Member = z.infer<typeof memberSchema>;

/** The organization's members, kept for this run. */
export const keptMembers = perRun(
  (connection: Connection) =>
    new CachedList(
      async () =>
        connection.list(
          `${await organizationPath(connection)}/members/`,
          memberSchema,
          "listing the organization's members",
        ),
      ({ id }) => id,
    ),
);

/** Everyone in the organization, read once per run. */
export function listMembers(connection: Connection): Promise<Member[]> {
  return keptMembers(connection).list();
}

/**
 * The membership, of the organization or of a role, for an e-mail address or a user UUID. The address may be in any
 * case, unless two people's addresses differ only in case.
 */
export function memberOf<T extends Pick<Member, "user">>(user: string, members: readonly T[]): T | undefined {
  const wanted = user.toLowerCase();
  const found = members.filter(
    (member) => member.user.uuid.toLowerCase() === wanted || member.user.email.toLowerCase() === wanted,
  );
  if (found.length <= 1) return found[0];
  const exact = found.filter(({ user: { email } }) => email === user);
  if (exact.length === 1) return exact[0];
  throw new NotFoundError(`${user} is the address of ${found.length} people`, {
    why: `Their addresses differ only in capitals: ${found.map(({ user: { email, uuid } }) => `${email} (${uuid})`).join(", ")}.`,
    fix: "Write the address with PostHog's capitals, or the person's UUID.",
  });
}

/** Finds the membership of a person in the organization, or throws. */
export async function requireMember(connection: Connection, user: string): Promise<Member> {
  const members = await listMembers(connection);
  const found = memberOf(user, members);
  if (found !== undefined) return found;
  throw notAMember(user, members);
}

/** The error that someone is not in the organization, with the nearest match and how to add them. */
export function notAMember(user: string, members: readonly Member[]): NotFoundError {
  return new NotFoundError(`${user} is not a member of the organization`, {
    why: `PostHog gives access to members only${nearestAddress(user, members)}.`,
    fix: "Invite the person (an OrganizationMember resource, or Settings > Members), or let single sign-on add them.",
  });
}

/** The UUIDs of users, by which PostHog filters its log; e-mail addresses have to belong to members. */
export async function userUuidsOf(connection: Connection, users: readonly string[]): Promise<string[]> {
  if (users.every((user) => !user.includes("@"))) return [...users];
  const members = await listMembers(connection);
  return users.map((user) => {
    if (!user.includes("@")) return user;
    const found = memberOf(user, members);
    if (found !== undefined) return found.user.uuid;
    throw new NotFoundError(`${user} is not a member of the organization`, {
      why: `PostHog filters by the user's UUID, which only members have here${nearestAddress(user, members)}.`,
      fix: "For someone who has left, give the UUID: the entries of the log have it.",
    });
  });
}

function nearestAddress(user: string, members: readonly Member[]): string {
  const addresses = members.map((member) => member.user.email.toLowerCase());
  const near = nearest(user.toLowerCase(), addresses);
  return near === undefined ? "" : `; the nearest address is ${near}`;
}

/** Sets someone's organization level: 1 member, 8 admin, 15 owner. */
export async function setMemberLevel(
  connection: Connection,
  member: Member,
  level: number,
  what: string,
): Promise<Member> {
  const updated = await connection.send({
    method: "PATCH",
    path: await memberPath(connection, member),
    body: { level },
    schema: memberSchema,
    what,
  });
  await keptMembers(connection).upsert(updated);
  return updated;
}

/** Removes someone from the organization, with their roles and access rules; succeeds if they have already left. */
export async function removeMember(connection: Connection, member: Member): Promise<void> {
  const what = `removing ${member.user.email} from the organization`;
  const members = keptMembers(connection);
  await connection.deleteIfThere(await memberPath(connection, member), what, () =>
    members.stillHas(member.id),
  );
  await members.remove(member.id);
}

/** PostHog finds members by the user's UUID, not by the membership id. */
async function memberPath(connection: Connection, { user }: Member): Promise<string> {
  return `${await organizationPath(connection)}/members/${user.uuid}/`;
}

/**
 * Throws instead of treating a member as gone who may only be hidden: organizations can show their members only to
 * admins.
 *
 * @param who the person, as errors call them.
 */
export async function refuseHiddenMembers(connection: Connection, who: string): Promise<void> {
  const organization = await readableOrganization(connection);
  const sees = (organization?.membership_level ?? organizationAdmin) >= organizationAdmin;
  if (sees || organization?.members_can_see_org_members !== false) return;
  throw new NotFoundError(`the key cannot see whether ${who} is in the organization`, {
    why: "The organization shows its members to admins only, and the key's owner is not an admin.",
    fix: "Use the key of an organization admin.",
  });
}
