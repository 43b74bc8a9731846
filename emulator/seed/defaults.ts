import type { SeedInput } from "./input";

/** The features of PostHog's plans that concern access and single sign-on. */
export const ALL_FEATURES = [
  "access_control",
  "advanced_permissions",
  "audit_logs",
  "automatic_provisioning",
  "data_color_themes",
  "logs_retention_30d",
  "oidc",
  "organization_invite_settings",
  "organization_security_settings",
  "organizations_projects",
  "property_access_control",
  "role_based_access",
  "saml",
  "scim",
  "session_replay_data_retention",
  "social_sso",
  "sso_enforcement",
  "2fa_enforcement",
  "xaa_authentication",
] as const;

/** The seed of an emulator that is started without one. */
export const DEFAULT_SEED: SeedInput = {
  users: [
    { email: "owner@acme.test", firstName: "Olivia", lastName: "Owner", password: "acme-owner-password" },
    { email: "second.owner@acme.test", firstName: "Sven", lastName: "Second" },
    { email: "admin@acme.test", firstName: "Ada", lastName: "Admin", password: "acme-admin-password" },
    { email: "analyst@acme.test", firstName: "Ana", lastName: "Lyst", password: "acme-analyst-password" },
    { email: "developer@acme.test", firstName: "Devon", lastName: "Loper" },
    { email: "designer@acme.test", firstName: "Desi", lastName: "Gner" },
    { email: "support@acme.test", firstName: "Suri", lastName: "Port" },
  ],
  organizations: [
    {
      name: "Acme",
      features: "all",
      members: [
        { email: "owner@acme.test", level: "owner" },
        { email: "second.owner@acme.test", level: "owner" },
        { email: "admin@acme.test", level: "admin" },
        { email: "analyst@acme.test" },
        { email: "developer@acme.test" },
        { email: "designer@acme.test" },
        { email: "support@acme.test" },
      ],
      projects: [{ name: "Default project" }],
    },
  ],
};
