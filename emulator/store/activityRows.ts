import { type ActivityScope, audit } from "./activityLog";
import type { Json, Organization, Project, User } from "./entities";
import type { Store } from "./store";

/** Makes the store write an activity-log row for each write (PostHog: activity logging). */
export function writeActivity(store: Store): void {
  auditOrganizations(store);
  auditRoles(store);
  auditProjects(store);
  auditKeys(store);
  auditSignOn(store);
  auditUsers(store);
}

function auditOrganizations(store: Store): void {
  const organizationName = (id: string) => store.organizations.get(id)?.name ?? "";
  const person = (id: number | null | undefined) => store.users.get(id);

  audit(store, store.organizations, {
    scope: "Organization",
    name: (row) => row.name,
    places: (row) => [{ organization_id: row.id, team_id: null }],
    fields: organizationFields,
  });
  audit(store, store.memberships, {
    scope: "OrganizationMembership",
    name: (row, activity) => {
      const who = describe(person(row.user_id));
      const where = organizationName(row.organization_id);
      const verb = { created: "joined", deleted: "left" }[activity];
      return verb === undefined ? `${who} membership updated in ${where}` : `${who} ${verb} ${where}`;
    },
    places: (row) => [{ organization_id: row.organization_id, team_id: null }],
    fields: ({ level }) => ({ level }),
    context: (row) => ({
      organization_id: row.organization_id,
      organization_name: organizationName(row.organization_id),
      user_id: String(row.user_id),
      user_email: person(row.user_id)?.email ?? "",
      user_name: fullName(person(row.user_id)),
      level: { 1: "member", 8: "administrator", 15: "owner" }[row.level],
    }),
  });
  audit(store, store.invites, {
    scope: "OrganizationInvite",
    name: (row, activity) => {
      const where = organizationName(row.organization_id);
      const inviter = person(row.created_by_id);
      if (activity !== "created") {
        return `Invite for ${row.target_email} to organization ${where} was canceled`;
      }
      return inviter === undefined
        ? `User ${row.target_email} was invited to organization ${where}`
        : `User ${describe(inviter)} invited user ${row.target_email} into organization ${where}`;
    },
    places: (row) => [{ organization_id: row.organization_id, team_id: null }],
    fields: ({ target_email, level }) => ({ target_email, level }),
  });
}

function auditRoles(store: Store): void {
  const member = (membershipId: string) => store.users.get(store.memberships.get(membershipId)?.user_id);
  audit(store, store.roles, {
    scope: "Role",
    name: (row) => row.name,
    places: (row) => [{ organization_id: row.organization_id, team_id: null }],
    fields: ({ name }) => ({ name }),
  });
  audit(store, store.roleMemberships, {
    scope: "RoleMembership",
    name: (row) => `${describe(member(row.membership_id))} in ${store.roles.get(row.role_id)?.name ?? ""}`,
    places: (row) => [
      {
        organization_id: store.roles.get(row.role_id)?.organization_id ?? null,
        team_id: null,
      },
    ],
    fields: ({ role_id, membership_id }) => ({ role_id, membership_id }),
  });
}

function auditProjects(store: Store): void {
  audit(store, store.projects, {
    scope: "Project",
    name: (row) => row.name,
    places: (row) => [projectPlace(row)],
    fields: ({ name, product_description }) => ({ name, product_description }),
  });
  audit(store, store.projects, {
    scope: "Team",
    name: (row) => row.name,
    places: (row) => [projectPlace(row)],
    fields: ({ name, api_token, secret_api_token, secret_api_token_backup, settings }) => ({
      name,
      api_token,
      secret_api_token,
      secret_api_token_backup,
      ...settings,
    }),
    masked: ["secret_api_token", "secret_api_token_backup"],
  });
  audit(store, store.accessRules, {
    scope: "AccessControl",
    name: (row) => (row.resource_id === null ? row.resource : `${row.resource} ${row.resource_id}`),
    places: (row) => [projectPlace(store.projects.get(row.team_id))],
    fields: ({ access_level }) => ({ access_level }),
    context: ({ resource, resource_id, organization_member, role, access_level }) => ({
      resource,
      resource_id,
      organization_member,
      role,
      access_level,
    }),
  });
}

function auditKeys(store: Store): void {
  audit(store, store.personalApiKeys, {
    scope: "PersonalAPIKey",
    name: (row) => row.label,
    places: (row) => {
      const projects = row.scoped_teams.map((id) => projectPlace(store.projects.get(id)));
      const scoped = row.scoped_organizations;
      const member = store.memberships.where("user_id", row.user_id).map((entry) => entry.organization_id);
      const everywhere = scoped.length > 0 ? scoped : member;
      return projects.length > 0
        ? projects
        : everywhere.map((id) => ({ organization_id: id, team_id: null }));
    },
    fields: ({ label, description, scopes, mask_value, last_rolled_at }) => ({
      label,
      description,
      scopes,
      mask_value,
      last_rolled_at,
    }),
  });
  audit(store, store.projectSecretApiKeys, {
    scope: "ProjectSecretAPIKey",
    name: (row) => row.label,
    places: (row) => [projectPlace(store.projects.get(row.team_id))],
    fields: ({ label, scopes, mask_value, last_rolled_at }) => ({
      label,
      scopes,
      mask_value,
      last_rolled_at,
    }),
  });
}

function auditSignOn(store: Store): void {
  audit(store, store.domains, {
    scope: "OrganizationDomain",
    name: (row) => row.domain,
    places: (row) => [{ organization_id: row.organization_id, team_id: null }],
    fields: ({
      id: _id,
      organization_id: _organization,
      last_verification_retry: _retry,
      scim_token_hash: scim_bearer_token,
      ...fields
    }) => ({ ...fields, scim_bearer_token }),
    masked: ["verification_challenge", "saml_x509_cert", "scim_bearer_token"],
  });
  audit(store, store.identityProviders, {
    scope: "IdentityProviderConfig",
    name: (row) => row.name,
    places: (row) => [{ organization_id: row.organization_id, team_id: null }],
    fields: ({
      id: _id,
      organization_id: _organization,
      created_at: _created,
      updated_at: _updated,
      scim_token_hash: scim_bearer_token,
      ...fields
    }) => ({ ...fields, scim_bearer_token }),
    masked: ["saml_x509_cert", "scim_bearer_token", "oidc_client_secret"],
  });
}

function auditUsers(store: Store): void {
  audit(store, store.users, {
    scope: "User",
    name: (row) => row.email,
    places: (row) => [{ organization_id: row.current_organization_id, team_id: null }],
    fields: ({ email, first_name, last_name, is_active, is_email_verified }) => ({
      email,
      first_name,
      last_name,
      is_active,
      is_email_verified,
    }),
  });
}

function projectPlace(project: Project | undefined): ActivityScope {
  return { organization_id: project?.organization_id ?? null, team_id: project?.id ?? null };
}

function organizationFields(row: Organization): { readonly [field: string]: Json } {
  const { id: _id, created_at: _created, updated_at: _updated, available_product_features, ...fields } = row;
  return { ...fields, available_product_features: available_product_features.map(({ key }) => key) };
}

function fullName(user: User | undefined): string {
  return `${user?.first_name ?? ""} ${user?.last_name ?? ""}`.trim();
}

function describe(user: User | undefined): string {
  return `${fullName(user)} (${user?.email ?? ""})`;
}
