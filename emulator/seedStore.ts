import { SYSTEM } from "./core/collection";
import { hashKey, hashPassword, maskKey, randomToken, urlSafeToken } from "./core/secrets";
import { feature, newOrganization, newProject, newUser } from "./defaults";
import { LEVEL, type Membership, type Organization, type Project, type User } from "./entities";
import { PROJECT_SETTINGS } from "./projectSettings";
import { ALL_FEATURES, type Seed } from "./seed";
import type { Store } from "./store";

type OrganizationSeed = Seed["organizations"][number];
type KeySeed = Seed["keys"][number];

/** Who a seeded PostHog is used as. */
export interface SeededOwner {
  readonly organizationId: string;
  readonly email: string;
  readonly password: string;
  readonly totpSecret?: string;
  /** Value of the owner's personal API key with the scope `*`. */
  readonly apiKey: string;
}

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

function addUser(store: Store, seed: Seed["users"][number]): User {
  if (userByEmail(store, seed.email) !== undefined) {
    throw new Error(`Seed is not valid:\n  users: ${seed.email} is there twice`);
  }
  const blank = newUser(store, seed.email);
  return store.users.insert(
    {
      ...blank,
      id: seed.id ?? blank.id,
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

function addOrganization(store: Store, seed: OrganizationSeed): Organization {
  const blank = newOrganization(store, seed.name);
  const settings = known(seed.settings, blank, `organizations: ${seed.name}: settings`);
  const organization = store.organizations.insert(
    {
      ...blank,
      ...settings,
      id: seed.id ?? blank.id,
      slug: seed.slug ?? blank.slug,
      available_product_features: features(seed.features),
      has_active_subscription: seed.activeSubscription,
    },
    SYSTEM,
  );
  const projects = seed.projects.map((project) => addProject(store, organization, project));
  for (const member of seed.members) {
    addMember(store, organization, member, projects[0]);
  }
  addRoles(store, organization, seed);
  addAccessRules(store, organization, seed, projects);
  addInvites(store, organization, seed);
  addSignOn(store, organization, seed);
  return organization;
}

function features(seed: OrganizationSeed["features"]): Organization["available_product_features"] {
  const keys = seed === "all" ? ALL_FEATURES : seed === "none" ? [] : seed;
  return keys.map((one) => (typeof one === "string" ? feature(one) : feature(one.key, one.limit)));
}

function addProject(store: Store, organization: Organization, seed: OrganizationSeed["projects"][number]) {
  const settings = known(seed.settings, PROJECT_SETTINGS, `projects: ${seed.name}: settings`);
  const blank = newProject(store, organization.id, seed.name);
  const project = store.projects.insert(
    {
      ...blank,
      id: seed.id ?? blank.id,
      uuid: seed.uuid ?? blank.uuid,
      api_token: seed.apiToken ?? blank.api_token,
      ingested_event: seed.ingestedEvent,
      settings: { ...blank.settings, ...settings },
    },
    SYSTEM,
  );
  for (const object of seed.objects) {
    const pk = object.id ?? store.nextId("object");
    store.objects.insert(
      {
        id: `${object.resource}:${pk}`,
        resource: object.resource,
        pk,
        team_id: project.id,
        name: object.name,
        short_id: object.shortId ?? null,
        key: object.key ?? null,
        created_by_id: object.createdBy === undefined ? null : requireUser(store, object.createdBy).id,
        deleted: false,
        created_at: store.timestamp(),
      },
      SYSTEM,
    );
  }
  return project;
}

function addMember(
  store: Store,
  organization: Organization,
  seed: OrganizationSeed["members"][number],
  firstProject: Project | undefined,
): void {
  const user = userByEmail(store, seed.email) ?? store.users.insert(newUser(store, seed.email), SYSTEM);
  const now = store.timestamp();
  store.memberships.insert(
    {
      id: seed.id ?? store.uuid(),
      organization_id: organization.id,
      user_id: user.id,
      level: LEVEL[seed.level],
      joined_at: now,
      updated_at: now,
    },
    SYSTEM,
  );
  if (user.current_organization_id === null) {
    const current = {
      current_organization_id: organization.id,
      current_team_id: firstProject?.id ?? null,
    };
    store.users.update(user.id, current, SYSTEM);
  }
}

function addRoles(store: Store, organization: Organization, seed: OrganizationSeed): void {
  const now = store.timestamp();
  for (const role of seed.roles) {
    const { id } = store.roles.insert(
      {
        id: role.id ?? store.uuid(),
        organization_id: organization.id,
        name: role.name,
        created_by_id: null,
        created_at: now,
      },
      SYSTEM,
    );
    for (const address of role.members) {
      const { id: membership_id } = requireMember(store, organization, address);
      store.roleMemberships.insert(
        { id: store.uuid(), role_id: id, membership_id, joined_at: now, updated_at: now },
        SYSTEM,
      );
    }
  }
}

function addAccessRules(
  store: Store,
  organization: Organization,
  seed: OrganizationSeed,
  projects: readonly Project[],
): void {
  const now = store.timestamp();
  for (const rule of seed.accessRules) {
    const project = required(
      projects.find(({ id, name }) => name === rule.project || String(id) === rule.project),
      `accessRules: there is no project ${rule.project}`,
    );
    const role = store.roles.where("organization_id", organization.id).find(({ name }) => name === rule.role);
    if (rule.role !== undefined) {
      required(role, `accessRules: there is no role ${rule.role}`);
    }
    const member = rule.member === undefined ? null : requireMember(store, organization, rule.member).id;
    store.accessRules.insert(
      {
        id: store.uuid(),
        team_id: project.id,
        resource: rule.resource,
        resource_id: rule.resourceId ?? (rule.resource === "project" ? String(project.id) : null),
        organization_member: member,
        role: role?.id ?? null,
        access_level: rule.level,
        created_at: now,
        updated_at: now,
      },
      SYSTEM,
    );
  }
}

function addInvites(store: Store, organization: Organization, seed: OrganizationSeed): void {
  for (const invite of seed.invites) {
    const moment = invite.createdAt ?? store.timestamp();
    store.invites.insert(
      {
        id: store.uuid(),
        organization_id: organization.id,
        target_email: invite.email,
        first_name: invite.firstName,
        level: LEVEL[invite.level],
        message: invite.message ?? null,
        private_project_access: [],
        emailing_attempt_made: false,
        created_by_id: invite.invitedBy === undefined ? null : requireUser(store, invite.invitedBy).id,
        created_at: moment,
        updated_at: moment,
      },
      SYSTEM,
    );
  }
}

function addSignOn(store: Store, organization: Organization, seed: OrganizationSeed): void {
  for (const domain of seed.domains) {
    store.domains.insert(
      {
        id: domain.id ?? store.uuid(),
        organization_id: organization.id,
        domain: domain.domain,
        verified_at: domain.verified ? store.timestamp() : null,
        verification_challenge: domain.challenge ?? urlSafeToken(),
        last_verification_retry: null,
        jit_provisioning_enabled: domain.jitProvisioning,
        sso_enforcement: domain.ssoEnforcement,
        saml_entity_id: domain.samlEntityId ?? null,
        saml_acs_url: domain.samlAcsUrl ?? null,
        saml_x509_cert: domain.samlX509Cert ?? null,
        scim_enabled: false,
        scim_token_hash: null,
        identity_provider_config: null,
      },
      SYSTEM,
    );
  }
  for (const provider of seed.identityProviders) {
    addProvider(store, organization, provider);
  }
}

function addProvider(
  store: Store,
  organization: Organization,
  seed: OrganizationSeed["identityProviders"][number],
): void {
  const domains = store.domains.where("organization_id", organization.id);
  const ids = seed.domains.map(
    (name) =>
      required(
        domains.find(({ domain }) => domain === name),
        `identityProviders: there is no domain ${name}`,
      ).id,
  );
  const now = store.timestamp();
  const provider = store.identityProviders.insert(
    {
      id: seed.id ?? store.uuid(),
      organization_id: organization.id,
      name: seed.name,
      domain_scope: seed.domainScope ?? null,
      config_scope: seed.configScope ?? null,
      organization_domain_ids: ids,
      saml_entity_id: seed.samlEntityId ?? null,
      saml_acs_url: seed.samlAcsUrl ?? null,
      saml_x509_cert: seed.samlX509Cert ?? null,
      saml_relay_state: store.uuid(),
      scim_enabled: false,
      scim_slug: randomToken(12).toLowerCase(),
      scim_token_hash: null,
      id_jag_issuer_url: null,
      id_jag_jwks_url: null,
      id_jag_allowed_clients: [],
      oidc_issuer_url: "",
      oidc_client_id: "",
      oidc_client_secret: null,
      created_at: now,
      updated_at: now,
    },
    SYSTEM,
  );
  for (const id of ids) {
    store.domains.update(id, { identity_provider_config: provider.id }, SYSTEM);
  }
}

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

function userByEmail(store: Store, email: string): User | undefined {
  return store.users.find((user) => sameEmail(user.email, email));
}

function sameEmail(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function requireUser(store: Store, email: string): User {
  return required(userByEmail(store, email), `there is no user ${email}`);
}

function requireMember(store: Store, organization: Organization, email: string): Membership {
  const user = requireUser(store, email);
  const membership = store.memberships
    .where("user_id", user.id)
    .find(({ organization_id }) => organization_id === organization.id);
  return required(membership, `${email} is not a member of ${organization.name}`);
}

function required<T>(value: T | undefined, problem: string): T {
  if (value === undefined) {
    throw new Error(`Seed is not valid:\n  ${problem}`);
  }
  return value;
}

function known<T extends object>(settings: T, allowed: object, where: string): T {
  for (const name of Object.keys(settings)) {
    required(name in allowed ? name : undefined, `${where}: there is no setting ${name}`);
  }
  return settings;
}
