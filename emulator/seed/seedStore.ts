import * as z from "zod";
import { copySettings } from "../sso/settingsCopy";
import { SYSTEM } from "../store/collection";
import { newUser } from "../store/defaults";
import { LEVEL, type Organization, type User } from "../store/entities";
import { hashKey, hashPassword, maskKey, randomToken } from "../store/secrets";
import type { Store } from "../store/store";
import { required, requireUser, sameEmail, userByEmail } from "./find";
import { addOrganization, addSignOn, type SeededServer } from "./organizations";
import type { SeededOwner } from "./owner";
import type { KeySeed, ProjectSeed, Seed } from "./seed";

function addUser(store: Store, seed: Seed["users"][number]): User {
  if (userByEmail(store, seed.email) !== undefined) {
    throw new Error(`Seed is not valid:\n  users: ${seed.email} is duplicated`);
  }
  const blank = newUser(store, seed.email, seed.id);
  return store.users.insert(
    {
      ...blank,
      uuid: seed.uuid ?? blank.uuid,
      first_name: seed.firstName,
      last_name: seed.lastName,
      password_hash: seed.password === undefined ? null : hashPassword(seed.password),
      totp_secret: seed.totpSecret ?? null,
      has_social_auth: seed.socialAuth,
      github_login: seed.githubLogin ?? null,
      is_active: seed.isActive,
      is_email_verified: seed.isEmailVerified,
    },
    SYSTEM,
  );
}

/** Adds a personal API key and returns its value. */
function addKey(store: Store, seed: KeySeed): string {
  const value = seed.value ?? `phx_${randomToken(47)}`;
  store.personalApiKeys.insert(
    {
      id: seed.id ?? randomToken(20),
      user_id: requireUser(store, seed.user).id,
      label: seed.label,
      description: null,
      secure_value: hashKey(value),
      mask_value: maskKey(value),
      scopes: seed.scopes,
      scoped_teams: seed.projects,
      scoped_organizations: seed.organizations,
      created_at: store.timestamp(),
      last_used_at: null,
      last_rolled_at: null,
    },
    SYSTEM,
  );
  return value;
}

/** Gives the first owner of the first organization a password and an unrestricted key, unless the seed does. */
function provideOwner(store: Store, seed: Seed, organization: Organization | undefined): SeededOwner {
  const { id } = required(organization, "organizations: at least one is needed");
  const membership = required(
    store.memberships.where("organization_id", id).find(({ level }) => level === LEVEL.owner),
    "organizations: the first one needs a member whose level is owner",
  );
  const { email } = required(store.users.get(membership.user_id), "users: the owner is missing");
  const written = seed.users.find((user) => sameEmail(user.email, email));
  const password = written?.password ?? randomToken(16);
  if (written?.password === undefined) {
    store.users.update(membership.user_id, { password_hash: hashPassword(password) }, SYSTEM);
  }
  const unrestricted = seed.keys.find(
    (key) =>
      sameEmail(key.user, email) &&
      key.value !== undefined &&
      key.scopes.includes("*") &&
      key.projects.length === 0 &&
      key.organizations.length === 0,
  );
  const apiKey = unrestricted?.value ?? addKey(store, ownerKey(email));
  const totp = written?.totpSecret === undefined ? {} : { totpSecret: written.totpSecret };
  return { organizationId: id, email, password, apiKey, ...totp };
}

function ownerKey(email: string): KeySeed {
  return { user: email, label: "Owner's key", scopes: ["*"], projects: [], organizations: [] };
}

function reserveIds(store: Store, { id, settings, objects }: ProjectSeed): void {
  store.reserveId("project", id ?? 0);
  if (typeof settings.primary_dashboard === "number") {
    store.reserveId("dashboard", settings.primary_dashboard);
  }
  for (const object of objects) {
    if (typeof object.id === "number" && object.resource !== "dashboard") {
      store.reserveId(object.resource === "cohort" ? "cohort" : "object", object.id);
    }
  }
  const filters = z.array(z.object({ type: z.literal("cohort"), value: z.int() }));
  for (const { value } of filters.safeParse(settings.test_account_filters).data ?? []) {
    store.reserveId("cohort", value);
  }
}

/**
 * Fills a store from a seed. The first owner of the first organization gets a password and an unrestricted key if the
 * seed has none. The activity log gets the rows that PostHog records without an actor: organizations, people, keys
 * and domains.
 */
export function seedStore(server: SeededServer, seed: Seed): SeededOwner {
  const { store } = server;
  for (const project of seed.organizations.flatMap(({ projects }) => projects)) {
    reserveIds(store, project);
  }
  for (const user of seed.users) {
    store.reserveId("user", user.id ?? 0);
  }
  for (const user of seed.users) {
    addUser(store, user);
  }
  const organizations = seed.organizations.map((organization) => addOrganization(server, organization));
  for (const key of seed.keys) {
    addKey(store, key);
  }
  for (const [index, organization] of organizations.entries()) {
    addSignOn(store, organization, required(seed.organizations[index], "organizations: one is missing"));
  }
  copySettings(server, SYSTEM);
  return provideOwner(store, seed, organizations[0]);
}
