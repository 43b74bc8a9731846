import type { Actor } from "../store/collection";
import { newUser } from "../store/defaults";
import { type Invite, LEVEL, type Membership, type Organization, type User } from "../store/entities";
import type { Store } from "../store/store";

/**
 * Makes a person a member, as accepting an invite or signing in does. The person gets the organization's default
 * role, and a first organization becomes the current one.
 */
export function join(
  store: Store,
  organization: Organization,
  user: User,
  level: Membership["level"],
  actor: Actor,
): Membership {
  const now = store.timestamp();
  const membership = store.memberships.insert(
    {
      id: store.uuid(),
      organization_id: organization.id,
      user_id: user.id,
      level,
      joined_at: now,
      updated_at: now,
    },
    actor,
  );
  const project = store.projects.where("organization_id", organization.id)[0];
  const current = { current_organization_id: organization.id, current_team_id: project?.id ?? null };
  store.users.update(user.id, current, actor);
  if (organization.default_role_id !== null) {
    const role = { role_id: organization.default_role_id, membership_id: membership.id };
    store.roleMemberships.insert({ id: store.uuid(), ...role, joined_at: now, updated_at: now }, actor);
  }
  return membership;
}

/** Accepts an invite: adds the person with the invite's level and project rules, then deletes the invite. */
export function acceptInvite(store: Store, invite: Invite, actor: Actor): Membership {
  const organization = store.organizations.get(invite.organization_id);
  if (organization === undefined) {
    throw new Error(`The invite ${invite.id} is of no organization.`);
  }
  const address = invite.target_email;
  const known = store.users.find(({ email }) => email.toLowerCase() === address.toLowerCase());
  const user =
    known ?? store.users.insert({ ...newUser(store, address), first_name: invite.first_name }, actor);
  const membership = join(store, organization, user, invite.level, { ...actor, user });
  for (const { id, level } of invite.private_project_access) {
    const now = store.timestamp();
    store.accessRules.insert(
      {
        id: store.uuid(),
        team_id: id,
        resource: "project",
        resource_id: String(id),
        organization_member: membership.id,
        role: null,
        access_level: projectLevel(level),
        created_at: now,
        updated_at: now,
      },
      actor,
    );
  }
  store.invites.delete(invite.id, { ...actor, user });
  return membership;
}

function projectLevel(level: string | number): string {
  const names: Readonly<Record<number, string>> = { [LEVEL.member]: "member", [LEVEL.admin]: "admin" };
  return typeof level === "string" ? level : (names[level] ?? "member");
}
