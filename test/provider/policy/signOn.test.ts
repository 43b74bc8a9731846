import type { DeclaredResource, Values } from "../../../provider/policy/rules/declared";
import { ssoEnforced } from "../../../provider/policy/rules/signOn";
import { declare, found, later } from "./support";

const sso = (values: Values): DeclaredResource =>
  declare("OrgSsoSettings", "sso", { domain: "acme.test", ...values });
const domain = (name: string, values: Values): DeclaredResource =>
  declare("OrganizationDomain", name, values);

test.each<[string, Values, string[]]>([
  ["enforced", { enforcement: "saml" }, []],
  ["enforced in another way", { enforcement: "google-oauth2" }, []],
  ["not known yet", { enforcement: later }, []],
  ["off", { enforcement: "off" }, ["enforcement is off, so people of acme.test can sign in any way"]],
  ["not set", {}, ["enforcement is not set, so people of acme.test can sign in any way"]],
])("sign-on that is %s", (_name, values, expected) => {
  expect(found(ssoEnforced, [sso(values)])).toEqual(
    expected.map((problem) => `OrgSsoSettings "sso": ${problem}`),
  );
});

test("only the ways that are configured count", () => {
  expect(found(ssoEnforced, [sso({ enforcement: "github" })], { methods: ["saml"] })).toEqual([
    'OrgSsoSettings "sso": enforcement is github; accepted: saml',
  ]);
  expect(found(ssoEnforced, [sso({ enforcement: "github" })], { methods: ["saml", "oidc"] })).toEqual([
    'OrgSsoSettings "sso": enforcement is github; accepted: saml or oidc',
  ]);
  expect(found(ssoEnforced, [sso({ enforcement: "oidc" })], { methods: ["saml", "oidc"] })).toEqual([]);
});

describe("a domain that several resources manage", () => {
  const added = domain("added", { domain: "acme.test" });

  test.each<[string, DeclaredResource, number]>([
    [
      "by another resource",
      domain("sign-in", { domain: "Acme.Test", signInOnly: true, enforcement: "saml" }),
      0,
    ],
    ["by one whose domain is not known yet", domain("sign-in", { domain: later, enforcement: "saml" }), 0],
    ["by one of another domain", domain("sign-in", { domain: "acme.example", enforcement: "saml" }), 1],
    ["by none, as far as is known", domain("sign-in", { domain: later }), 1],
  ])("is enforced %s", (_name, other, count) => {
    expect(found(ssoEnforced, [added, other]).length).toBe(count);
  });
});

describe("required domains", () => {
  const settings = { domains: ["acme.test", "Acme.Example"] };

  test("have to exist in a stack that manages sign-on", () => {
    expect(ssoEnforced.judge([sso({ enforcement: "saml" })], settings)).toEqual([
      {
        what: "no resource of the stack manages the sign-on of acme.example",
        fix: 'declare an OrgSsoSettings with domain: "acme.example", or remove it from domains of sso-enforced',
      },
    ]);
  });

  test("do not matter to a stack that manages none", () => {
    expect(found(ssoEnforced, [declare("Project", "production", { name: "Production" })], settings)).toEqual(
      [],
    );
  });

  test("may exist under a name that is not known yet", () => {
    const resources = [sso({ enforcement: "saml" }), domain("other", { domain: later, enforcement: "saml" })];
    expect(found(ssoEnforced, resources, settings)).toEqual([]);
  });
});

test("an excluded domain may be open", () => {
  expect(found(ssoEnforced, [sso({})], { except: ["sso"] })).toEqual([]);
});
