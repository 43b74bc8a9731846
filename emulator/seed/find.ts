import type { Membership, Organization, User } from "../store/entities";
import type { Store } from "../store/store";

/** Each store's accounts by address: large seeds look up thousands. While a seed is read, no account changes or goes. */
const accounts = new WeakMap<Store, Map<string, User["id"]>>();

/** The account of an address, in any case. */
export function userByEmail(store: Store, email: string): User | undefined {
  const known = accounts.get(store) ?? accountsOf(store);
  return store.users.get(known.get(email.toLowerCase()));
}

function accountsOf(store: Store): Map<string, User["id"]> {
  const known = new Map<string, User["id"]>();
  const learn = ({ id, email }: User) => {
    const address = email.toLowerCase();
    if (store.users.get(known.get(address)) === undefined) {
      known.set(address, id);
    }
  };
  for (const user of store.users.all()) {
    learn(user);
  }
  store.users.onChange(({ after }) => after !== null && learn(after));
  accounts.set(store, known);
  return known;
}

/** Whether two addresses differ only in case. */
export function sameEmail(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** The account of an address; throws if it does not exist. */
export function requireUser(store: Store, email: string): User {
  return required(userByEmail(store, email), `unknown user ${email}`);
}

/** The membership of an address; throws if it does not exist. */
export function requireMember(store: Store, organization: Organization, email: string): Membership {
  const user = requireUser(store, email);
  const membership = store.memberships
    .where("user_id", user.id)
    .find(({ organization_id }) => organization_id === organization.id);
  return required(membership, `${email} is not a member of ${organization.name}`);
}

/** Returns the value, or throws `problem` if it is undefined. */
export function required<T>(value: T | undefined, problem: string): T {
  if (value === undefined) {
    throw new Error(`Seed is not valid:\n  ${problem}`);
  }
  return value;
}

/** Returns the settings, or throws if one of their names is not allowed. */
export function known<T extends object>(settings: T, allowed: object, where: string): T {
  for (const name of Object.keys(settings)) {
    required(name in allowed ? name : undefined, `${where}: unknown setting ${name}`);
  }
  return settings;
}
