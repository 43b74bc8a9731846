import { type ActivityScope, audit, type LoggedAs, rowOf } from "./activityLog";
import type { Change } from "./collection";
import type { Json, Organization, OrganizationDomain, PersonalApiKey, Project, User } from "./entities";
import { keyRows } from "./keyRows";
import type { Store } from "./store";

/**
 * Makes the store write PostHog's activity-log rows. PostHog writes none for roles, role memberships, access rules and
 * configurations of identity providers (recorded from PostHog's own servers).
 */
export function writeActivity(store: Store): void {
  auditOrganizations(store);
  auditMembers(store);
  auditProjects(store);
  auditKeys(store);
  auditDomains(store);
  auditUsers(store);
}

/** Leaves one row for each write of these kinds. */
function always<T>(
  place: (row: T) => ActivityScope,
  kinds: readonly Change<T>["kind"][] = ["created", "updated", "deleted"],
) {
  return (change: Change<T>): LoggedAs[] =>
    kinds.includes(change.kind) ? [{ ...place(rowOf(change)), activity: change.kind }] : [];
}

function inOrganization({ organization_id }: { readonly organization_id: string }): ActivityScope {
  return { organization_id, team_id: null };
}

function inProject(project: Project | undefined): ActivityScope {
  return { organization_id: project?.organization_id ?? null, team_id: project?.id ?? null };
}

function auditOrganizations(store: Store): void {
  audit(store, store.organizations, {
    scope: "Organization",
    rows: always(({ id }) => inOrganization({ organization_id: id }), ["created", "updated"]),
    name: (row) => row.name,
    fields: organizationFields,
  });
}

/** The log's names for an organization's columns, if they differ (PostHog: activity log). */
const ORGANIZATION_WORDS: Readonly<Record<string, string>> = {
  name: "organization name",
  enforce_2fa: "two-factor authentication requirement",
  members_can_invite: "member invitation permissions",
  members_can_use_personal_api_keys: "personal API key permissions",
  allow_publicly_shared_resources: "public sharing permissions",
  is_member_join_email_enabled: "member join email notifications",
  default_experiment_stats_method: "default experiment stats method",
};

function organizationFields({
  id: _id,
  created_at: _created,
  updated_at: _updated,
  customer_id: _customer,
  available_product_features: _features,
  has_active_subscription: _subscription,
  has_plan: _plan,
  plugins_access_level: _plugins,
  is_hipaa: _hipaa,
  is_ai_data_processing_approved: _approved,
  ...fields
}: Organization): { readonly [field: string]: Json } {
  return inWords(fields, ORGANIZATION_WORDS);
}

function inWords(fields: { readonly [field: string]: Json }, words: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [words[field] ?? field, value]));
}

function auditMembers(store: Store): void {
  const organizationName = (id: string) => store.organizations.get(id)?.name ?? "";
  const person = (id: number | null | undefined) => store.users.get(id);
  const levelName = (level: 1 | 8 | 15) => ({ 1: "member", 8: "administrator", 15: "owner" })[level];

  audit(store, store.memberships, {
    scope: "OrganizationMembership",
    rows: always(inOrganization),
    name: (row, activity) => {
      const who = describe(person(row.user_id));
      const where = organizationName(row.organization_id);
      const verb = { created: "joined", deleted: "left" }[activity];
      return verb === undefined ? `${who} membership updated in ${where}` : `${who} ${verb} ${where}`;
    },
    fields: ({ level }) => ({ level }),
    context: ({ organization_id, user_id, level }) => ({
      organization_id,
      organization_name: organizationName(organization_id),
      user_id: String(user_id),
      user_email: person(user_id)?.email ?? "",
      user_name: fullName(person(user_id)),
      level: levelName(level),
    }),
  });
  audit(store, store.invites, {
    scope: "OrganizationInvite",
    isNewer: true,
    rows: always(inOrganization),
    name: ({ organization_id, created_by_id, target_email }, activity) => {
      const where = organizationName(organization_id);
      const inviter = person(created_by_id);
      if (activity !== "created") {
        const verb = activity === "deleted" ? "cancelled" : "updated";
        return `Invite for ${target_email} to organization ${where} was ${verb}`;
      }
      return inviter === undefined
        ? `User ${target_email} was invited to organization ${where}`
        : `User ${describe(inviter)} invited user ${target_email} into organization ${where}`;
    },
    fields: ({ target_email, level }) => ({ target_email, level }),
    context: ({ organization_id, created_by_id, target_email, level }) => {
      const inviter = person(created_by_id);
      return {
        organization_id,
        organization_name: organizationName(organization_id),
        target_email,
        inviter_user_id: inviter === undefined ? null : String(inviter.id),
        inviter_user_email: inviter?.email ?? null,
        inviter_user_name: inviter === undefined ? null : fullName(inviter),
        level: levelName(level),
      };
    },
  });
}

// A project's and its environment's rows are nested: the environment comes after the project and goes before it.
function auditProjects(store: Store): void {
  const byRoute = { byRoute: true, withoutChanges: ["created", "deleted"] } as const;
  const project = {
    ...byRoute,
    scope: "Project",
    name: (row: Project) => row.name,
    fields: ({ name, product_description }: Project) => ({ name, product_description }),
  };
  // A project's first dashboard exists before the project is recorded.
  audit(store, store.projects, {
    scope: "Dashboard",
    isNewer: true,
    rows: (change) => (starterDashboard(rowOf(change)) === null ? [] : projectRows(change, ["created"])),
    name: () => "Your starter dashboard",
    type: "dashboard",
    itemId: (row) => String(starterDashboard(row)),
    fields: () => ({}),
  });
  audit(store, store.projects, { ...project, rows: (change) => projectRows(change, ["created", "updated"]) });
  audit(store, store.projects, {
    ...byRoute,
    scope: "Team",
    rows: projectRows,
    name: (row) => row.team_name,
    fields: ({ team_name, api_token, secret_api_token, secret_api_token_backup, settings }) => ({
      name: team_name,
      api_token,
      secret_api_token,
      secret_api_token_backup,
      ...settings,
    }),
    masked: ["secret_api_token", "secret_api_token_backup"],
  });
  audit(store, store.projects, { ...project, rows: (change) => projectRows(change, ["deleted"]) });
}

function starterDashboard({ settings }: Project): number | null {
  return typeof settings.primary_dashboard === "number" ? settings.primary_dashboard : null;
}

// A deletion is recorded when it is requested, even if it takes place later.
function projectRows(
  change: Change<Project>,
  activities: readonly string[] = ["created", "updated", "deleted"],
): LoggedAs[] {
  const row = rowOf(change);
  const isAsked = change.kind === "updated" && !change.before.deletion_queued && row.deletion_queued;
  const activity = isAsked ? "deleted" : change.kind;
  return activities.includes(activity) ? [{ ...inProject(row), activity }] : [];
}

function auditKeys(store: Store): void {
  const organizationName = (id: string | null) => store.organizations.get(id)?.name ?? "Unknown Organization";
  const projectName = (id: number | null) => store.projects.get(id)?.team_name ?? "Unknown Project";

  audit<PersonalApiKey>(store, store.personalApiKeys, {
    scope: "PersonalAPIKey",
    isNewer: true,
    rows: (change) => keyRows(store, change),
    name: (row) => row.mask_value,
    fields: ({ label, description, scopes, mask_value }) => ({ label, description, scopes, mask_value }),
    context: ({ user_id, scopes }, { organization_id, team_id }) => ({
      user_id,
      user_email: store.users.get(user_id)?.email ?? null,
      user_name: fullName(store.users.get(user_id)),
      organization_name: organizationName(organization_id),
      team_name: projectName(team_id),
      scopes,
    }),
    withoutChanges: ["deleted"],
  });
  audit(store, store.projectSecretApiKeys, {
    scope: "ProjectSecretAPIKey",
    rows: always(({ team_id }) => inProject(store.projects.get(team_id))),
    name: (row) => row.label,
    fields: ({ label, scopes, mask_value }) => ({ label, scopes, mask_value }),
    context: ({ scopes, created_by_id }, { organization_id, team_id }) => {
      const maker = store.users.get(created_by_id);
      return {
        organization_name: organizationName(organization_id),
        project_name: projectName(team_id),
        scopes,
        created_by_email: maker?.email ?? null,
        created_by_name: fullName(maker) || (maker?.email ?? null),
      };
    },
    withoutChanges: ["deleted"],
  });
}

/** The log's names for a domain's columns, if they differ (PostHog: activity log). */
const DOMAIN_WORDS: Readonly<Record<string, string>> = {
  jit_provisioning_enabled: "just-in-time provisioning",
  sso_enforcement: "SSO enforcement",
  saml_entity_id: "SAML entity ID",
  saml_acs_url: "SAML ACS URL",
  saml_x509_cert: "SAML X.509 certificate",
  scim_enabled: "SCIM provisioning",
  verified_at: "domain verification",
};

function auditDomains(store: Store): void {
  const organizationName = (id: string) => store.organizations.get(id)?.name ?? "";
  audit(store, store.domains, {
    scope: "OrganizationDomain",
    isNewer: true,
    rows: always(inOrganization),
    name: ({ domain, organization_id }, activity) => {
      const verb = { created: "added to", deleted: "removed from" }[activity] ?? "updated in";
      return `Domain ${domain} ${verb} ${organizationName(organization_id)}`;
    },
    fields: domainFields,
    masked: ["verification_challenge", "SAML X.509 certificate", "scim_bearer_token"],
    context: ({ domain, organization_id }) => ({
      organization_id,
      organization_name: organizationName(organization_id),
      domain,
    }),
  });
}

function domainFields({
  id: _id,
  organization_id: _organization,
  last_verification_retry: _retry,
  scim_token_hash: scim_bearer_token,
  ...fields
}: OrganizationDomain): { readonly [field: string]: Json } {
  return inWords({ ...fields, scim_bearer_token }, DOMAIN_WORDS);
}

function auditUsers(store: Store): void {
  audit(store, store.users, {
    scope: "User",
    isNewer: true,
    rows: (change) => userRows(store, change),
    name: (row, activity) => (activity === "logged_in" ? row.email : fullName(row) || row.email),
    fields: ({ email, first_name, last_name, is_active, is_email_verified }) => ({
      email,
      first_name,
      last_name,
      is_active,
      is_email_verified,
    }),
    masked: ["email"],
    context: (_row, { activity }) =>
      activity === "logged_in"
        ? { login_method: "Email/password", ip_address: LOOPBACK, user_agent: "", reauth: false }
        : null,
  });
}

/** The address that everyone signs in from: clients only reach an emulator locally. */
const LOOPBACK = "127.0.0.1";

// A person's changes show in all of their organizations, a sign-in only in the current one.
function userRows(store: Store, change: Change<User>): LoggedAs[] {
  const { id, current_organization_id, last_login } = rowOf(change);
  if (change.kind === "updated" && change.before.last_login !== last_login) {
    return current_organization_id === null
      ? []
      : [{ ...inOrganization({ organization_id: current_organization_id }), activity: "logged_in" }];
  }
  return store.memberships
    .where("user_id", id)
    .map((membership) => ({ ...inOrganization(membership), activity: change.kind }));
}

function fullName(user: User | undefined): string {
  return `${user?.first_name ?? ""} ${user?.last_name ?? ""}`.trim();
}

function describe(user: User | undefined): string {
  return `${fullName(user)} (${user?.email ?? ""})`;
}
