import { currentCertificate } from "../../fixtures/sso/certificates";
import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

/** Every argument that names something, with blanks that PostHog trims. */
const padded: readonly [type: string, args: Record<string, unknown>][] = [
  ["Project", { name: "  Staging " }],
  ["Role", { name: " Analysts\n" }],
  ["RoleMembership", { roleId: " Readers ", user: "analyst@acme.test" }],
  ["RoleMembers", { roleId: " Readers ", members: ["analyst@acme.test"] }],
  ["ProjectMember", { projectId: 1, role: " readers ", accessLevel: "member" }],
  ["AccessControl", { projectId: 1, resource: " dashboard ", role: " Readers ", accessLevel: "viewer" }],
  ["ProjectAccess", { projectId: 1, roles: { " Readers ": "member" } }],
  ["OrganizationSettings", { name: " Acme Inc. ", defaultRoleId: " Readers " }],
  ["PersonalApiKey", { label: " CI ", scopes: ["insight:read"] }],
  ["ProjectSecretApiKey", { projectId: 1, label: " CI ", scopes: ["feature_flag:read"] }],
  [
    "IdentityProvider",
    {
      name: " Okta ",
      domains: ["acme.test"],
      saml: { entityId: " urn:a ", ssoUrl: "https://idp.acme.test/sso", x509Cert: currentCertificate },
    },
  ],
];
const world = acmeWorld({
  organization: { roles: [{ name: "Readers" }], domains: [{ domain: "acme.test", verified: true }] },
});

test.each(padded)("a %s with blanks around its name needs no second update: %j", (type, args) =>
  withWorld(async ({ resource, run }) => {
    const one = resource(type);
    await one.up(args);
    expect((await one.diff(args)).changes).toBe(false);
    run();
    expect((await one.refresh())?.inputs).toEqual(args);
    expect((await one.diff(args)).changes).toBe(false);
    await one.up(args);
    await one.destroy();
  }, world),
);
