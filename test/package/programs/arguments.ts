/**
 * Arguments that compile, as literals and as variables. Never run: `npm test` compiles it against the sources, and
 * against the package as every kind of program sees it.
 */
import type * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

declare const word: string;
declare const maybe: string | undefined;
declare const isRole: boolean;
declare const out: pulumi.Output<string>;
declare const maybeOut: pulumi.Output<string | undefined>;

/** A person or a role. */
const grant = { projectId: 1, accessLevel: "member" } as const;
new posthog.ProjectMember("user", { ...grant, user: "ann@acme.com" });
new posthog.ProjectMember("literal", { projectId: 1, user: out, accessLevel: "admin" });
new posthog.ProjectMember("role", { projectId: word, role: "Analysts", accessLevel: "none", adopt: true });
new posthog.ProjectMember("unknown", { projectId: 1, user: maybeOut, role: undefined, accessLevel: 8 });
new posthog.ProjectMember("environment", { projectId: 1, role: maybe, accessLevel: 1 });
new posthog.ProjectMember("choice", { ...grant, ...(isRole ? { role: "Analysts" } : { user: maybe }) });

/** The interfaces type what exists. */
const steps: posthog.ProjectMemberArgs = { projectId: 1, accessLevel: "member" };
steps.user = "ann@acme.com";
new posthog.ProjectMember("steps", steps);
new posthog.ProjectMember("spread", { ...steps, adopt: true });
new posthog.ProjectMember("override", { ...steps, user: undefined, role: "Analysts" });
interface Tagged extends posthog.ProjectMemberArgs {
  tag: string;
}
interface Row {
  projectId: number;
  user?: string;
  role?: string;
  accessLevel: "member" | "admin";
}
declare const tagged: Tagged;
declare const rows: Row[];
declare const principal: Pick<posthog.ProjectMemberArgs, "user" | "role">;
new posthog.ProjectMember("interface", tagged);
for (const row of rows) new posthog.ProjectMember("row", row);
new posthog.ProjectMember("principal", { ...grant, ...principal });
class Team extends posthog.ProjectMember {
  constructor(name: string, args: posthog.ProjectMemberArgs) {
    super(name, args);
  }
}
new Team("team", grant);

/** One source of SAML values. */
new posthog.OrgSsoSettings("xml", { domain: "acme.com", saml: { metadataXml: out } });
new posthog.OrgSsoSettings("url", { domain: "acme.com", saml: { metadataUrl: word, certificate: "auto" } });
const three = { entityId: "a", ssoUrl: "b", x509Cert: out };
new posthog.IdentityProvider("values", { name: "Okta", domains: [], saml: three });
new posthog.IdentityProvider("values", { name: "Okta", domains: [], saml: { ...three, certificate: word } });
new posthog.IdentityProvider("later", {
  name: "Okta",
  domains: [],
  saml: out.apply((metadataXml) => ({ metadataXml })),
});
new posthog.OrgSsoSettings("none", { domain: "acme.com", enforcement: "off" });
const saml: posthog.SamlArgs = {};
saml.metadataXml = word;
declare const samlOut: pulumi.Output<posthog.SamlArgs>;
const settings: posthog.OrgSsoSettingsArgs = { domain: "acme.com" };
settings.saml = saml;
new posthog.OrgSsoSettings("steps", settings);
new posthog.OrgSsoSettings("steps", { domain: "acme.com", saml: isRole ? saml : undefined });
new posthog.OrgSsoSettings("output", { domain: "acme.com", saml: samlOut });

/** Known values, and new ones. */
new posthog.PersonalApiKey("key", { label: "CI", scopes: ["insight:read", "something_new:read", word, out] });
new posthog.ProjectSecretApiKey("key", { projectId: 1, label: "Flags", scopes: ["feature_flag:read", word] });
new posthog.AccessControl("rule", { projectId: 1, resource: word, accessLevel: "none" });
new posthog.Project("project", { name: "Shop", timezone: word });
new posthog.OrganizationDomain("domain", { domain: "acme.com", enforcement: word });
declare const byType: Record<string, posthog.ResourceAccessArgs>;
new posthog.ProjectAccess("access", { projectId: 1, resources: byType });
new posthog.ProjectAccess("access", {
  projectId: 1,
  resources: { feature_flag: { default: "viewer" }, something_new: { default: "none" } },
});
