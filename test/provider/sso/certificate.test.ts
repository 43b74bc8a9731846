import {
  type Certificate,
  certificateWarnings,
  daysLeft,
  isCurrent,
  readCertificate,
  sameCertificate,
} from "../../../provider/sso/certificate";
import {
  currentCertificate,
  ellipticCertificate,
  expiredCertificate,
  futureCertificate,
  longerCertificate,
  rootCertificate,
  someDay,
  weakCertificate,
} from "../../fixtures/sso/certificates";

function certificate(text: string): Certificate {
  const parsed = readCertificate(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function problem(text: string): string {
  const parsed = readCertificate(text);
  return parsed.ok ? "" : parsed.problem;
}

const body = currentCertificate.replace(/-----[A-Z ]+-----/g, "").trim();

/** The same certificate in the spellings of people and identity providers. */
const spellings: [string, string][] = [
  ["PEM", currentCertificate],
  ["PEM with Windows line breaks", currentCertificate.replace(/\n/g, "\r\n")],
  ["PEM with its line breaks written out", currentCertificate.replace(/\n/g, "\\n")],
  ["PEM on one line", currentCertificate.replace(/\n/g, "")],
  ["PEM indented by a YAML file", currentCertificate.replace(/^/gm, "    ")],
  ["bare base64", body],
  ["bare base64 on one line", body.replace(/\s/g, "")],
  ["bare base64 wrapped elsewhere", body.replace(/\s/g, "").replace(/.{40}/g, "$&\n\t")],
  ["PEM below a comment of OpenSSL", `subject=CN = idp.acme.com\n${currentCertificate}`],
];

describe("reading a certificate", () => {
  test.each(spellings)("accepts %s and returns the normal form", (_, text) => {
    expect(certificate(text).pem).toBe(currentCertificate);
  });

  test("reads subject, validity and fingerprint", () => {
    expect(certificate(currentCertificate)).toMatchObject({
      subject: "CN=idp.acme.com, O=Acme",
      validFrom: "2025-01-01T00:00:00.000Z",
      validTo: "2030-01-01T00:00:00.000Z",
      fingerprint256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      rsaBits: 2048,
      isAuthority: false,
    });
  });

  test("reads dates beyond 2050, elliptic curves and authorities", () => {
    expect(certificate(futureCertificate).validTo).toBe("2050-06-01T00:00:00.000Z");
    expect(certificate(ellipticCertificate).rsaBits).toBeUndefined();
    expect(certificate(rootCertificate).isAuthority).toBe(true);
  });

  test.each([
    ["nothing", "", "the certificate is empty"],
    ["only spaces", " \n ", "the certificate is empty"],
    ["words", "the certificate from Okta", "this is not a certificate: expected PEM text"],
    ["metadata", "<EntityDescriptor/>", "this is XML, not a certificate"],
    ["a damaged body", body.slice(0, 200), "the certificate cannot be read: its text is damaged"],
    ["base64 of something else", "aGVsbG8gd29ybGQ=", "this is not a certificate"],
    ["a PEM without its end", currentCertificate.slice(0, 400), "the certificate is cut off"],
    ["a chain", currentCertificate + rootCertificate, "the text holds 2 PEM blocks"],
    [
      "a public key",
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
      "this is a public key, not",
    ],
    ["a very long text", "A".repeat(40_000), "the certificate is 40000 characters long"],
  ])("explains what is wrong with %s", (_, text, expected) => {
    expect(problem(text)).toContain(expected);
  });

  test("warns about a pasted private key without repeating any of it", () => {
    const pasted = "-----BEGIN RSA PRIVATE KEY-----\nMIIEsecretsecret\n-----END RSA PRIVATE KEY-----";
    expect(problem(pasted)).toContain("this is a private key: keep it secret");
    expect(problem(pasted)).not.toContain("MIIE");
    expect(problem(currentCertificate + pasted)).toContain("private key");
  });

  test("never repeats what it could not read", () => {
    for (const text of ["hunter2hunter2", "hunter2!", `-----BEGIN CERTIFICATE-----\nhunter2`]) {
      expect(problem(text)).not.toBe("");
      expect(problem(text)).not.toContain("hunter2");
    }
  });
});

describe("checking a certificate", () => {
  test.each([
    ["a valid one", currentCertificate, true],
    ["an expired one", expiredCertificate, false],
    ["one for later", futureCertificate, false],
  ])("checks whether the dates of %s include now", (_, text, expected) => {
    expect(isCurrent(certificate(text), someDay)).toBe(expected);
  });

  test.each([
    ["2029-12-31T23:59:59Z", 0],
    ["2029-12-31T00:00:00Z", 1],
    ["2029-12-02T00:00:00Z", 30],
    ["2030-01-02T00:00:00Z", -1],
  ])("counts the days left at %s as %d", (now, expected) => {
    expect(daysLeft(certificate(currentCertificate), new Date(now))).toBe(expected);
  });

  test("is current up to its last second, and no longer", () => {
    const last = new Date("2030-01-01T00:00:00.000Z");
    expect(isCurrent(certificate(currentCertificate), last)).toBe(true);
    expect(isCurrent(certificate(currentCertificate), new Date(last.getTime() + 1))).toBe(false);
  });

  test.each([
    ["a weak key", weakCertificate, someDay, ["the certificate's RSA key has 1024 bits"]],
    [
      "an end in 30 days",
      currentCertificate,
      new Date("2029-12-02T00:00:00Z"),
      ["the certificate expires on 2030-01-01, in 30 days"],
    ],
    ["an end tomorrow", currentCertificate, new Date("2029-12-31T00:00:00Z"), ["in 1 day"]],
    ["both", weakCertificate, new Date("2029-12-31T00:00:00Z"), ["1024 bits", "in 1 day"]],
    ["an end that is over", expiredCertificate, someDay, ["ended on 2020-01-01; PostHog still accepts it"]],
    [
      "a beginning that is to come",
      futureCertificate,
      someDay,
      ["not valid before 2040-01-01; PostHog accepts it all the same"],
    ],
    ["neither", currentCertificate, new Date("2029-12-01T00:00:00Z"), []],
    ["an elliptic curve", ellipticCertificate, someDay, []],
  ])("warns of %s", (_, text, now, expected) => {
    const warnings = certificateWarnings(certificate(text), now);
    expect(warnings).toHaveLength(expected.length);
    expected.forEach((part, index) => {
      expect(warnings[index]).toContain(part);
    });
  });
});

describe("comparing certificates", () => {
  test.each(spellings)("treats %s as equal to the normal form", (_, text) => {
    expect(sameCertificate(text, currentCertificate)).toBe(true);
  });

  test("distinguishes different certificates, and never treats two unreadable texts as the same", () => {
    expect(sameCertificate(currentCertificate, longerCertificate)).toBe(false);
    expect(sameCertificate(currentCertificate, "")).toBe(false);
    expect(sameCertificate("not one", "not one either")).toBe(false);
    expect(sameCertificate("not one", "not one")).toBe(true);
  });
});
