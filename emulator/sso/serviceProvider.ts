import type { Backend } from "../server/backend";
import { hasFeature, isAdmin, membershipOf } from "../server/effectiveAccess";
import { denied } from "../server/errors";
import { atLeast } from "../server/generations";
import type { Call, Reply, RouteFamily, UserCall } from "../server/routing";
import { currentOrganization } from "../server/views";
import type { IdentityProviderConfig, Organization, User } from "../store/entities";
import { hashKey } from "../store/secrets";
import { appliesTo, hasScim, isFor } from "./signOn";

/** What PostHog offers to identity providers: its SAML metadata, and the list of people by SCIM. */
export const serviceProvider: RouteFamily = (routes) => {
  routes.user("GET", "api/saml/metadata", { keys: "unread" }, metadata);
  routes.anyone("GET", "scim/v2/:tenant/Users", listUsers, { keys: "unread", since: "2026-07" });
};

function metadata({ backend, user }: UserCall): Reply {
  const organization = currentOrganization(backend, user);
  const membership = organization && membershipOf(backend.store, user, organization.id);
  if (membership === undefined || !isAdmin(membership)) {
    throw denied("You need to be an administrator or owner to access this resource.");
  }
  return { status: 200, text: document(backend.siteUrl), headers: { "Content-Type": "text/xml" } };
}

function document(siteUrl: string): string {
  return `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${siteUrl}">
  <md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${siteUrl}/complete/saml/" index="1"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`;
}

const SCHEMAS = "urn:ietf:params:scim";

function listUsers(call: Call): Reply {
  const token = /^Bearer (\S+)$/.exec(call.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) {
    return scimError(401, "No bearer token provided");
  }
  const organization = admittedTo(call, token);
  if (organization === undefined) {
    return scimError(403, "Authentication failed");
  }
  const { store } = call.backend;
  const users = store.memberships
    .where("organization_id", organization.id)
    .flatMap(({ user_id }) => store.users.get(user_id) ?? []);
  return scimReply(200, {
    schemas: [`${SCHEMAS}:api:messages:2.0:ListResponse`],
    totalResults: users.length,
    startIndex: 1,
    itemsPerPage: users.length,
    Resources: users.map((user) => userView(call, user)),
  });
}

/** The organization that a token opens: SCIM has to be on in its plan, and for a verified domain. */
function admittedTo({ backend, params }: Call, token: string): Organization | undefined {
  const tenant = params.tenant ?? "";
  const { store } = backend;
  const settings = atLeast(backend, "current") ? ofSlug(backend, tenant) : ofDomain(backend, tenant);
  const organization = store.organizations.get(settings?.organization_id);
  const isOpen = settings !== undefined && hasScim(settings) && settings.scim_token_hash === hashKey(token);
  return isOpen && organization !== undefined && hasFeature(organization, "scim") ? organization : undefined;
}

function ofSlug({ store }: Backend, slug: string): IdentityProviderConfig | undefined {
  const config = store.identityProviders.find(({ scim_slug }) => scim_slug === slug);
  const domains = config === undefined ? [] : store.domains.where("organization_id", config.organization_id);
  const serves = domains.some(
    (domain) => domain.verified_at !== null && config !== undefined && appliesTo(config, domain),
  );
  return serves && config !== undefined && isFor(config, "scim") ? config : undefined;
}

// On servers of July 2026 the domain is the address, and what its configuration says counts.
function ofDomain({ store }: Backend, id: string): IdentityProviderConfig | undefined {
  const domain = store.domains.get(id.toLowerCase());
  const isVerified = domain !== undefined && domain.verified_at !== null;
  return isVerified ? store.identityProviders.get(domain.identity_provider_config) : undefined;
}

function userView({ params }: Call, user: User) {
  return {
    schemas: [`${SCHEMAS}:schemas:core:2.0:User`],
    id: String(user.id),
    userName: user.email,
    name: { givenName: user.first_name, familyName: user.last_name },
    emails: [{ value: user.email, primary: true }],
    active: true,
    meta: { resourceType: "User", location: `/scim/v2/${params.tenant}/Users/${user.id}` },
  };
}

function scimError(status: number, detail: string): Reply {
  return scimReply(status, { schemas: [`${SCHEMAS}:api:messages:2.0:Error`], status, detail });
}

function scimReply(status: number, body: object): Reply {
  return { status, text: JSON.stringify(body), headers: { "Content-Type": "application/scim+json" } };
}
