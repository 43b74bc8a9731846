import { z } from "zod";
import type { Connection } from "./connection";
import { deleteIfThere } from "./deletion";
import { organizationPath } from "./organizations";

const projectAccessSchema = z.array(
  z.looseObject({ id: z.number(), level: z.union([z.string(), z.number()]) }),
);

/** A pending or expired invitation (`posthog/api/organization_invite.py`). Older servers keep any JSON as its access. */
export const inviteSchema = z.looseObject({
  id: z.string(),
  target_email: z.string(),
  level: z.number().nullish(),
  message: z.string().nullish(),
  is_expired: z.boolean().nullish(),
  created_at: z.string().nullish(),
  private_project_access: projectAccessSchema.nullish().catch(null),
});

/** A pending or expired invitation. */
export type Invite = z.infer<typeof inviteSchema>;

/** What an invitation is made of. */
export interface InviteFields {
  readonly target_email: string;
  readonly level?: number;
  readonly message?: string;
  readonly send_email?: boolean;
  readonly private_project_access?: readonly { readonly id: number; readonly level: string }[];
}

/** Days that an invitation can be accepted (PostHog: `INVITE_DAYS_VALIDITY`). */
export const inviteDays = 3;

const invitesCollection = "invites";

const invitesPath = async (connection: Connection): Promise<string> =>
  `${await organizationPath(connection)}/invites/`;

/** Every invitation of the organization, expired ones included, read once a run. */
export function listInvites(connection: Connection): Promise<Invite[]> {
  return connection.collections.get(invitesCollection, async () =>
    connection.list(await invitesPath(connection), inviteSchema, "listing the organization's invites"),
  );
}

/** The invitation for an e-mail address in any case; of several one that can still be accepted. */
export function inviteOf(email: string, invites: readonly Invite[]): Invite | undefined {
  const wanted = email.toLowerCase();
  const theirs = invites.filter(({ target_email }) => target_email.toLowerCase() === wanted);
  return theirs.find(({ is_expired }) => is_expired !== true) ?? theirs[0];
}

/**
 * Invites somebody. PostHog has one invitation for an address: a new one replaces the earlier one, mails again, and has
 * a new id, which is how one whose answer was lost is told from the earlier one.
 */
export async function createInvite(connection: Connection, fields: InviteFields): Promise<Invite> {
  const before = new Set((await listInvites(connection)).map(({ id }) => id));
  const isTheirs = ({ target_email }: Invite): boolean =>
    target_email.toLowerCase() === fields.target_email.toLowerCase();
  const created = await connection.send({
    method: "POST",
    path: await invitesPath(connection),
    body: fields,
    schema: inviteSchema,
    what: `inviting ${fields.target_email}`,
    recover: async () => {
      connection.collections.forget(invitesCollection);
      return (await listInvites(connection)).find((invite) => isTheirs(invite) && !before.has(invite.id));
    },
  });
  await connection.collections.patch<Invite[]>(invitesCollection, (known) => [
    ...known.filter((invite) => !isTheirs(invite)),
    created,
  ]);
  return created;
}

/** Takes an invitation back; one that is gone already is fine. */
export async function deleteInvite(connection: Connection, invite: Invite): Promise<void> {
  const what = `taking back the invite of ${invite.target_email}`;
  await deleteIfThere(connection, `${await invitesPath(connection)}${invite.id}/`, what);
  await connection.collections.patch<Invite[]>(invitesCollection, (known) =>
    known.filter(({ id }) => id !== invite.id),
  );
}
