import { randomUUID } from "node:crypto";
import type { World } from "./world";

/** Inputs or outputs of a resource or function. */
export type Properties = Record<string, unknown>;

/** What a stand-in knows about a type of resource in the examples. */
interface Kind {
  /** Inputs that the real resource cannot change in place. */
  readonly replacedBy?: readonly string[];
  /** Its id. Default: a new UUID. */
  readonly idOf?: (inputs: Properties) => string;
  /** Outputs that the identity provider sets once; unknown in a preview. */
  readonly given?: () => Properties;
  /** Outputs from the world's current state, which a refresh reads again; unknown in a preview. */
  readonly computed?: (id: string, inputs: Properties, world: World) => Properties;
}

/** The parts of an identity provider's plugin that the examples use. */
interface Plugin {
  /** Resources by type token. */
  readonly resources: Readonly<Record<string, Kind>>;
  /** Functions by token. */
  readonly functions: Readonly<Record<string, (args: Properties, world: World) => Properties>>;
}

const TENANT = "0f0e0d0c-0b0a-4009-8807-060504030201";

const keycloak: Plugin = {
  resources: {
    "keycloak:index/realm:Realm": { replacedBy: ["realm"], idOf: ({ realm }) => String(realm) },
    "keycloak:index/user:User": { replacedBy: ["realmId", "username"] },
    "keycloak:index/group:Group": {
      replacedBy: ["realmId", "parentId"],
      computed: (_, { name }) => ({ path: `/${name}` }),
    },
    "keycloak:index/groupMemberships:GroupMemberships": { replacedBy: ["realmId", "groupId"] },
    "keycloak:saml/client:Client": {
      replacedBy: ["realmId"],
      given: () => ({ signingCertificate: "", signatureAlgorithm: "RSA_SHA256" }),
    },
    "keycloak:saml/clientDefaultScope:ClientDefaultScope": { replacedBy: ["realmId", "clientId"] },
    "keycloak:saml/userPropertyProtocolMapper:UserPropertyProtocolMapper": {
      replacedBy: ["realmId", "clientId"],
    },
  },
  functions: {},
};

const okta: Plugin = {
  resources: {
    "okta:app/saml:Saml": {
      computed: (id, _, { certificate }) => ({
        metadata: metadata(
          `http://www.okta.com/${id}`,
          `https://acme.okta.test/app/${id}/sso/saml`,
          certificate,
        ),
        metadataUrl: `https://acme.okta.test/app/${id}/sso/saml/metadata`,
        certificate,
      }),
    },
    "okta:app/groupAssignment:GroupAssignment": { replacedBy: ["appId", "groupId"] },
    "okta:app/connection:Connection": {
      replacedBy: ["idProperty"],
      given: () => ({ status: "ENABLED" }),
    },
    "okta:group/group:Group": {},
    "okta:index/pushGroup:PushGroup": {
      replacedBy: ["appId", "sourceGroupId", "targetGroupName"],
      given: () => ({ targetGroupId: randomUUID() }),
    },
  },
  functions: {
    "okta:user/getUsers:getUsers": ({ groupId }, { people }) => ({
      id: String(groupId),
      users: people.map(({ email, gone }) => ({
        id: email,
        email,
        status: gone ? "DEPROVISIONED" : "ACTIVE",
      })),
    }),
  },
};

const azuread: Plugin = {
  resources: {
    "azuread:index/application:Application": {
      given: () => ({ clientId: randomUUID(), objectId: randomUUID() }),
    },
    "azuread:index/servicePrincipal:ServicePrincipal": {
      replacedBy: ["clientId"],
      // The real one returns an empty text too.
      given: () => ({ objectId: randomUUID(), samlMetadataUrl: "" }),
    },
    "azuread:index/servicePrincipalTokenSigningCertificate:ServicePrincipalTokenSigningCertificate": {
      replacedBy: ["servicePrincipalId", "displayName", "endDate"],
      given: () => ({ keyId: randomUUID() }),
      computed: (_id, _inputs, { certificate }) => ({ value: certificate }),
    },
    "azuread:index/synchronizationSecret:SynchronizationSecret": { replacedBy: ["servicePrincipalId"] },
    "azuread:index/synchronizationJob:SynchronizationJob": {
      replacedBy: ["servicePrincipalId", "templateId"],
    },
    "azuread:index/appRoleAssignment:AppRoleAssignment": {
      replacedBy: ["appRoleId", "principalObjectId", "resourceObjectId"],
    },
  },
  functions: {
    "azuread:index/getClientConfig:getClientConfig": () => ({
      id: TENANT,
      tenantId: TENANT,
      clientId: TENANT,
      objectId: TENANT,
    }),
    "azuread:index/getApplicationTemplate:getApplicationTemplate": ({ displayName }) => ({
      displayName,
      templateId: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
    }),
    "azuread:index/getGroup:getGroup": ({ displayName }, { people }) => ({
      displayName,
      objectId: "11111111-2222-4333-8444-555555555555",
      members: people.map((_, index) => objectId(index)),
    }),
    "azuread:index/getUsers:getUsers": ({ objectIds }, { people }) => ({
      objectIds,
      users: people.map(({ email, principalName, gone }, index) => ({
        objectId: objectId(index),
        mail: email,
        userPrincipalName: principalName ?? email,
        accountEnabled: gone !== true,
      })),
    }),
  },
};

const auth0: Plugin = {
  resources: {
    // Fixed, so that a test can serve the document at the address that the program derives from it.
    "auth0:index/client:Client": { given: () => ({ clientId: "application" }) },
    "auth0:index/connection:Connection": { replacedBy: ["name", "strategy"] },
    "auth0:index/connectionClient:ConnectionClient": { replacedBy: ["connectionId", "clientId"] },
    "auth0:index/role:Role": {},
    "auth0:index/user:User": { replacedBy: ["connectionName"] },
    "auth0:index/userRoles:UserRoles": { replacedBy: ["userId"] },
  },
  functions: {},
};

/** The plugins that have a stand-in, by name. */
export const plugins: Readonly<Record<string, Plugin>> = { keycloak, okta, azuread, auth0 };

function objectId(index: number): string {
  return `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;
}

/** A metadata document as identity providers publish it. */
export function metadata(entityId: string, ssoUrl: string, ...certificates: readonly string[]): string {
  const keys = certificates.map(
    (certificate) =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>` +
      `<ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  );
  return (
    `<?xml version="1.0" encoding="UTF-8"?>` +
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">` +
    `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join("")}` +
    `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/>` +
    `</md:IDPSSODescriptor></md:EntityDescriptor>`
  );
}
