import { readCertificate } from "../../../provider/sso/certificate";
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
  certificates,
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

const pemsOf = (xml: string) => parse(xml).value.certificates.map(({ pem }) => pem);

describe("reading an identity provider's metadata", () => {
  test("returns the three values that PostHog needs, without a warning", () => {
    expect(parse(plain)).toEqual({
      ok: true,
      value: {
        entityId: "https://idp.acme.com/entity",
        ssoUrl: "https://idp.acme.com/sso",
        certificates: [expect.objectContaining({ pem: currentCertificate })],
        signers: [],
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
    expect(pemsOf(xml)).toEqual([currentCertificate]);
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

  test("prefers the address for HTTP-Redirect, wherever it is listed", () => {
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
      certificates: [{ pem: currentCertificate }],
    });
    expect(problem(entity(old))).toContain("SAML 1 only");
  });

  test("warns that the metadata itself has expired", () => {
    const xml = entity(
      role(key("signing", currentCertificate), signIn),
      "idp",
      'validUntil="2026-06-30T00:00:00Z"',
    );
    expect(parse(xml).notes).toEqual([expect.stringContaining("expired on 2026-06-30")]);
  });
});

describe("the signing certificates", () => {
  test.each([
    [
      "leave out the one for encryption",
      [key("encryption", longerCertificate), key("signing", currentCertificate)],
      [currentCertificate],
    ],
    [
      "include a key without a stated use",
      [key("encryption", longerCertificate), key("", currentCertificate)],
      [currentCertificate],
    ],
    [
      "stay in the document's order, whatever their dates",
      [key("signing", expiredCertificate), key("signing", longerCertificate), key("", currentCertificate)],
      [expiredCertificate, longerCertificate, currentCertificate],
    ],
    [
      "are each listed once",
      [key("signing", currentCertificate), key("", currentCertificate)],
      [currentCertificate],
    ],
    [
      "leave out the authority above a leaf",
      [key("signing", rootCertificate, currentCertificate)],
      [currentCertificate],
    ],
    [
      "are all those of one key",
      [key("signing", currentCertificate, longerCertificate)],
      [currentCertificate, longerCertificate],
    ],
    ["may be an authority that signs by itself", [key("signing", rootCertificate)], [rootCertificate]],
    ["may have ended", [key("signing", expiredCertificate)], [expiredCertificate]],
    ["may be for later", [key("signing", futureCertificate)], [futureCertificate]],
  ])("%s", (_, keys, expected) => {
    const pem = (text: string) => {
      const parsed = readCertificate(text);
      return parsed.ok ? parsed.value.pem : "";
    };
    expect(pemsOf(entity(role(...keys, signIn)))).toEqual(expected.map(pem));
  });

  test("name those of the document's own signature", () => {
    const signed = plain.replace(
      "<md:IDP",
      `<ds:Signature><ds:KeyInfo><ds:X509Data>${certificates(longerCertificate)}</ds:X509Data></ds:KeyInfo></ds:Signature><md:IDP`,
    );
    const parsed = readCertificate(longerCertificate);
    expect(parse(signed).value.signers).toEqual([parsed.ok && parsed.value.fingerprint256]);
  });

  test("skips a damaged certificate next to a good one, with a warning", () => {
    const damaged = key("signing", currentCertificate.slice(0, 300));
    expect(parse(entity(role(damaged, key("signing", currentCertificate), signIn))).notes).toEqual([
      expect.stringContaining("1 of the metadata's signing certificates cannot be read"),
    ]);
    expect(problem(entity(role(damaged, signIn)))).toContain("the certificate cannot be read");
  });

  test.each([
    [
      "two in one place",
      [
        `<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${body(currentCertificate)}${body(longerCertificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
      ],
      "PostHog takes exactly one",
    ],
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
    ["UTF-16", Buffer.from(`\uFEFF${plain}`, "utf16le").toString("utf8"), "encoded in UTF-16"],
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
      "nested more than 100 deep",
    ],
    ["reserved names", "<EntityDescriptor><__proto__/></EntityDescriptor>", "uses reserved names"],
  ])("explains what is wrong with %s", (_, xml, expected) => {
    expect(problem(xml)).toContain(expected);
  });

  test("lists the candidates among several identity providers, up to a limit", () => {
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
  ])("rejects document types and entities: %s", (_, xml) => {
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
