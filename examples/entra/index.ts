import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

const domainName = new pulumi.Config().require("domain");
const tenant = azuread.getClientConfigOutput().tenantId;

const domain = new posthog.OrganizationDomain("acme", { domain: domainName });

// An application from Entra's gallery template for custom applications.
const { entityId, acsUrl } = posthog.getSamlServiceProviderOutput();
const application = new azuread.Application("posthog", {
  displayName: "PostHog",
  templateId: azuread.getApplicationTemplateOutput({ displayName: "Custom" }).templateId,
  identifierUris: [entityId],
  web: { redirectUris: [acsUrl] },
});
const principal = new azuread.ServicePrincipal("posthog", {
  clientId: application.clientId,
  useExisting: true, // The template creates it together with the application.
  appRoleAssignmentRequired: true,
  preferredSingleSignOnMode: "saml",
  featureTags: [{ customSingleSignOn: true, enterprise: true }],
  notificationEmailAddresses: [`it@${domainName}`],
});
const certificate = new azuread.ServicePrincipalTokenSigningCertificate("posthog", {
  servicePrincipalId: principal.id,
  displayName: "CN=PostHog",
});

// Values instead of the document: Entra lists a new certificate there before it signs with it.
const provider = new posthog.IdentityProvider("entra", {
  name: "Entra",
  domains: [domain.domain],
  saml: {
    entityId: pulumi.interpolate`https://sts.windows.net/${tenant}/`,
    ssoUrl: pulumi.interpolate`https://login.microsoftonline.com/${tenant}/saml2`,
    x509Cert: certificate.value,
  },
  scim: { enabled: true },
});

// Entra's SCIM client keeps people up to date. It gets no groups.
const secret = new azuread.SynchronizationSecret("scim", {
  servicePrincipalId: principal.id,
  credentials: [
    { key: "BaseAddress", value: pulumi.interpolate`${provider.scimBaseUrl}?aadOptscim062020` },
    { key: "SecretToken", value: provider.scimToken },
  ],
});
new azuread.SynchronizationJob(
  "scim",
  { servicePrincipalId: principal.id, templateId: "scim", enabled: true },
  { dependsOn: [secret] },
);

// A group lists object ids; PostHog identifies people by address. `mail` is empty without a mailbox, and a guest's
// `userPrincipalName` is not an address (`pat_partner.test#EXT#@acme.onmicrosoft.com`), so guests are left out.
const group = azuread.getGroupOutput({ displayName: "PostHog analysts", securityEnabled: true });
const people = azuread.getUsersOutput({ objectIds: group.members, ignoreMissing: true });
const role = new posthog.Role("analysts", {
  name: "Analysts",
  members: people.users.apply((users) =>
    users
      .filter(
        ({ accountEnabled, userPrincipalName }) => accountEnabled && !userPrincipalName.includes("#EXT#"),
      )
      .map(({ mail, userPrincipalName }) => mail || userPrincipalName),
  ),
  mode: "exclusive",
  waitForMembers: true,
});
const assignment = new azuread.AppRoleAssignment("analysts", {
  appRoleId: "00000000-0000-0000-0000-000000000000", // The default role.
  principalObjectId: group.objectId,
  resourceObjectId: principal.objectId,
});

// Created last and deleted first: sign-in is only enforced while it works.
const signIn = new posthog.OrganizationDomain(
  "acme-sign-in",
  { domain: domain.domain, signInOnly: true, jitProvisioning: true, enforcement: "saml" },
  { dependsOn: [application, principal, assignment, provider] },
);

export const record = { name: domain.challengeRecordName, value: domain.challengeRecordValue };
export const relayState = provider.relayState;
export const enforced = signIn.enforceSso;
export const waiting = role.waiting;
