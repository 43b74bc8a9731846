import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

const config = new pulumi.Config();
const domain = config.require("domain");
const server = new pulumi.Config("keycloak").require("url");

const realm = new keycloak.Realm("acme", { realm: "acme", enabled: true });
const people = ["ann", "bob", "cleo"].map(
  (name) =>
    new keycloak.User(name, {
      realmId: realm.id,
      username: name,
      email: `${name}@${domain}`,
      emailVerified: true,
      firstName: name,
      lastName: "Acme",
      initialPassword: { value: config.requireSecret("firstPassword"), temporary: true },
    }),
);
const analysts = new keycloak.Group("analysts", { realmId: realm.id, name: "Analysts" });
new keycloak.GroupMemberships("analysts", {
  realmId: realm.id,
  groupId: analysts.id,
  members: people.map(({ username }) => username),
});

// Keycloak's application for PostHog, with the values that PostHog has for every identity provider.
const { entityId, acsUrl } = posthog.getSamlServiceProviderOutput();
const client = new keycloak.saml.Client("posthog", {
  realmId: realm.id,
  clientId: entityId,
  name: "PostHog",
  assertionConsumerPostUrl: acsUrl,
  validRedirectUris: [acsUrl],
  clientSignatureRequired: false, // PostHog does not sign its requests.
  signDocuments: true,
  signAssertions: true,
  nameIdFormat: "email",
  forceNameIdFormat: true,
  // For people who start at Keycloak: the output `relayState` of the first run.
  idpInitiatedSsoUrlName: "posthog",
  idpInitiatedSsoRelayState: config.get("relayState"),
});
// Keycloak's default scope `role_list` sends an attribute twice, and PostHog answers with an error.
const scopes = new keycloak.saml.ClientDefaultScope("posthog", {
  realmId: realm.id,
  clientId: client.id,
  defaultScopes: [],
});
const attributes = Object.entries({ email: "email", first_name: "firstName", last_name: "lastName" }).map(
  ([attribute, userProperty]) =>
    new keycloak.saml.UserPropertyProtocolMapper(attribute, {
      realmId: realm.id,
      clientId: client.id,
      name: attribute,
      userProperty,
      samlAttributeName: attribute,
      samlAttributeNameFormat: "Basic",
    }),
);

// PostHog's side. With `realm.id` instead of `realm.realm`, the first preview knows that the document does not exist
// yet. It depends on everything that sign-in needs, so enforcement starts last and ends first.
const signOn = new posthog.OrgSsoSettings(
  "acme",
  {
    domain,
    saml: { metadataUrl: pulumi.interpolate`${server}/realms/${realm.id}/protocol/saml/descriptor` },
    jitProvisioning: true,
    enforcement: "saml",
  },
  { dependsOn: [client, scopes, ...attributes] },
);

// The group's people get the role. People who have not signed in yet get it in a later run.
const role = new posthog.Role("analysts", {
  name: analysts.name,
  members: people.map(({ email }) => email),
  mode: "exclusive",
  waitForMembers: true,
});

export const record = { name: signOn.challengeRecordName, value: signOn.challengeRecordValue };
export const relayState = signOn.relayState;
export const enforced = signOn.enforceSso;
export const waiting = role.waiting;
