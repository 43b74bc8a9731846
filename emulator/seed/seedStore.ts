import { SYSTEM } from "../store/collection";
import type { Store } from "../store/store";
import { addKey, addUser, provideOwner, type SeededOwner } from "./accounts";
import { addOrganization } from "./organizations";
import type { Seed } from "./seed";

/**
 * Fills a store from a seed. The first owner of the first organization gets a password and an unrestricted
 * key if the seed has none. Seeding leaves nothing in the activity log.
 */
export function seedStore(store: Store, seed: Seed): SeededOwner {
  for (const organization of seed.organizations) {
    for (const project of organization.projects) {
      store.reserveId("project", project.id ?? 0);
    }
  }
  for (const user of seed.users) {
    store.reserveId("user", user.id ?? 0);
  }
  for (const user of seed.users) {
    addUser(store, user);
  }
  const organizations = seed.organizations.map((organization) => addOrganization(store, organization));
  for (const key of seed.keys) {
    addKey(store, key);
  }
  const owner = provideOwner(store, seed, organizations[0]);
  for (const row of store.activity.all()) {
    store.activity.delete(row.id, SYSTEM);
  }
  return owner;
}
