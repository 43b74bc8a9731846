import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

const config = new pulumi.Config();
const domainName = config.require("domain");

const domain = new posthog.OrganizationDomain("acme", { domain: domainName });

// Okta issues the metadata once the application has PostHog's values, which this function knows without a request.
const { entityId, acsUrl } = posthog.getSamlServiceProviderOutput();
const application = new okta.app.Saml("posthog", {
  label: "PostHog",
  ssoUrl: acsUrl,
  recipient: acsUrl,
  destination: acsUrl,
  audience: entityId,
  // For people who start at Okta's dashboard: the output `relayState` of the first run.
  defaultRelayState: config.get("relayState"),
  subjectNameIdTemplate: `\${user.email}`,
  subjectNameIdFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
  signatureAlgorithm: "RSA_SHA256",
  digestAlgorithm: "SHA256",
  responseSigned: true,
  assertionSigned: true,
  honorForceAuthn: false,
  authnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
  attributeStatements: [
    { type: "EXPRESSION", name: "email", values: ["user.email"] },
    { type: "EXPRESSION", name: "first_name", values: ["user.firstName"] },
    { type: "EXPRESSION", name: "last_name", values: ["user.lastName"] },
  ],
});

// The people who may use it: two groups. The people of this one become members of a role by address ...
const analysts = new okta.group.Group("analysts", { name: "PostHog analysts" });
const analystsMay = new okta.app.GroupAssignment("analysts", {
  appId: application.id,
  groupId: analysts.id,
});

// `metadata` is the document. The same resource's `metadataUrl` requires a sign-in.
const provider = new posthog.IdentityProvider("okta", {
  name: "Okta",
  domains: [domain.domain],
  saml: { metadataXml: application.metadata },
  scim: { enabled: true },
});

const people = okta.user.getUsersOutput({ groupId: analysts.id });
const role = new posthog.Role("analysts", {
  name: "Analysts",
  members: people.users.apply((users) =>
    users.filter(({ status }) => status !== "DEPROVISIONED").map(({ email }) => email),
  ),
  mode: "exclusive",
  waitForMembers: true,
});

// ... and Okta pushes this one through SCIM, which creates the role Engineers. Never use both ways for one role.
const engineers = new okta.group.Group("engineers", { name: "PostHog engineers" });
const engineersMay = new okta.app.GroupAssignment("engineers", {
  appId: application.id,
  groupId: engineers.id,
});
const scim = new okta.app.Connection("scim", {
  idProperty: application.id,
  action: "activate",
  baseUrl: provider.scimBaseUrl,
  profile: { authScheme: "TOKEN", token: provider.scimToken },
});
new okta.PushGroup(
  "engineers",
  { appId: application.id, sourceGroupId: engineers.id, targetGroupName: "Engineers" },
  { dependsOn: [scim, engineersMay] },
);

// Created last and deleted first: sign-in is only enforced while it works.
const signIn = new posthog.OrganizationDomain(
  "acme-sign-in",
  { domain: domain.domain, signInOnly: true, jitProvisioning: true, enforcement: "saml" },
  { dependsOn: [application, analystsMay, engineersMay, provider] },
);

export const record = { name: domain.challengeRecordName, value: domain.challengeRecordValue };
export const relayState = provider.relayState;
export const enforced = signIn.enforceSso;
export const waiting = role.waiting;
