import { z } from "zod";
import { nearest } from "../access/nearest";
import type { Connection } from "./connection";
import { LookupError } from "./errors";
import { organizationPath } from "./organizations";

/** A person as PostHog embeds it (`UserBasic`). */
export const userSchema = z.looseObject({
  id: z.number(),
  uuid: z.string(),
  email: z.string(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
});

/** A membership of the organisation as PostHog lists it (`posthog/api/organization_member.py`). */
export const memberSchema = z.looseObject({
  id: z.string(),
  user: userSchema,
  level: z.number(),
  joined_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  is_2fa_enabled: z.boolean().nullish(),
  has_social_auth: z.boolean().nullish(),
  last_login: z.string().nullish(),
});

/** A membership of the organisation. */
export type Member = z.infer<typeof memberSchema>;

/** The name under which this run keeps the members. */
export const membersCollection = "members";

/** Everybody in the organisation, read once a run. */
export function listMembers(connection: Connection): Promise<Member[]> {
  return connection.collections.get(membersCollection, async () =>
    connection.list(
      `${await organizationPath(connection)}/members/`,
      memberSchema,
      "listing the organisation's members",
    ),
  );
}

/** The membership that an e-mail address (any case) or a user UUID means, or undefined. */
export function memberOf(user: string, members: readonly Member[]): Member | undefined {
  const wanted = user.toLowerCase();
  return members.find(
    (member) => member.user.uuid.toLowerCase() === wanted || member.user.email.toLowerCase() === wanted,
  );
}

/** The membership of a person who has to be in the organisation. */
export async function requireMember(connection: Connection, user: string): Promise<Member> {
  const members = await listMembers(connection);
  const found = memberOf(user, members);
  if (found !== undefined) return found;
  throw notAMember(user, members);
}

/** Says that somebody is not in the organisation, who may have been meant, and how one gets in. */
export function notAMember(user: string, members: readonly Member[]): LookupError {
  const near = nearest(
    user.toLowerCase(),
    members.map((member) => member.user.email.toLowerCase()),
  );
  return new LookupError(`${user} is not a member of the organisation`, {
    why: `PostHog gives access to members only${near === undefined ? "" : `; the nearest address is ${near}`}.`,
    fix: "Invite the person (an OrganizationMember resource, or Settings > Members), or let single sign-on add them.",
  });
}
