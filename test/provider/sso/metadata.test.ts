import { sameCertificate } from "../../../provider/sso/certificate";
import { longestXml, parseIdentityProviderMetadata } from "../../../provider/sso/metadata";
import {
  currentCertificate,
  expiredCertificate,
  futureCertificate,
  longerCertificate,
  rootCertificate,
  someDay,
} from "../../fixtures/sso/certificates";
import {
  body,
  entity,
  key,
  namespaces,
  plain,
  post,
  redirect,
  role,
  saml2,
  service,
  signIn,
  soap,
} from "../../fixtures/sso/metadata";

function parse(xml: string) {
  const parsed = parseIdentityProviderMetadata(xml, someDay);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed;
}

function problem(xml: string): string {
  const parsed = parseIdentityProviderMetadata(xml, someDay);
  return parsed.ok ? "" : parsed.problem;
}

describe("reading an identity provider's metadata", () => {
  test("gives the three values that PostHog takes, without a remark", () => {
    expect(parse(plain)).toEqual({
      ok: true,
      value: {
        entityId: "https://idp.acme.com/entity",
        ssoUrl: "https://idp.acme.com/sso",
        x509Cert: currentCertificate,
      },
      notes: [],
    });
  });

  test.each([
    ["no prefixes", plain.replace(/<(\/?)(md|ds):/g, "<$1")],
    ["other prefixes", plain.replace(/md:/g, "saml:").replace(/ds:/g, "dsig:")],
    ["an XML declaration", `<?xml version="1.0" encoding="UTF-8"?>\n${plain}`],
    ["a byte order mark and blank lines", `\uFEFF\n\n${plain}\n`],
    ["comments and a processing instruction", `<!-- Acme --><?style a?>${plain}`],
    [
      "a signature and service provider role next to it",
      plain.replace("<md:IDP", "<ds:Signature><ds:KeyInfo/></ds:Signature><md:SPSSODescriptor/><md:IDP"),
    ],
    [
      "one EntitiesDescriptor around it",
      `<md:EntitiesDescriptor ${namespaces}>${plain}</md:EntitiesDescriptor>`,
    ],
    [
      "service providers next to it, two levels deep",
      `<md:EntitiesDescriptor ${namespaces}>${entity("<md:SPSSODescriptor/>", "sp")}<md:EntitiesDescriptor>${plain}</md:EntitiesDescriptor></md:EntitiesDescriptor>`,
    ],
    [
      "a certificate on one line",
      plain.replace(body(currentCertificate), body(currentCertificate).replace(/\s/g, "")),
    ],
    [
      "a certificate indented with tabs",
      plain.replace(body(currentCertificate), body(currentCertificate).replace(/^/gm, "\t\t")),
    ],
  ])("reads metadata with %s", (_, xml) => {
    expect(parse(xml).value.x509Cert).toBe(currentCertificate);
  });

  test("decodes the addresses, written with entities or numbers", () => {
    const xml = entity(
      role(
        key("", currentCertificate),
        service(redirect, "https://idp.acme.com/sso?a=1&amp;b=2&#38;c=3&#x26;d"),
      ),
      "urn:acme:&amp;co",
    );
    expect(parse(xml).value).toMatchObject({
      entityId: "urn:acme:&co",
      ssoUrl: "https://idp.acme.com/sso?a=1&b=2&c=3&d",
    });
  });

  test("prefers the address for HTTP-Redirect, wherever it stands", () => {
    const xml = entity(
      role(
        key("signing", currentCertificate),
        service(soap, "https://a.example/soap"),
        service(post, "https://a.example/post"),
        service(redirect, "https://a.example/redirect"),
      ),
    );
    expect(parse(xml).value.ssoUrl).toBe("https://a.example/redirect");
  });

  test("falls back to HTTP-POST and says so", () => {
    const parsed = parse(
      entity(role(key("signing", currentCertificate), service(post, "http://a.example/post"))),
    );
    expect(parsed.value.ssoUrl).toBe("http://a.example/post");
    expect(parsed.notes).toEqual([
      expect.stringContaining("no HTTP-Redirect"),
      expect.stringContaining("not encrypted"),
    ]);
  });

  test("uses only the SAML 2.0 role of an identity provider that offers SAML 1 too", () => {
    const old = role(key("signing", longerCertificate), service(redirect, "https://a.example/old")).replace(
      "SAML:2.0:protocol",
      "SAML:1.1:protocol",
    );
    const xml = entity(old + role(key("signing", currentCertificate), signIn));
    expect(parse(xml).value).toMatchObject({
      ssoUrl: "https://idp.acme.com/sso",
      x509Cert: currentCertificate,
    });
    expect(problem(entity(old))).toContain("SAML 1 only");
  });

  test("says when the metadata itself has run out", () => {
    const xml = entity(
      role(key("signing", currentCertificate), signIn),
      "idp",
      'validUntil="2026-06-30T00:00:00Z"',
    );
    expect(parse(xml).notes).toEqual([expect.stringContaining("expired on 2026-06-30")]);
  });
});

describe("choosing the certificate", () => {
  const chosen = (...keys: string[]) => parse(entity(role(...keys, signIn)));

  test.each([
    [
      "signing over encryption",
      [key("encryption", longerCertificate), key("signing", currentCertificate)],
      currentCertificate,
      0,
    ],
    [
      "a key without a stated use",
      [key("encryption", longerCertificate), key("", currentCertificate)],
      currentCertificate,
      0,
    ],
    [
      "the one that is valid longest",
      [key("signing", currentCertificate), key("signing", longerCertificate)],
      longerCertificate,
      1,
    ],
    [
      "the valid one over an expired one",
      [key("signing", expiredCertificate), key("signing", currentCertificate)],
      currentCertificate,
      1,
    ],
    [
      "the valid one over one for later",
      [key("signing", futureCertificate), key("signing", currentCertificate)],
      currentCertificate,
      1,
    ],
    [
      "the same one given twice",
      [key("signing", currentCertificate), key("", currentCertificate)],
      currentCertificate,
      0,
    ],
    [
      "the leaf over the authority above it",
      [key("signing", rootCertificate, currentCertificate)],
      currentCertificate,
      0,
    ],
    ["an authority that signs by itself", [key("signing", rootCertificate)], rootCertificate, 0],
  ])("takes %s", (_, keys, expected, remarks) => {
    const parsed = chosen(...keys);
    expect(sameCertificate(parsed.value.x509Cert, expected)).toBe(true);
    expect(parsed.notes).toHaveLength(remarks);
  });

  test("names the end and the fingerprint of the one it took among several", () => {
    expect(chosen(key("signing", currentCertificate), key("signing", longerCertificate)).notes[0]).toMatch(
      /has 2 signing certificates; the one valid until 2035-01-01 is used \(SHA-256 [0-9A-F:]{11}\.\.\.\)/,
    );
  });

  test("leaves out a damaged certificate next to a good one, and says so", () => {
    const damaged = key("signing", currentCertificate.slice(0, 300));
    expect(chosen(damaged, key("signing", currentCertificate)).notes).toEqual([
      expect.stringContaining("1 of the metadata's signing certificates cannot be read"),
    ]);
    expect(problem(entity(role(damaged, signIn)))).toContain("the certificate cannot be read");
  });

  test.each([
    [
      "only expired ones",
      [key("signing", expiredCertificate)],
      "in the metadata, the certificate expired on 2020-01-01",
    ],
    ["only one for later", [key("signing", futureCertificate)], "not valid before 2040-01-01"],
    ["only encryption", [key("encryption", currentCertificate)], "no signing certificate"],
    ["an empty key", [key("signing")], "no signing certificate"],
    ["none at all", [], "no signing certificate"],
  ])("refuses metadata with %s", (_, keys, expected) => {
    expect(problem(entity(role(...keys, signIn)))).toContain(expected);
  });
});

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
