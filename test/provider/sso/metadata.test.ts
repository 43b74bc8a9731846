import { sameCertificate } from "../../../provider/sso/certificate";
import { parseIdentityProviderMetadata } from "../../../provider/sso/metadata";
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
