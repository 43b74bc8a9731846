import { isAdmin, membershipOf } from "../server/effectiveAccess";
import { denied } from "../server/errors";
import type { Reply, RouteFamily, UserCall } from "../server/routing";
import { currentOrganization } from "../server/views";

/** PostHog's SAML metadata for identity providers. */
export const serviceProvider: RouteFamily = (routes) => {
  routes.user("GET", "api/saml/metadata", { keys: "unread" }, metadata);
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
