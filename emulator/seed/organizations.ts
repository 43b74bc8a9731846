import { newOrganization } from "../organization/newOrganization";
import { addStarterDashboard, newProject, nextObjectId } from "../projects/newProject";
import { PROJECT_SETTINGS } from "../projects/projectSettings";
import type { ServerKind } from "../server/backend";
import { SYSTEM } from "../store/collection";
import { newDomain, newIdentityProvider, newUser } from "../store/defaults";
import { LEVEL, type Organization, type ProductFeature, type Project } from "../store/entities";
import type { Store } from "../store/store";
import { ALL_FEATURES } from "./defaults";
import { known, required, requireMember, requireUser, userByEmail } from "./find";
import type { OrganizationSeed } from "./seed";

/** The server to seed. Its kind decides what new rows hold. */
export interface SeededServer extends ServerKind {
  readonly store: Store;
}

/** Adds an organization with everything in it. */
export function addOrganization(server: SeededServer, seed: OrganizationSeed): Organization {
  const { store } = server;
  const blank = newOrganization(server, seed.name);
  const settings = known(seed.settings, blank, `organizations: ${seed.name}: settings`);
  const organization = store.organizations.insert(
    {
      ...blank,
      plugins_access_level: 9,
      has_plan: true,
      ...settings,
      id: seed.id ?? blank.id,
      slug: seed.slug ?? blank.slug,
      available_product_features: features(seed.features),
      has_active_subscription: seed.activeSubscription,
    },
    SYSTEM,
  );
  const projects = addPeopleAndProjects(server, organization, seed);
  addRoles(store, organization, seed);
  addAccessRules(store, organization, seed, projects);
  addInvites(store, organization, seed);
  return organization;
}

// The founder joins the organization after its first project is made; everyone else joins later.
function addPeopleAndProjects(
  server: SeededServer,
  organization: Organization,
  seed: OrganizationSeed,
): Project[] {
  const [first, ...others] = seed.projects;
  const [founder, ...members] = seed.members;
  const projects = first === undefined ? [] : [addProject(server, organization, first)];
  if (founder !== undefined) {
    addMember(server.store, organization, founder, projects[0]);
  }
  projects.push(...others.map((project) => addProject(server, organization, project)));
  for (const member of members) {
    addMember(server.store, organization, member, projects[0]);
  }
  return projects;
}

function features(seed: OrganizationSeed["features"]): Organization["available_product_features"] {
  const keys = seed === "all" ? ALL_FEATURES : seed === "none" ? [] : seed;
  return keys.map((one) => (typeof one === "string" ? feature(one) : feature(one.key, one)));
}

function addProject(
  server: SeededServer,
  organization: Organization,
  seed: OrganizationSeed["projects"][number],
): Project {
  const { store } = server;
  const settings = known(seed.settings, PROJECT_SETTINGS, `projects: ${seed.name}: settings`);
  const project = store.projects.insert(
    newProject(server, {
      organization_id: organization.id,
      name: seed.name,
      ingested_event: seed.ingestedEvent,
      settings,
      ...(seed.id === undefined ? {} : { id: seed.id }),
      ...(seed.uuid === undefined ? {} : { uuid: seed.uuid }),
      ...(seed.apiToken === undefined ? {} : { api_token: seed.apiToken }),
    }),
    SYSTEM,
  );
  const dashboard = settings.primary_dashboard;
  const isSeeded = ({ id, resource }: { id?: unknown; resource: string }) =>
    resource === "dashboard" && id === dashboard;
  if (typeof dashboard === "number" && !seed.objects.some(isSeeded)) {
    addStarterDashboard(server, project.id, SYSTEM, dashboard);
  }
  for (const object of seed.objects) {
    const pk = object.id ?? nextObjectId(store, object.resource);
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
      `accessRules: unknown project ${rule.project}`,
    );
    const role = store.roles.where("organization_id", organization.id).find(({ name }) => name === rule.role);
    if (rule.role !== undefined) {
      required(role, `accessRules: unknown role ${rule.role}`);
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

/** Features that have a limit on every plan. */
const USUAL_LIMITS: Readonly<Record<string, Pick<ProductFeature, "limit" | "unit">>> = {
  session_replay_data_retention: { limit: 60, unit: "months" },
};

function feature(
  key: string,
  { limit, unit }: Pick<ProductFeature, "limit" | "unit"> = USUAL_LIMITS[key] ?? { limit: null, unit: null },
): ProductFeature {
  const words = key.replaceAll("_", " ");
  return {
    key,
    name: words.charAt(0).toUpperCase() + words.slice(1),
    description: null,
    unit,
    limit,
    note: null,
    is_plan_default: true,
  };
}

export function addSignOn(store: Store, organization: Organization, seed: OrganizationSeed): void {
  for (const domain of seed.domains) {
    const blank = newDomain(store, organization.id, domain.domain);
    store.domains.insert(
      {
        ...blank,
        id: domain.id ?? blank.id,
        verified_at: domain.verified ? store.timestamp() : null,
        verification_challenge: domain.challenge ?? blank.verification_challenge,
        jit_provisioning_enabled: domain.jitProvisioning,
        sso_enforcement: domain.ssoEnforcement,
        ...samlOf(domain),
      },
      SYSTEM,
    );
  }
  for (const provider of seed.identityProviders) {
    addProvider(store, organization, provider);
  }
}

type ProviderSeed = OrganizationSeed["identityProviders"][number];

function addProvider(store: Store, organization: Organization, seed: ProviderSeed): void {
  const domains = store.domains.where("organization_id", organization.id);
  const idOf = (name: string) =>
    required(
      domains.find(({ domain }) => domain === name),
      `identityProviders: unknown domain ${name}`,
    ).id;
  const blank = newIdentityProvider(store, organization.id);
  const provider = store.identityProviders.insert(
    {
      ...blank,
      id: seed.id ?? blank.id,
      name: seed.name,
      domain_scope: seed.domainScope ?? null,
      config_scope: seed.configScope ?? null,
      organization_domain_ids: seed.domains.map(idOf),
      ...samlOf(seed),
    },
    SYSTEM,
  );
  for (const id of provider.organization_domain_ids) {
    store.domains.update(id, { identity_provider_config: provider.id }, SYSTEM);
  }
}

function samlOf(seed: Pick<ProviderSeed, "samlEntityId" | "samlAcsUrl" | "samlX509Cert">) {
  return {
    saml_entity_id: seed.samlEntityId ?? null,
    saml_acs_url: seed.samlAcsUrl ?? null,
    saml_x509_cert: seed.samlX509Cert ?? null,
  };
}
