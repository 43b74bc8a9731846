import type { Generation, SeedInput } from "../../emulator";
import type { Properties } from "../../provider/engine/state";
import { certificate } from "./certificate";

type Organization = SeedInput["organizations"][number];

/** A resource before and after a change of the program. */
interface Change {
  readonly type: string;
  readonly before: Properties;
  readonly after: Properties;
}

/** A change of the program, and what PostHog holds at first. */
export interface Scenario extends Change {
  readonly name: string;
  /** The program's other resources, which are written at the same time. */
  readonly siblings?: readonly Change[];
  /** The age of the server; default the newest. */
  readonly generation?: Generation;
  /** What the organization has in addition to its people and one project. */
  readonly organization?: Partial<Organization>;
  /** Whether the DNS record that proves the domain is published once the resource exists. */
  readonly publishes?: boolean;
}

/** All resources of a scenario, in the program's order. */
export const changesIn = (scenario: Scenario): readonly Change[] => [scenario, ...(scenario.siblings ?? [])];

export const people = {
  owner: "owner@acme.test",
  admin: "admin@acme.test",
  analyst: "analyst@acme.test",
  developer: "developer@acme.test",
};
const { owner, admin, analyst, developer } = people;
const password = "a-long-enough-password";

/** The emulator's seed for a scenario. */
export function seedOf({ organization }: Scenario): SeedInput {
  return {
    users: [owner, admin, analyst, developer].map((email) => ({ email, password })),
    organizations: [
      {
        name: "Acme",
        members: [
          { email: owner, level: "owner" },
          { email: admin, level: "admin" },
          { email: analyst },
          { email: developer },
        ],
        projects: [
          { name: "Website", id: 1, objects: [{ resource: "feature_flag", name: "New", key: "new", id: 7 }] },
        ],
        roles: [{ name: "Team", members: [admin] }],
        ...organization,
      },
    ],
    keys: [{ user: owner, label: "caller", value: "phx_sweeping0key" }],
  };
}

export const entityId = "https://idp.acme.test/entity";
export const saml = { entityId, ssoUrl: "https://idp.acme.test/sso", x509Cert: certificate };
const [on, off] = [{ enabled: true }, { enabled: false }];
/** An organization with a verified domain. */
export const withDomain: Partial<Organization> = { domains: [{ domain: "acme.test", verified: true }] };

/** Every kind of resource, most in more than one form. */
export const scenarios: readonly Scenario[] = [
  {
    name: "Project",
    type: "Project",
    before: { name: "Staging" },
    after: {
      name: "Preview",
      timezone: "Europe/Berlin",
      defaultAccess: "none",
      settings: { anonymizeIps: true },
    },
  },
  {
    name: "Project, opened again",
    type: "Project",
    before: { name: "Staging", defaultAccess: "none", settings: { anonymizeIps: true } },
    after: { name: "Staging" },
  },
  {
    name: "ProjectMember of a person",
    type: "ProjectMember",
    before: { projectId: 1, user: analyst, accessLevel: "member" },
    after: { projectId: 1, user: analyst, accessLevel: "admin" },
  },
  {
    name: "ProjectMember that is adopted",
    type: "ProjectMember",
    organization: { accessRules: [{ project: "Website", role: "Team", level: "member" }] },
    before: { projectId: 1, role: "Team", accessLevel: "admin", adopt: true },
    after: { projectId: 1, role: "Team", accessLevel: "none", adopt: true },
  },
  {
    name: "ProjectAccess",
    type: "ProjectAccess",
    before: {
      projectId: 1,
      members: { [analyst]: "admin", [developer]: "member" },
      roles: { Team: "member" },
    },
    after: {
      projectId: 1,
      defaultAccess: "none",
      members: { [analyst]: "member" },
      resources: { dashboard: { default: "viewer", roles: { Team: "editor" } } },
      removalLimit: 1,
    },
  },
  {
    name: "AccessControl on a type",
    type: "AccessControl",
    before: { projectId: 1, resource: "dashboard", user: analyst, accessLevel: "viewer" },
    after: { projectId: 1, resource: "dashboard", user: analyst, accessLevel: "editor" },
  },
  {
    name: "AccessControl on an object",
    type: "AccessControl",
    before: {
      projectId: 1,
      resource: "feature_flag",
      resourceId: "new",
      role: "Team",
      accessLevel: "viewer",
    },
    after: { projectId: 1, resource: "feature_flag", resourceId: "new", role: "Team", accessLevel: "editor" },
  },
  {
    name: "PersonalApiKey",
    type: "PersonalApiKey",
    before: { label: "CI", scopes: ["insight:read"] },
    after: { label: "CI 2", scopes: ["insight:read", "dashboard:read"], keepers: { since: 2 } },
  },
  {
    name: "ProjectSecretApiKey",
    type: "ProjectSecretApiKey",
    before: { projectId: 1, label: "Flags", scopes: ["feature_flag:read"] },
    after: { projectId: 1, label: "All flags", scopes: ["feature_flag:read"], keepers: { since: 2 } },
  },
  {
    name: "Role",
    type: "Role",
    before: { name: "Analysts", members: [analyst, admin] },
    after: { name: "Insights", members: [developer, admin], removalLimit: 1 },
  },
  {
    name: "RoleMembers",
    type: "RoleMembers",
    before: { roleId: "Team", members: [analyst] },
    after: { roleId: "Team", members: [developer], removalLimit: 1 },
  },
  {
    name: "RoleMembership",
    type: "RoleMembership",
    before: { roleId: "Team", user: analyst },
    after: { roleId: "Team", user: analyst },
  },
  {
    name: "OrganizationMember who is invited",
    type: "OrganizationMember",
    before: { user: "new@acme.test" },
    after: { user: "new@acme.test", level: "admin" },
  },
  {
    name: "OrganizationMember who is one",
    type: "OrganizationMember",
    before: { user: analyst, level: "admin", adopt: true, onDestroy: "demote" },
    after: { user: analyst, level: "owner", adopt: true, onDestroy: "demote" },
  },
  {
    name: "OrganizationSettings",
    type: "OrganizationSettings",
    before: { name: "Acme, Inc.", membersCanInvite: false },
    after: { defaultAnonymizeIps: true, membersCanInvite: true, defaultRoleId: "Team" },
  },
  {
    name: "OrganizationDomain",
    type: "OrganizationDomain",
    before: { domain: "acme.test" },
    after: { domain: "acme.test", waitForVerification: 60, enforcement: "google-oauth2" },
    publishes: true,
  },
  {
    name: "OrganizationDomain, sign-in only",
    type: "OrganizationDomain",
    organization: withDomain,
    before: { domain: "acme.test", signInOnly: true, jitProvisioning: true },
    after: { domain: "acme.test", signInOnly: true, enforcement: "google-oauth2" },
  },
  {
    name: "IdentityProvider that gets SCIM",
    type: "IdentityProvider",
    organization: withDomain,
    before: { name: "Okta", domains: ["acme.test"], saml },
    after: { name: "Okta", domains: ["acme.test"], saml, scim: on },
  },
  {
    name: "IdentityProvider that switches SCIM on",
    type: "IdentityProvider",
    organization: withDomain,
    before: { name: "Okta", domains: ["acme.test"], scim: off },
    after: { name: "Okta", domains: ["acme.test"], scim: on },
  },
  {
    name: "IdentityProvider that loses SCIM",
    type: "IdentityProvider",
    organization: withDomain,
    before: { name: "Okta", domains: ["acme.test"], saml, scim: on },
    after: { name: "Entra", domains: ["acme.test"], saml },
  },
  ...(["2025-08", "2026-07", "current"] as const).flatMap((generation): Scenario[] => [
    {
      name: `OrgSsoSettings that gets SAML, ${generation}`,
      type: "OrgSsoSettings",
      generation,
      before: { domain: "acme.test" },
      after: { domain: "acme.test", saml },
    },
    ...(generation === "2025-08"
      ? []
      : [
          {
            name: `OrgSsoSettings that gets SCIM, ${generation}`,
            type: "OrgSsoSettings",
            generation,
            before: { domain: "acme.test", saml },
            after: { domain: "acme.test", saml, scim: on },
          },
          {
            name: `OrgSsoSettings that switches SCIM on, ${generation}`,
            type: "OrgSsoSettings",
            generation,
            before: { domain: "acme.test", scim: off },
            after: { domain: "acme.test", scim: on },
          },
          {
            name: `OrgSsoSettings that loses SCIM, ${generation}`,
            type: "OrgSsoSettings",
            generation,
            before: { domain: "acme.test", saml, scim: on },
            after: { domain: "acme.test", saml },
          },
        ]),
  ]),
  {
    name: "siblings: projects of one name",
    type: "Project",
    // Newer servers have unique names.
    generation: "2026-07",
    before: { name: "Staging", adopt: false },
    after: { name: "Staging", adopt: false, timezone: "Europe/Berlin" },
    siblings: [
      {
        type: "Project",
        before: { name: "Staging", adopt: false },
        after: { name: "Staging", adopt: false, defaultAccess: "none" },
      },
    ],
  },
  {
    name: "siblings: personal keys of one label",
    type: "PersonalApiKey",
    before: { label: "CI", scopes: ["insight:read"], adopt: false },
    after: { label: "CI", scopes: ["insight:read"], adopt: false, keepers: { since: 2 } },
    siblings: [
      {
        type: "PersonalApiKey",
        before: { label: "CI", scopes: ["dashboard:read"], adopt: false },
        after: { label: "CI", scopes: ["dashboard:read"], adopt: false, keepers: { since: 2 } },
      },
    ],
  },
  {
    name: "siblings: access to one project",
    type: "ProjectAccess",
    before: { projectId: 1, members: { [analyst]: "member" } },
    after: { projectId: 1, members: { [analyst]: "admin" }, removalLimit: 1 },
    siblings: [
      {
        type: "ProjectMember",
        before: { projectId: 1, user: developer, accessLevel: "member" },
        after: { projectId: 1, user: developer, accessLevel: "admin" },
      },
      {
        type: "AccessControl",
        before: { projectId: 1, resource: "dashboard", role: "Team", accessLevel: "viewer" },
        after: { projectId: 1, resource: "dashboard", role: "Team", accessLevel: "editor" },
      },
    ],
  },
  {
    name: "siblings: people and roles",
    type: "Role",
    before: { name: "Analysts", members: [analyst] },
    after: { name: "Analysts", members: [developer], removalLimit: 1 },
    siblings: [
      {
        type: "RoleMembership",
        before: { roleId: "Team", user: analyst },
        after: { roleId: "Team", user: analyst },
      },
      {
        type: "RoleMembership",
        before: { roleId: "Team", user: developer },
        after: { roleId: "Team", user: developer },
      },
      {
        type: "OrganizationMember",
        before: { user: "new@acme.test" },
        after: { user: "new@acme.test", level: "admin" },
      },
    ],
  },
  {
    name: "siblings: keys and settings",
    type: "ProjectSecretApiKey",
    before: { projectId: 1, label: "Flags", scopes: ["feature_flag:read"] },
    after: { projectId: 1, label: "All flags", scopes: ["feature_flag:read"] },
    siblings: [
      {
        type: "ProjectSecretApiKey",
        before: { projectId: 1, label: "More flags", scopes: ["feature_flag:read"] },
        after: { projectId: 1, label: "More flags", scopes: ["feature_flag:read"], keepers: { since: 2 } },
      },
      {
        type: "OrganizationSettings",
        before: { membersCanInvite: false },
        after: { membersCanInvite: true },
      },
    ],
  },
  {
    name: "siblings: sign-on of two domains",
    type: "IdentityProvider",
    organization: { domains: [{ domain: "acme.test", verified: true }] },
    before: { name: "Okta", domains: ["acme.test"], saml },
    after: { name: "Okta", domains: ["acme.test"], saml, scim: on },
    siblings: [
      {
        type: "OrgSsoSettings",
        before: { domain: "labs.test", scim: on },
        after: { domain: "labs.test", saml, scim: on },
      },
      {
        type: "OrganizationDomain",
        before: { domain: "shop.test" },
        after: { domain: "shop.test" },
      },
    ],
  },
];
