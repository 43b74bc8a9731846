import { X509Certificate } from "node:crypto";
import { counted } from "../access/messages";
import { dateOf, daysBetween } from "../access/values";

/** A signing certificate of an identity provider, with what matters for single sign-on. */
export interface Certificate {
  /** The certificate as PEM text, in the one format that this package sends and stores. */
  readonly pem: string;
  /** The certificate's subject, on one line: `CN=idp.acme.com, O=Acme`. */
  readonly subject: string;
  /** First moment it is valid, ISO 8601. */
  readonly validFrom: string;
  /** Last moment it is valid, ISO 8601. */
  readonly validTo: string;
  /** SHA-256 of the certificate, upper-case hex with colons: the same for every text format. */
  readonly fingerprint256: string;
  /** Bits of the key for RSA; undefined for other kinds of key. */
  readonly rsaBits: number | undefined;
  /** Whether it may sign other certificates, which is rare for an identity provider's signing certificate. */
  readonly isAuthority: boolean;
}

/** A certificate that expires within this many days causes a warning. */
const expiryWarningDays = 30;

/** RSA keys with fewer bits are no longer considered safe (NIST SP 800-131A). */
const safeRsaBits = 2048;

/** Far above any real certificate (2 KB), far below what would be slow to scan. */
const longestInput = 32_768;

/** Parses one certificate, given as PEM text or as its bare base64 body, with any line breaks. */
export function readCertificate(text: string): Parsed<Certificate> {
  if (text.length > longestInput) {
    return unreadable(`the certificate is ${text.length} characters long; the maximum is ${longestInput}`);
  }
  // Environment variables and JSON often contain a PEM with its line breaks written as backslash-n.
  const unescaped = text.replace(/\\r|\\n/g, "\n").trim();
  const body = base64Body(unescaped);
  if (!body.ok) return body;
  const bytes = Buffer.from(body.value, "base64");
  try {
    const certificate = new X509Certificate(bytes);
    if (certificate.raw.length === bytes.length) return read(describe(certificate));
    return unreadable("more follows the certificate, such as a second one, and PostHog takes exactly one");
  } catch {
    // OpenSSL's reason describes its internals and may repeat input.
    return unreadable(
      "the certificate cannot be read: its text is damaged or cut off, copy it again from the identity provider",
    );
  }
}

/** Whole days until the certificate expires; negative once it has. */
export function daysLeft(certificate: Certificate, now: Date): number {
  return daysBetween(now.getTime(), certificate.validTo);
}

/** Whether this moment lies within the certificate's dates. PostHog signs people in outside them too. */
export function isCurrent({ validFrom, validTo }: Certificate, now: Date): boolean {
  return Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo);
}

/** Remarks on a certificate: its dates, which PostHog ignores, and a weak key. None of them prevents a sign-in. */
export function certificateWarnings(certificate: Certificate, now: Date): string[] {
  const warnings: string[] = [];
  if (certificate.rsaBits !== undefined && certificate.rsaBits < safeRsaBits) {
    warnings.push(
      `the certificate's RSA key has ${certificate.rsaBits} bits, and at least ${safeRsaBits} are considered safe: renew it at the identity provider`,
    );
  }
  const left = daysLeft(certificate, now);
  if (now.getTime() > Date.parse(certificate.validTo)) {
    warnings.push(`the certificate ended on ${dateOf(certificate.validTo)}; PostHog still accepts it`);
  } else if (now.getTime() < Date.parse(certificate.validFrom)) {
    warnings.push(
      `the certificate is not valid before ${dateOf(certificate.validFrom)}; PostHog accepts it all the same`,
    );
  } else if (left <= expiryWarningDays) {
    warnings.push(`the certificate expires on ${dateOf(certificate.validTo)}, in ${counted(left, "day")}`);
  }
  return warnings;
}

/** The name of a certificate in messages: `SHA-256 AB:CD:... (to 2030-01-01)`. */
export const certificateName = ({ fingerprint256, validTo }: Certificate): string =>
  `SHA-256 ${fingerprint256} (to ${dateOf(validTo)})`;

/** Whether two texts contain the same certificate, whatever their format; unreadable ones are compared as text. */
export function sameCertificate(left: string, right: string): boolean {
  if (left === right) return true;
  const [one, other] = [readCertificate(left), readCertificate(right)];
  return one.ok && other.ok && one.value.fingerprint256 === other.value.fingerprint256;
}

function base64Body(text: string): Parsed<string> {
  if (text === "") return unreadable("the certificate is empty");
  if (text.startsWith("<")) {
    return unreadable("this is XML, not a certificate: use the whole text as the metadata instead");
  }
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map((match) => match[1] ?? "");
  if (labels.some((label) => label.endsWith("PRIVATE KEY"))) {
    return unreadable(
      "this is a private key: keep it secret, and use the certificate (-----BEGIN CERTIFICATE-----)",
    );
  }
  const body = labels.length === 0 ? text : onlyBlock(text, labels);
  if (typeof body !== "string") return body;
  const compact = body.replace(/\s+/g, "");
  // Every certificate is a long ASN.1 sequence, which starts with MI in base64.
  if (!/^MI[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    return unreadable(
      "this is not a certificate: expected PEM text (-----BEGIN CERTIFICATE-----) or its base64 body",
    );
  }
  return read(compact);
}

function onlyBlock(text: string, labels: readonly string[]): string | Parsed<never> {
  if (labels.length > 1) {
    return unreadable(
      `the text holds ${labels.length} PEM blocks: use only the certificate that the identity provider signs with`,
    );
  }
  if (!(labels[0] ?? "").endsWith("CERTIFICATE")) {
    return unreadable(
      `this is a ${(labels[0] ?? "").toLowerCase()}, not a certificate (-----BEGIN CERTIFICATE-----)`,
    );
  }
  const block = /-----BEGIN [A-Z0-9 ]+-----([^-]*)-----END [A-Z0-9 ]+-----/.exec(text);
  return (
    block?.[1] ?? unreadable("the certificate is cut off: its -----END CERTIFICATE----- line is missing")
  );
}

function describe(certificate: X509Certificate): Certificate {
  return {
    pem: certificate.toString(),
    subject: certificate.subject.split("\n").join(", "),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    fingerprint256: certificate.fingerprint256,
    rsaBits: certificate.publicKey.asymmetricKeyDetails?.modulusLength,
    isAuthority: certificate.ca,
  };
}

/**
 * The result of parsing someone's input: the value with remarks worth a warning, or the one thing that is wrong with
 * it. `problem` and `notes` start lower-case and never repeat the input.
 */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** A parsed value, with its remarks. */
export function read<T>(value: T, notes: readonly string[] = []): Parsed<T> {
  return { ok: true, value, notes };
}

/** Unusable input, and why. */
export function unreadable(problem: string): Parsed<never> {
  return { ok: false, problem };
}
