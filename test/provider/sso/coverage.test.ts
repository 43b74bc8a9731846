import { bypassOf, type DomainSignIn, lockOutOf, outside } from "../../../provider/sso/enforcement";
import { currentCertificate, expiredCertificate } from "../../fixtures/sso/certificates";

const saml = { entityId: "https://idp", ssoUrl: "https://idp/sso", x509Cert: currentCertificate };
const enforced: DomainSignIn = { domain: "acme.com", isVerified: true, enforcement: "saml", saml };
const everything = () => true;
const lacking = (key: string) => (feature: string) => feature !== key;
const now = new Date();

describe("single sign-on of a domain can be got around", () => {
  const ways: [string, DomainSignIn, (key: string) => boolean | undefined, RegExp][] = [
    ["when nothing is enforced", { ...enforced, enforcement: "off" }, everything, /sign in with a password/],
    ["while the domain is not verified", { ...enforced, isVerified: false }, everything, /not verified/],
    ["when the plan lacks enforcement", enforced, lacking("sso_enforcement"), /lacks "sso_enforcement"/],
    ["when the plan lacks SAML", enforced, lacking("saml"), /lacks "saml"/],
  ];
  test.each(ways)("%s", (_, signIn, hasFeature, reason) => {
    expect(bypassOf(signIn, hasFeature)).toMatch(reason);
    expect(lockOutOf(signIn, hasFeature, now)).toBeUndefined();
  });

  test("in no way when it is enforced, verified and paid for, or the server does not show the plan", () => {
    expect(bypassOf(enforced, everything)).toBeUndefined();
    expect(bypassOf(enforced, () => undefined)).toBeUndefined();
    expect(bypassOf({ ...enforced, enforcement: "github" }, lacking("saml"))).toBeUndefined();
  });
});

describe("nobody of a domain can come in", () => {
  const ways: [string, Partial<DomainSignIn["saml"]>, RegExp][] = [
    ["without SAML", {}, /SAML is enforced, and not set up/],
    ["with half of SAML", { ...saml, ssoUrl: undefined }, /SAML is enforced, and not set up/],
    ["with an expired certificate", { ...saml, x509Cert: expiredCertificate }, /expired on/],
    ["with something that is no certificate", { ...saml, x509Cert: "x" }, /not a certificate/],
  ];
  test.each(ways)("%s", (_, values, reason) => {
    expect(lockOutOf({ ...enforced, saml: values }, everything, now)).toMatch(reason);
  });

  test("unless all is well, or another way is enforced", () => {
    expect(lockOutOf(enforced, everything, now)).toBeUndefined();
    expect(lockOutOf({ ...enforced, enforcement: "github", saml: {} }, everything, now)).toBeUndefined();
  });
});

test("addresses outside the enforced domains are listed, whatever their case", () => {
  expect(outside(["ann@ACME.com", "bob@other.org", "cy@sub.acme.com"], ["acme.com"])).toEqual([
    "bob@other.org",
    "cy@sub.acme.com",
  ]);
});
