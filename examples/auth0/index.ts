import * as auth0 from "@pulumi/auth0";
import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

const config = new pulumi.Config();
const domainName = config.require("domain");
// The tenant's address (`https://acme.eu.auth0.com`), or its custom domain.
const tenant = config.require("tenant");

const domain = new posthog.OrganizationDomain("acme", { domain: domainName });

const { entityId, acsUrl } = posthog.getSamlServiceProviderOutput();
const client = new auth0.Client("posthog", {
  name: "PostHog",
  appType: "regular_web",
  callbacks: [acsUrl],
  addons: {
    samlp: {
      audience: entityId,
      recipient: acsUrl,
      destination: acsUrl,
      mappings: { email: "email", given_name: "first_name", family_name: "last_name" },
      createUpnClaim: false,
      passthroughClaimsWithNoMapping: false,
      mapUnknownClaimsAsIs: false,
      nameIdentifierFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
      nameIdentifierProbes: ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"],
      signatureAlgorithm: "rsa-sha256",
      digestAlgorithm: "sha256",
      signResponse: true,
    },
  },
});

// The people who may use it: those of a connection.
const connection = new auth0.Connection("acme", { name: "acme", strategy: "auth0" });
const assignment = new auth0.ConnectionClient("posthog", {
  connectionId: connection.id,
  clientId: client.clientId,
});

// The application's metadata document is public. Its address contains the client id, so it is unknown until then.
const provider = new posthog.IdentityProvider("auth0", {
  name: "Auth0",
  domains: [domain.domain],
  saml: { metadataUrl: pulumi.interpolate`${tenant}/samlp/metadata/${client.clientId}` },
});

// Auth0 has no SCIM client: its people become members of the role by address.
const analysts = new auth0.Role("analysts", { name: "PostHog analysts" });
const people = ["ann", "bob"].map(
  (name) => new auth0.User(name, { connectionName: connection.name, email: `${name}@${domainName}` }),
);
people.forEach((person, index) => {
  new auth0.UserRoles(`analyst-${index}`, { userId: person.id, roles: [analysts.id] });
});
const role = new posthog.Role("analysts", {
  name: "Analysts",
  members: people.map(({ email }) => email),
  mode: "exclusive",
  waitForMembers: true,
});

// Created last and deleted first: sign-in is only enforced while it works.
const signIn = new posthog.OrganizationDomain(
  "acme-sign-in",
  { domain: domain.domain, signInOnly: true, jitProvisioning: true, enforcement: "saml" },
  { dependsOn: [client, assignment, provider] },
);

export const record = { name: domain.challengeRecordName, value: domain.challengeRecordValue };
export const relayState = provider.relayState;
export const enforced = signIn.enforceSso;
export const waiting = role.waiting;
