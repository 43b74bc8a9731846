import { emailDomain } from "../access/values";
import { certificateProblem, readCertificate } from "./certificate";
import type { IdentityProviderMetadata } from "./metadata";

/** How people of one e-mail domain come in, as PostHog has it. */
export interface DomainSignIn {
  readonly domain: string;
  readonly isVerified: boolean;
  /** The one way that people may sign in, or `off`. */
  readonly enforcement: string;
  readonly saml: Partial<IdentityProviderMetadata>;
}

/** Whether the organization's plan has a feature; undefined where the server does not say. */
export type HasFeature = (key: string) => boolean | undefined;

/** Why people of the domain can come in without single sign-on; undefined when they cannot. */
export function bypassOf(signIn: DomainSignIn, hasFeature: HasFeature): string | undefined {
  const { domain, enforcement } = signIn;
  if (enforcement === "off")
    return `nothing is enforced for ${domain}: its people can sign in with a password`;
  if (!signIn.isVerified) return `${domain} is not verified, so what it enforces has no effect`;
  const missing = ["sso_enforcement", ...(enforcement === "saml" ? ["saml"] : [])].find(
    (feature) => hasFeature(feature) === false,
  );
  return missing === undefined
    ? undefined
    : `the plan lacks "${missing}", so PostHog stores what ${domain} enforces and ignores it`;
}

/** Why nobody of the domain can come in at all; undefined when they can. */
export function lockOutOf(signIn: DomainSignIn, hasFeature: HasFeature, now: Date): string | undefined {
  const { domain, enforcement, saml } = signIn;
  if (enforcement !== "saml" || bypassOf(signIn, hasFeature) !== undefined) return undefined;
  if (saml.entityId === undefined || saml.ssoUrl === undefined || saml.x509Cert === undefined)
    return `nobody of ${domain} can sign in: SAML is enforced, and not set up`;
  const certificate = readCertificate(saml.x509Cert);
  const problem = certificate.ok ? certificateProblem(certificate.value, now) : certificate.problem;
  return problem === undefined ? undefined : `nobody of ${domain} can sign in: ${problem}`;
}

/** The e-mail addresses that no enforced domain covers, so that their owners sign in as they like. */
export function outside(emails: readonly string[], enforced: readonly string[]): string[] {
  const domains = new Set(enforced);
  return emails.filter((email) => !domains.has(emailDomain(email)));
}
