import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

// People and domain. The defaults fit the emulator; for your own organization:
//   pulumi config set analyst ana@your-company.com
const config = new pulumi.Config();
const analyst = config.get("analyst") ?? "analyst@acme.test";
const developer = config.get("developer") ?? "developer@acme.test";
const domain = config.get("domain") ?? "acme.example";

// Two projects: everyone works in staging; only people who are granted access can open production.
const staging = new posthog.Project("staging", {
  name: "Staging",
  defaultAccess: "member",
});
const production = new posthog.Project("production", {
  name: "Production",
  timezone: "Europe/Berlin",
  defaultAccess: "none",
  settings: { sessionRecordingOptIn: true },
});

// Who has access.
new posthog.ProjectMember("developer-in-staging", {
  projectId: staging.projectId,
  user: developer,
  accessLevel: "admin",
});
new posthog.ProjectMember("developer-in-production", {
  projectId: production.projectId,
  user: developer,
  accessLevel: "member",
});
new posthog.ProjectMember("analyst-in-production", {
  projectId: production.projectId,
  user: analyst,
  accessLevel: "member",
});

// API keys for automation, each with only the scopes that its job needs.
const deploy = new posthog.PersonalApiKey("deploy", {
  label: "Deploy: feature flags",
  scopes: ["feature_flag:write"],
  projects: [staging.projectId, production.projectId],
});
const reporting = new posthog.PersonalApiKey("reporting", {
  label: "Reporting: queries",
  scopes: ["query:read", "insight:read"],
  projects: [production.projectId],
  rotateAfterDays: 90,
});
const audit = new posthog.PersonalApiKey("audit", {
  label: "Audit: activity log",
  scopes: ["activity_log:read"],
});

// People of this domain must sign in with the company's identity provider. Never use the domain of the account that
// Pulumi signs in with: its password would stop working.
const signOn = new posthog.OrgSsoSettings("sign-on", {
  domain,
  saml: { metadataXml: readFileSync(join(__dirname, "idp-metadata.xml"), "utf8") },
  jitProvisioning: true,
  enforcement: "saml",
  waitForVerification: config.getNumber("waitForVerification"),
});

export const projects = { staging: staging.url, production: production.url };
export const ingestionToken = production.apiToken;
export const keys = { deploy: deploy.value, reporting: reporting.value, audit: audit.value };
export const singleSignOn = {
  verified: signOn.isVerified,
  enforced: signOn.enforceSso,
  dnsRecord: pulumi.interpolate`${signOn.challengeRecordName} TXT ${signOn.challengeRecordValue}`,
  // For the application in the identity provider.
  entityId: signOn.spEntityId,
  assertionUrl: signOn.spAcsUrl,
  relayState: signOn.relayState,
};
