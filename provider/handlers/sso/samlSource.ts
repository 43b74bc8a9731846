import * as z from "zod";
import { httpsUrl, text } from "../../arguments/fields";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import type { Connection } from "../../posthog/connection";
import { PosthogError, RefusedError, type Remedy } from "../../posthog/errors";
import { fetchSamlMetadata, retrySamlMetadata } from "../../posthog/samlMetadata";
import {
  type Certificate,
  certificateName,
  certificateWarnings,
  type Parsed,
  read,
  readCertificate,
  sameCertificate,
} from "../../sso/certificate";
import { chooseCertificate } from "../../sso/certificateChoice";
import {
  type IdentityProviderMetadata,
  longestSamlValue,
  type MetadataDocument,
  parseIdentityProviderMetadata,
} from "../../sso/metadata";

const fingerprintProblem =
  'must be "auto" or the SHA-256 fingerprint of a certificate: 64 hexadecimal digits, with or without colons';

/** A fingerprint in its normal form; `auto` if it is missing. */
const certificateWish = z
  .string(fingerprintProblem)
  .regex(/^(auto|[0-9a-f]{64}|([0-9a-f]{2}:){31}[0-9a-f]{2})$/i, fingerprintProblem)
  .transform((wish) =>
    wish.toLowerCase() === "auto"
      ? undefined
      : (wish.replaceAll(":", "").toUpperCase().match(/../g) ?? []).join(":"),
  );

/** Where an identity provider's SAML values come from: exactly one of the three forms. */
export const samlSource = z.strictObject({
  metadataXml: z.string("must be XML").optional(),
  metadataUrl: httpsUrl.optional(),
  entityId: text(longestSamlValue).optional(),
  ssoUrl: httpsUrl.max(longestSamlValue, `must be at most ${longestSamlValue} characters long`).optional(),
  x509Cert: z.string("must be a certificate").optional(),
  certificate: certificateWish.optional(),
});

export type SamlSource = z.infer<typeof samlSource>;

type SamlValues = Partial<IdentityProviderMetadata>;

const singles = ["entityId", "ssoUrl", "x509Cert"] as const;

/** Errors in a SAML source that can be found without the network. */
export function samlProblems(source: SamlSource, now: Date): Finding[] {
  const given = singles.filter((name) => source[name] !== undefined);
  const forms = [source.metadataXml, source.metadataUrl, given[0]].filter((form) => form !== undefined);
  if (forms.length !== 1) {
    return [
      problem(
        "saml",
        "declare exactly one of metadataXml, metadataUrl, or entityId with ssoUrl and x509Cert",
      ),
    ];
  }
  if (source.metadataUrl !== undefined) return [];
  if (source.metadataXml !== undefined) {
    const parsed = fromDocument(source, parseIdentityProviderMetadata(source.metadataXml, now), {}, now);
    return parsed.ok ? [] : [problem("saml.metadataXml", parsed.problem)];
  }
  const missing = singles.filter((name) => source[name] === undefined);
  if (missing.length > 0) return missing.map((name) => problem(`saml.${name}`, "is required"));
  const certificate = readCertificate(source.x509Cert ?? "");
  return [
    ...(certificate.ok ? [] : [problem("saml.x509Cert", certificate.problem)]),
    ...(source.certificate === undefined
      ? []
      : [
          problem("saml.certificate", "chooses among the certificates of metadata, and x509Cert is only one"),
        ]),
  ];
}

/**
 * The values for a write. An unreadable address does not stop an update that leaves SAML unchanged.
 *
 * @param mayKeep whether PostHog's values can stay if the address is unreadable.
 */
export async function samlToWrite(
  connection: Connection,
  source: SamlSource,
  held: SamlValues,
  mayKeep: boolean,
): Promise<IdentityProviderMetadata> {
  const kept = mayKeep ? complete(held) : undefined;
  try {
    return valuesOf(await readPatiently(connection, source, held, kept === undefined)).value;
  } catch (error) {
    if (kept === undefined || !(error instanceof UnreadAddress)) throw error;
    connection.report(`warning: ${keeping(error)}`);
    return kept;
  }
}

/**
 * Reads a source. If no other values will do, an address without metadata gets a second attempt: its application may
 * have been created just now, in the same run.
 */
async function readPatiently(
  connection: Connection,
  source: SamlSource,
  held: SamlValues,
  isNeeded: boolean,
): Promise<Parsed<IdentityProviderMetadata>> {
  try {
    return await readSource(connection, source, held);
  } catch (error) {
    const isFinal = !(error instanceof UnreadAddress) || error.isRefused;
    if (!isNeeded || isFinal || source.metadataUrl === undefined) throw error;
    await retrySamlMetadata(connection, source.metadataUrl);
    return readSource(connection, source, held);
  }
}

/**
 * The preview's findings about the SAML values that the update writes: remarks, and which certificate it replaces.
 *
 * @param mayKeep whether PostHog's values can stay if the address is unreadable.
 */
export async function reviewSaml(
  connection: Connection,
  source: SamlSource | undefined,
  held: SamlValues,
  mayKeep: boolean,
): Promise<{ readonly findings: Finding[]; readonly values?: IdentityProviderMetadata }> {
  if (source === undefined) return { findings: [] };
  const kept = mayKeep ? complete(held) : undefined;
  try {
    const { value, notes } = valuesOf(await readPatiently(connection, source, held, kept === undefined));
    const change = certificateChange(held, value);
    return {
      findings: [...notes.map(warning), ...(change === undefined ? [] : [notice(change)])],
      values: value,
    };
  } catch (error) {
    if (kept === undefined || !(error instanceof UnreadAddress)) throw error;
    return { findings: [warning(keeping(error))], values: kept };
  }
}

/** Why a resource with unchanged arguments is updated: its metadata address has other values than PostHog. */
export async function renewalReason(
  connection: Connection,
  source: SamlSource | undefined,
  held: () => Promise<SamlValues>,
): Promise<string | undefined> {
  if (source?.metadataUrl === undefined || !connection.configuration.preflight) return undefined;
  const existing = await held();
  const parsed = await readSource(connection, source, existing).catch(() => undefined);
  if (parsed?.ok !== true || holdsSaml(existing, parsed.value)) return undefined;
  return certificateChange(existing, parsed.value) ?? "the metadata has other values than PostHog";
}

/**
 * The source that describes what PostHog has: the declared one if it has the same values, undefined if PostHog has
 * none. If only the certificate differs, its fingerprint is given. An unreadable metadata address is not drift.
 */
export async function samlAsDeclared(
  connection: Connection,
  existing: SamlValues,
  declared: SamlSource | undefined,
): Promise<SamlSource | undefined> {
  const values = Object.values(existing).some((value) => value !== undefined) ? existing : undefined;
  if (declared === undefined || values === undefined) return values;
  const { metadataXml, metadataUrl } = declared;
  const parsed = await readSource(connection, declared, existing).catch(() => undefined);
  if (parsed?.ok === true && holdsSaml(existing, parsed.value)) return declared;
  if (metadataXml === undefined && metadataUrl === undefined) return values;
  if (parsed === undefined) return metadataUrl === undefined ? values : declared;
  const { entityId, ssoUrl, x509Cert } = values;
  const published = await readSource(connection, { metadataXml, metadataUrl }, existing);
  const isSame = published.ok && published.value.entityId === entityId && published.value.ssoUrl === ssoUrl;
  const certificate = certificateOf(x509Cert)?.fingerprint256;
  return { metadataXml, metadataUrl, certificate, ...(isSame ? {} : { entityId, ssoUrl }) };
}

/** Whether PostHog has the values of a source. */
export function holdsSaml(existing: SamlValues, wanted: IdentityProviderMetadata): boolean {
  return (
    existing.entityId === wanted.entityId &&
    existing.ssoUrl === wanted.ssoUrl &&
    existing.x509Cert !== undefined &&
    sameCertificate(existing.x509Cert, wanted.x509Cert)
  );
}

/** The certificate in a stored value, if it is one. */
export function certificateOf(x509Cert: string | undefined): Certificate | undefined {
  const parsed = x509Cert === undefined ? undefined : readCertificate(x509Cert);
  return parsed?.ok === true ? parsed.value : undefined;
}

/** An address returned no metadata: the identity provider may be down. */
class UnreadAddress extends RefusedError {
  /** @param isRefused whether its response must not be followed, so that another attempt does not help. */
  constructor(
    summary: string,
    remedy: Remedy,
    readonly isRefused = false,
  ) {
    super(summary, remedy);
  }
}

const keeping = ({ summary }: UnreadAddress): string =>
  `${summary}; the SAML settings stay as PostHog has them`;

const complete = ({ entityId, ssoUrl, x509Cert }: SamlValues): IdentityProviderMetadata | undefined =>
  entityId === undefined || ssoUrl === undefined || x509Cert === undefined
    ? undefined
    : { entityId, ssoUrl, x509Cert };

function certificateChange(held: SamlValues, { x509Cert }: IdentityProviderMetadata): string | undefined {
  if (held.x509Cert === undefined || sameCertificate(held.x509Cert, x509Cert)) return undefined;
  const [before, after] = [certificateOf(held.x509Cert), certificateOf(x509Cert)];
  const name = (one: Certificate | undefined): string =>
    one === undefined ? "one that cannot be read" : certificateName(one);
  return `the identity provider's certificate changes: ${name(before)} goes, ${name(after)} comes`;
}

type Readable<T> = Extract<Parsed<T>, { readonly ok: true }>;

function valuesOf(parsed: Parsed<IdentityProviderMetadata>): Readable<IdentityProviderMetadata> {
  if (parsed.ok) return parsed;
  throw new RefusedError(`the SAML settings cannot be used: ${parsed.problem}`, {
    why: "PostHog would store them, and every sign-in through them would fail.",
    fix: "Take them again from the identity provider's application for PostHog.",
  });
}

/** The values of a source, or what is wrong with it. Throws only if its address returns no metadata. */
async function readSource(
  connection: Connection,
  source: SamlSource,
  held: SamlValues,
): Promise<Parsed<IdentityProviderMetadata>> {
  const now = new Date(connection.clock.now());
  const { metadataXml, metadataUrl, entityId = "", ssoUrl = "", x509Cert = "" } = source;
  if (metadataUrl !== undefined) {
    const document = await documentAt(connection, metadataUrl, now);
    return fromDocument(source, document, held, now);
  }
  if (metadataXml !== undefined)
    return fromDocument(source, parseIdentityProviderMetadata(metadataXml, now), held, now);
  const certificate = readCertificate(x509Cert);
  return certificate.ok ? withRemarks({ entityId, ssoUrl }, certificate.value, [], now) : certificate;
}

async function documentAt(connection: Connection, url: string, now: Date): Promise<Parsed<MetadataDocument>> {
  let xml: string;
  try {
    xml = await fetchSamlMetadata(connection, url);
  } catch (error) {
    if (!(error instanceof PosthogError)) throw error;
    throw new UnreadAddress(error.summary, error.remedy, error instanceof RefusedError);
  }
  const document = parseIdentityProviderMetadata(xml, now);
  if (document.ok) return document;
  const { host, pathname } = new URL(url);
  throw new UnreadAddress(`the SAML metadata from ${host}${pathname} cannot be used: ${document.problem}`, {
    why: "The address answers with something else than the identity provider's metadata.",
    fix: "Open the address in a private browser window; if it asks for a sign-in, set metadataXml instead.",
  });
}

function fromDocument(
  source: SamlSource,
  document: Parsed<MetadataDocument>,
  held: SamlValues,
  now: Date,
): Parsed<IdentityProviderMetadata> {
  if (!document.ok) return document;
  const choice = { wanted: source.certificate, held: certificateOf(held.x509Cert)?.fingerprint256, now };
  const chosen = chooseCertificate(document.value, choice);
  return chosen.ok
    ? withRemarks(document.value, chosen.value, [...document.notes, ...chosen.notes], now)
    : chosen;
}

function withRemarks(
  { entityId, ssoUrl }: Omit<IdentityProviderMetadata, "x509Cert">,
  certificate: Certificate,
  notes: readonly string[],
  now: Date,
): Parsed<IdentityProviderMetadata> {
  const value = { entityId, ssoUrl, x509Cert: certificate.pem };
  return read(value, [...notes, ...certificateWarnings(certificate, now)]);
}
