import { type Emulator, SYSTEM } from "../../emulator";

/** The e-mail addresses of everyone in a role, sorted. */
export function peopleIn({ store }: Emulator, role: string): string[] {
  const { id } = roleNamed({ store }, role);
  return store.roleMemberships
    .where("role_id", id)
    .map(({ membership_id }) => store.users.get(store.memberships.get(membership_id)?.user_id)?.email ?? "?")
    .sort();
}

export function roleNamed({ store }: Pick<Emulator, "store">, name: string) {
  const role = store.roles.find((one) => one.name === name);
  if (role === undefined) throw new Error(`there is no role ${name}`);
  return role;
}

/** A person's membership and account. */
export function personNamed({ store }: Pick<Emulator, "store">, email: string) {
  const user = store.users.find((one) => one.email === email);
  const membership = store.memberships.find(({ user_id }) => user_id === user?.id);
  if (user === undefined || membership === undefined) throw new Error(`${email} is not a member`);
  return { user, membership };
}

/** Adds a person to a role, as an admin would in PostHog's settings. */
export function joinByHand({ store }: Emulator, role: string, email: string): void {
  const now = store.timestamp();
  const ids = {
    role_id: roleNamed({ store }, role).id,
    membership_id: personNamed({ store }, email).membership.id,
  };
  store.roleMemberships.insert({ id: store.uuid(), ...ids, joined_at: now, updated_at: now }, SYSTEM);
}

/** Removes a person from a role, as an admin would in PostHog's settings. */
export function leaveByHand({ store }: Emulator, role: string, email: string): void {
  const { membership } = personNamed({ store }, email);
  const row = store.roleMemberships
    .where("role_id", roleNamed({ store }, role).id)
    .find(({ membership_id }) => membership_id === membership.id);
  if (row === undefined) throw new Error(`${email} is not in ${role}`);
  store.roleMemberships.delete(row.id, SYSTEM);
}
