import { z } from "zod";
import { httpsUrl, text } from "../../arguments/fields";
import { isAdoption } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";
import { type Properties, sameJson } from "../../engine/state";
import { unfinishedIn } from "../../engine/unfinished";
import type { Connection } from "../../posthog/connection";
import { RefusedError } from "../../posthog/errors";
import { fetchSamlMetadata } from "../../posthog/samlMetadata";
import { isComplete, type ProviderPair, type SignOn } from "../../snapshot/signOn";
import {
  certificateProblem,
  certificateWarnings,
  type Parsed,
  read,
  readCertificate,
  sameCertificate,
  unreadable,
} from "../../sso/certificate";
import { serviceProvider } from "../../sso/enforcement";
import {
  type IdentityProviderMetadata,
  longestSamlValue,
  parseIdentityProviderMetadata,
} from "../../sso/metadata";

/** Where an identity provider's SAML values come from: exactly one of the three forms. */
export const samlSource = z.strictObject({
  metadataXml: z.string("must be XML").optional(),
  metadataUrl: httpsUrl.optional(),
  entityId: text(longestSamlValue).optional(),
  ssoUrl: httpsUrl.max(longestSamlValue, `must be at most ${longestSamlValue} characters long`).optional(),
  x509Cert: z.string("must be a certificate").optional(),
});

type SamlSource = z.infer<typeof samlSource>;

/** The argument for provisioning by the identity provider. */
export const scim = z.strictObject({ enabled: z.boolean("must be true or false") });

/** The plan features behind `saml` and `scim`. */
export const signOnNeeds = (["saml", "scim"] as const).map(
  (argument) => ({ argument, is: "given", needs: [{ feature: argument }] }) as const,
);

/** What a preview reports when the adopted object has SCIM on. */
export const scimTokenWarning =
  "SCIM is already on, and PostHog shows its token only once: scimToken stays empty until SCIM is switched off and on";

const singles = ["entityId", "ssoUrl", "x509Cert"] as const;

/** Errors and warnings about a SAML source that need no network. */
export function samlFindings(source: SamlSource, now: Date): Finding[] {
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
  const missing = singles.filter((name) => source[name] === undefined);
  if (given.length > 0 && missing.length > 0)
    return missing.map((name) => problem(`saml.${name}`, "is required"));
  const parsed = readSource(source, source.metadataXml, now);
  if (!parsed.ok) return [problem(given.length > 0 ? "saml.x509Cert" : "saml.metadataXml", parsed.problem)];
  return parsed.notes.map(warning);
}

/** Reads metadata from its address, unless the earlier arguments were the same. */
export async function checkAddress(
  connection: Connection,
  declared: SamlSource | undefined,
  before: SamlSource | undefined,
): Promise<void> {
  if (declared?.metadataUrl !== undefined && !sameJson(before, declared))
    await resolveSaml(connection, declared);
}

/** The values of a source; metadata is fetched from its address. */
export async function resolveSaml(
  connection: Connection,
  source: SamlSource,
): Promise<IdentityProviderMetadata> {
  const xml =
    source.metadataUrl === undefined
      ? source.metadataXml
      : await fetchSamlMetadata(connection, source.metadataUrl);
  const parsed = readSource(source, xml, new Date(connection.clock.now()));
  if (parsed.ok) return parsed.value;
  throw new RefusedError(`the SAML settings cannot be used: ${parsed.problem}`, {
    why: "PostHog would store them, and every sign-in through them would fail.",
    fix: "Download the metadata again from the identity provider's application for PostHog.",
  });
}

/**
 * The values that PostHog has, as the declared source if they are its values; undefined if PostHog has none. A metadata
 * address that does not answer is no drift.
 */
export async function samlAsDeclared(
  connection: Connection,
  existing: Partial<IdentityProviderMetadata>,
  declared: SamlSource | undefined,
): Promise<SamlSource | undefined> {
  const values = Object.values(existing).some((value) => value !== undefined) ? existing : undefined;
  if (declared === undefined || values === undefined) return values;
  try {
    return holdsSaml(existing, await resolveSaml(connection, declared)) ? declared : values;
  } catch {
    return declared.metadataUrl === undefined ? values : declared;
  }
}

/** Whether PostHog has the values of a source. */
export function holdsSaml(
  existing: Partial<IdentityProviderMetadata>,
  wanted: IdentityProviderMetadata,
): boolean {
  return (
    existing.entityId === wanted.entityId &&
    existing.ssoUrl === wanted.ssoUrl &&
    existing.x509Cert !== undefined &&
    sameCertificate(existing.x509Cert, wanted.x509Cert)
  );
}

/** The outputs about sign-on. PostHog shows a SCIM token once, so it comes from the write that created it, or from state. */
export function signOnOutputs(connection: Connection, signOn: SignOn, scimToken: unknown): Properties {
  const certificate = signOn.saml.x509Cert === undefined ? undefined : readCertificate(signOn.saml.x509Cert);
  const { entityId: spEntityId, acsUrl: spAcsUrl } = serviceProvider(connection.host);
  return {
    spEntityId,
    spAcsUrl,
    relayState: signOn.relayState,
    samlConfigured: isComplete(signOn.saml),
    certificateExpiresAt: certificate?.ok ? certificate.value.validTo : undefined,
    scimBaseUrl: signOn.scimBaseUrl,
    scimToken: signOn.scimEnabled && typeof scimToken === "string" ? scimToken : undefined,
    ...providerIds(signOn.providers),
  };
}

const due = z.object({ tokenIsDue: z.boolean().optional().catch(undefined) });

/**
 * Whether SCIM may have been switched on by a run that broke off, and its token with it: nobody has it, so there has to
 * be a new one. Where SCIM was on before the resource, the identity provider has the token.
 */
export function isTokenLost(state: Properties): boolean {
  if (isAdoption(state) || typeof state.scimToken === "string") return false;
  const { tokenIsDue } = due.parse(unfinishedIn(state));
  return tokenIsDue ?? scim.safeParse(state.scim).data?.enabled !== true;
}

/** What to remember before SCIM is switched on, while its token is not known. */
export const tokenIsDue = (state: Properties): Properties => ({ ...unfinishedIn(state), tokenIsDue: true });

/** What to remember once the token is known. */
export const tokenIsKnown = (state: Properties): Properties => ({
  ...unfinishedIn(state),
  tokenIsDue: undefined,
});

/** The outputs that find the objects again. */
export const providerIds = ({ saml, scim: provisioning }: ProviderPair): Properties => ({
  samlProviderId: saml?.id,
  scimProviderId: provisioning?.id,
});

function readSource(
  source: SamlSource,
  xml: string | undefined,
  now: Date,
): Parsed<IdentityProviderMetadata> {
  if (xml !== undefined) {
    const metadata = parseIdentityProviderMetadata(xml, now);
    if (!metadata.ok) return metadata;
    return withCertificate(metadata.value, now, metadata.notes);
  }
  const { entityId = "", ssoUrl = "", x509Cert = "" } = source;
  return withCertificate({ entityId, ssoUrl, x509Cert }, now, []);
}

function withCertificate(
  values: IdentityProviderMetadata,
  now: Date,
  notes: readonly string[],
): Parsed<IdentityProviderMetadata> {
  const certificate = readCertificate(values.x509Cert);
  if (!certificate.ok) return certificate;
  const unusable = certificateProblem(certificate.value, now);
  if (unusable !== undefined) return unreadable(unusable);
  const remarks = new Set([...notes, ...certificateWarnings(certificate.value, now)]);
  return read({ ...values, x509Cert: certificate.value.pem }, [...remarks]);
}
