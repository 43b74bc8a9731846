import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { certificateName, readCertificate } from "../../../provider/sso/certificate";
import { type CertificateChoice, chooseCertificate } from "../../../provider/sso/certificateChoice";
import { parseIdentityProviderMetadata } from "../../../provider/sso/metadata";
import {
  currentCertificate,
  ellipticCertificate,
  expiredCertificate,
  futureCertificate,
  longerCertificate,
  someDay,
} from "../../fixtures/sso/certificates";
import { certificates, entity, key, namespaces, role, signIn } from "../../fixtures/sso/metadata";

const folder = join(__dirname, "../../fixtures/sso/documents");
const file = (name: string) => readFileSync(join(folder, `${name}.xml`), "utf8");

const certificate = (pem: string) => {
  const parsed = readCertificate(pem);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
};
const fingerprint = (pem: string) => certificate(pem).fingerprint256;

function choose(xml: string, choice: Partial<CertificateChoice> = {}) {
  const document = parseIdentityProviderMetadata(xml, someDay);
  if (!document.ok) throw new Error(document.problem);
  return chooseCertificate(document.value, { now: someDay, ...choice });
}

const [current, longer, expired, future, other] = [
  currentCertificate,
  longerCertificate,
  expiredCertificate,
  futureCertificate,
  ellipticCertificate,
].map(fingerprint);

const listing = (...pems: string[]) => role(...pems.map((pem) => key("signing", pem)), signIn);
const signature = (...pems: string[]) =>
  `<ds:Signature><ds:KeyInfo><ds:X509Data>${certificates(...pems)}</ds:X509Data></ds:KeyInfo></ds:Signature>`;
const adfs = (...pems: string[]) => entity(listing(...pems), "http://adfs.acme.test/adfs/services/trust");

/** The documents of these files contain only this certificate. */
const alone = "C4:3B:90:1B";
const [entraFirst, entraSecond] = ["80:7D:6E:6F", "38:96:72:47"];
const entraHeld = (xml: string, index: number) => {
  const document = parseIdentityProviderMetadata(xml, someDay);
  return document.ok ? document.value.certificates[index]?.fingerprint256 : undefined;
};

describe("the certificate that PostHog gets", () => {
  const cases: [string, string, Partial<CertificateChoice>, string | undefined, number][] = [
    ["the only one, in CDATA", file("cdata"), {}, alone, 0],
    ["the only one, among comments", file("comment-before-and-inside"), {}, alone, 0],
    ["the only one, with PEM's first and last line", file("pem-headers-inside"), {}, alone, 0],
    ["the only one, with prefixes mixed up", file("wrong-prefixes"), {}, alone, 0],
    ["the only one, of a Keycloak of old", file("keycloak-entities"), {}, alone, 0],
    ["the leaf of a chain", file("chain-two-elements-in-one-x509data"), {}, alone, 0],
    ["the first whose dates include today", file("expired-first"), {}, alone, 1],
    ["Entra's only one", file("entra-one"), {}, entraFirst, 0],
    ["Entra's first, where PostHog holds none", file("entra-two"), {}, entraFirst, 1],
    ["Entra's first, where the held one is not listed", file("entra-two"), { held: current }, entraFirst, 1],
    [
      "Entra's held one, which is the first",
      file("entra-two"),
      { held: entraHeld(file("entra-two"), 0) },
      entraFirst,
      1,
    ],
    [
      "Entra's held one, which is the second",
      file("entra-two"),
      { held: entraHeld(file("entra-two"), 1) },
      entraSecond,
      1,
    ],
    ["the held one of ADFS", adfs(currentCertificate, longerCertificate), { held: longer }, longer, 1],
    [
      "the held one of ADFS, ended",
      adfs(currentCertificate, expiredCertificate),
      { held: expired },
      expired,
      1,
    ],
    ["the first of ADFS, where none is held", adfs(longerCertificate, currentCertificate), {}, longer, 1],
    [
      "Keycloak's first, which is the active one, whatever ends later and whatever is held",
      entity(listing(currentCertificate, longerCertificate)),
      { held: longer },
      current,
      1,
    ],
    [
      "the one in the document's own signature",
      entity(signature(longerCertificate) + listing(currentCertificate, longerCertificate)),
      { held: current },
      longer,
      1,
    ],
    [
      "the one in the signature of the document around it",
      `<md:EntitiesDescriptor ${namespaces}>${signature(longerCertificate)}${entity(listing(currentCertificate, longerCertificate))}</md:EntitiesDescriptor>`,
      {},
      longer,
      1,
    ],
    [
      "the one in the signature, although it has ended",
      entity(signature(expiredCertificate) + listing(currentCertificate, expiredCertificate)),
      {},
      expired,
      1,
    ],
    [
      "the first, where the signature's is not listed",
      entity(signature(ellipticCertificate) + listing(currentCertificate, longerCertificate)),
      {},
      current,
      1,
    ],
    ["the only one, ended", entity(listing(expiredCertificate)), {}, expired, 0],
    ["the only one, for later", entity(listing(futureCertificate)), {}, future, 0],
    [
      "the first, where all have ended or are for later",
      entity(listing(futureCertificate, expiredCertificate)),
      {},
      future,
      1,
    ],
    [
      "the one that the program names, in any document",
      entity(signature(currentCertificate) + listing(currentCertificate, longerCertificate)),
      { wanted: longer, held: current },
      longer,
      1,
    ],
    [
      "the one that the program names, of Entra",
      file("entra-two"),
      { wanted: entraHeld(file("entra-two"), 1), held: entraHeld(file("entra-two"), 0) },
      entraSecond,
      1,
    ],
  ];
  test.each(cases)("is %s", (_, xml, choice, expected, remarks) => {
    const chosen = choose(xml, choice);
    if (!chosen.ok) throw new Error(chosen.problem);
    expect(chosen.value.fingerprint256.slice(0, expected?.length)).toBe(expected);
    expect(chosen.notes).toHaveLength(remarks);
  });

  test("comes from every kind of document", () => {
    const names = readdirSync(folder).map((name) => name.replace(/\.xml$/, ""));
    expect(names.filter((name) => !choose(file(name)).ok)).toEqual([]);
    expect(names.length).toBeGreaterThan(8);
  });

  test("is listed with the others, and with how to choose", () => {
    const chosen = choose(entity(listing(currentCertificate, longerCertificate, expiredCertificate)));
    const [note = ""] = chosen.ok ? chosen.notes : [];
    expect(note).toContain(`${certificateName(certificate(currentCertificate))} is used, the first.`);
    expect(note).toContain(
      `It also lists SHA-256 ${longer} (to 2035-01-01), SHA-256 ${expired} (to 2020-01-01)`,
    );
    expect(note).toContain("set saml.certificate to a fingerprint");
  });

  test("gives a warning if the identity provider may not sign with it yet", () => {
    const chosen = choose(file("entra-two"));
    expect(chosen.ok && chosen.notes[0]).toMatch(/check which one is active there/);
  });

  test("is refused if the program names an unlisted one", () => {
    const chosen = choose(entity(listing(currentCertificate, longerCertificate)), { wanted: other });
    expect(chosen.ok ? "" : chosen.problem).toBe(
      `saml.certificate is none of the metadata's certificates: SHA-256 ${current} (to 2030-01-01), SHA-256 ${longer} (to 2035-01-01)`,
    );
  });
});
