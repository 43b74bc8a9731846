import type { Membership, Organization, User } from "../store/entities";
import type { Store } from "../store/store";

/** The account of an address, in any case. */
export function userByEmail(store: Store, email: string): User | undefined {
  return store.users.find((user) => sameEmail(user.email, email));
}

/** Whether two addresses are the same but for case. */
export function sameEmail(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** The account of an address, which must be there. */
export function requireUser(store: Store, email: string): User {
  return required(userByEmail(store, email), `unknown user ${email}`);
}

/** The membership of an address, which must be there. */
export function requireMember(store: Store, organization: Organization, email: string): Membership {
  const user = requireUser(store, email);
  const membership = store.memberships
    .where("user_id", user.id)
    .find(({ organization_id }) => organization_id === organization.id);
  return required(membership, `${email} is not a member of ${organization.name}`);
}

/** A value that must exist; `problem` is the error otherwise. */
export function required<T>(value: T | undefined, problem: string): T {
  if (value === undefined) {
    throw new Error(`Seed is not valid:\n  ${problem}`);
  }
  return value;
}

/** Settings whose names must all be among the allowed ones. */
export function known<T extends object>(settings: T, allowed: object, where: string): T {
  for (const name of Object.keys(settings)) {
    required(name in allowed ? name : undefined, `${where}: unknown setting ${name}`);
  }
  return settings;
}
