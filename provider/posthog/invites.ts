import * as z from "zod";
import { CachedList, perRun } from "./cache";
import type { Connection } from "./connection";
import { createOnce } from "./create";
import { organizationPath } from "./organizations";

const projectAccessSchema = z.array(
  z.looseObject({ id: z.number(), level: z.union([z.string(), z.number()]) }),
);

const inviteSchema = z.looseObject({
  id: z.string(),
  target_email: z.string(),
  level: z.number().nullish(),
  message: z.string().nullish(),
  is_expired: z.boolean().nullish(),
  created_at: z.string().nullish(),
  private_project_access: projectAccessSchema.nullish().catch(null),
});

/**
 * A pending or expired invitation (`posthog/api/organization_invite.py`). Older servers store any JSON as its access.
 */
export type Invite = z.infer<typeof inviteSchema>;

export interface InviteFields {
  readonly target_email: string;
  readonly level?: number;
  readonly message?: string;
  readonly send_email?: boolean;
  readonly private_project_access?: readonly { readonly id: number; readonly level: string }[];
}

/** How many days an invitation can be accepted (PostHog: `INVITE_DAYS_VALIDITY`). */
export const inviteDays = 3;

const invitesPath = async (connection: Connection): Promise<string> =>
  `${await organizationPath(connection)}/invites/`;

const keptInvites = perRun(
  (connection: Connection) =>
    new CachedList(
      async () =>
        connection.list(await invitesPath(connection), inviteSchema, "listing the organization's invites"),
      ({ id }) => id,
    ),
);

/** Every invitation of the organization, including expired ones, read once per run. */
export function listInvites(connection: Connection): Promise<Invite[]> {
  return keptInvites(connection).list();
}

/** The invitation for an e-mail address in any case; of several, one that can still be accepted. */
export function inviteOf(email: string, invites: readonly Invite[]): Invite | undefined {
  const wanted = email.toLowerCase();
  const theirs = invites.filter(({ target_email }) => target_email.toLowerCase() === wanted);
  return theirs.find(({ is_expired }) => is_expired !== true) ?? theirs[0];
}

/**
 * Invites someone. PostHog stores one invitation per address: a new one replaces the earlier one, sends another e-mail,
 * and has a new id, which distinguishes an invitation whose response was lost from the earlier one.
 */
export async function createInvite(connection: Connection, fields: InviteFields): Promise<Invite> {
  const isTheirs = ({ target_email }: Invite): boolean =>
    target_email.toLowerCase() === fields.target_email.toLowerCase();
  return createOnce(connection, {
    kind: "invite",
    path: await invitesPath(connection),
    body: fields,
    schema: inviteSchema,
    what: `inviting ${fields.target_email}`,
    subject: { lists: [`invites/${fields.target_email.toLowerCase()}`] },
    list: () => listInvites(connection),
    forget: () => keptInvites(connection).forget(),
    isAlike: isTheirs,
    take: async (lost) => lost,
    async remember(created) {
      const invites = keptInvites(connection);
      for (const { id } of (await invites.list()).filter(isTheirs)) await invites.remove(id);
      await invites.upsert(created);
    },
  });
}

/** Withdraws an invitation; succeeds if it is already gone. */
export async function deleteInvite(connection: Connection, invite: Invite): Promise<void> {
  const what = `withdrawing the invite of ${invite.target_email}`;
  const [path, invites] = [`${await invitesPath(connection)}${invite.id}/`, keptInvites(connection)];
  await connection.deleteIfThere(path, what, () => invites.stillHas(invite.id));
  await invites.remove(invite.id);
}
