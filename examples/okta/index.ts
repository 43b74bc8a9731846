import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

const config = new pulumi.Config();
const domainName = config.require("domain");

const domain = new posthog.OrganizationDomain("acme", { domain: domainName });

// Okta gives the metadata to an application that has PostHog's values: no request is needed to know them.
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

// Who may use it: two groups. This one's people become members of a role by name ...
const analysts = new okta.group.Group("analysts", { name: "PostHog analysts" });
const analystsMay = new okta.app.GroupAssignment("analysts", {
  appId: application.id,
  groupId: analysts.id,
});

// `metadata` is the document. `metadataUrl` of the same resource asks for a sign-in.
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

// ... and this one is pushed by SCIM, which makes the role Engineers of it. Never both for one role.
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

// Last in, first out: nobody is held to a way in that is not there yet, or no longer.
const signIn = new posthog.OrganizationDomain(
  "acme-sign-in",
  { domain: domain.domain, signInOnly: true, jitProvisioning: true, enforcement: "saml" },
  { dependsOn: [application, analystsMay, engineersMay, provider] },
);

export const record = { name: domain.challengeRecordName, value: domain.challengeRecordValue };
export const relayState = provider.relayState;
export const enforced = signIn.enforceSso;
export const waiting = role.waiting;
