import { longestXml, parseIdentityProviderMetadata } from "../../../provider/sso/metadata";
import { currentCertificate, someDay } from "../../fixtures/sso/certificates";
import {
  body,
  entity,
  key,
  namespaces,
  plain,
  redirect,
  role,
  saml2,
  service,
  signIn,
  soap,
} from "../../fixtures/sso/metadata";

function problem(xml: string): string {
  const parsed = parseIdentityProviderMetadata(xml, someDay);
  return parsed.ok ? "" : parsed.problem;
}

describe("refusing what is not an identity provider's metadata", () => {
  const several = ["a", "b", "c", "d", "e", "f"].map((id) =>
    plain.replace("https://idp.acme.com/entity", id),
  );

  test.each([
    ["nothing", "", "the XML is empty"],
    ["words", "ask the IT department", "this is not XML: it does not begin with <"],
    ["JSON", '{"entityId": "x"}', "this is not XML"],
    ["an address", " https://idp.acme.com/metadata \n", "this is an address, not XML"],
    ["a cut-off download", plain.slice(0, -30), "not well-formed XML: the first error is on line"],
    ["two documents", `${plain}${plain}`, "not well-formed XML: the first error is on line"],
    ["two empty elements", "<a/><b/>", "2 root elements"],
    ["a sign-in page", "<!DOCTYPE html><html><body>Sign in</body></html>", "this is an HTML page"],
    ["a page without document type", "<html><body/></html>", "its root element is <html>"],
    ["a SAML response", '<samlp:Response xmlns:samlp="urn"/>', "its root element is <Response>"],
    ["a service provider", entity(`<md:SPSSODescriptor ${saml2}/>`), "metadata of a service provider"],
    ["neither side", entity("<md:AttributeAuthorityDescriptor/>"), "describes no identity provider"],
    ["an empty federation", `<md:EntitiesDescriptor ${namespaces}/>`, "describes no identity provider"],
    [
      "an SP-only federation",
      `<EntitiesDescriptor>${entity("<SPSSODescriptor/>")}</EntitiesDescriptor>`,
      "service provider",
    ],
    ["no sign-in address", entity(role(key("signing", currentCertificate))), "no sign-in address"],
    [
      "only a SOAP address",
      entity(role(key("signing", currentCertificate), service(soap, "https://a.example"))),
      "no sign-in address",
    ],
    [
      "an address that is none",
      entity(role(key("", currentCertificate), service(redirect, "javascript:alert(1)"))),
      "must be a web address",
    ],
    [
      "an over-long address",
      entity(role(key("", currentCertificate), service(redirect, `https://a.example/${"x".repeat(500)}`))),
      "at most 512 characters",
    ],
    [
      "no entity id",
      entity(role(key("", currentCertificate), signIn), ""),
      "entityID must be 1 to 512 characters long",
    ],
    [
      "an over-long entity id",
      entity(role(key("", currentCertificate), signIn), "x".repeat(513)),
      "it has 513",
    ],
    [
      "a very large document",
      `<a>${" ".repeat(longestXml)}</a>`,
      "of one identity provider, not of a whole federation",
    ],
    [
      "a document nested without end",
      `${"<a>".repeat(5_000)}${"</a>".repeat(5_000)}`,
      "is nested too deeply",
    ],
    ["reserved names", "<EntityDescriptor><__proto__/></EntityDescriptor>", "uses reserved names"],
  ])("says what is wrong with %s", (_, xml, expected) => {
    expect(problem(xml)).toContain(expected);
  });

  test("names the candidates among several identity providers, but not endlessly", () => {
    const federation = (entities: string[]) =>
      problem(`<md:EntitiesDescriptor ${namespaces}>${entities.join("")}</md:EntitiesDescriptor>`);
    expect(federation(several.slice(0, 2))).toContain(
      'describes 2 identity providers, and only one is allowed: "a" or "b"',
    );
    expect(federation(several)).toContain(
      'describes 6 identity providers, and only one is allowed: "a", "b", "c", "d", "e" and others',
    );
  });

  test.each([
    [
      "a billion laughs",
      '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><EntityDescriptor>&c;</EntityDescriptor>',
    ],
    [
      "a file of this machine",
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><EntityDescriptor>&b;</EntityDescriptor>',
    ],
    ["a document type elsewhere", '<!DOCTYPE a SYSTEM "http://evil.example/x.dtd"><EntityDescriptor/>'],
    ["a document type in small letters", "<!doctype a><EntityDescriptor/>"],
  ])("accepts no document type and no entities: %s", (_, xml) => {
    expect(problem(xml)).toBe("the XML declares a document type or entities, which is not allowed");
  });

  test("never repeats content of what it refuses", () => {
    const secret = "hunter2";
    const refused = [
      secret,
      `<a>${secret}`,
      `<html>${secret}</html>`,
      plain.replace(body(currentCertificate), secret),
      plain.replace("https://idp.acme.com/sso", secret),
      plain.replace(redirect, secret),
    ];
    for (const xml of refused) {
      expect(problem(xml)).not.toBe("");
      expect(problem(xml)).not.toContain(secret);
    }
  });
});
