import { emailDomain } from "../access/values";
import { readCertificate } from "./certificate";
import type { IdentityProviderMetadata } from "./metadata";

/** Ways of signing in that can be enforced for a domain; `off` lets people choose. */
export const enforcements = ["off", "saml", "google-oauth2", "github", "gitlab", "oidc"] as const;

type Enforcement = (typeof enforcements)[number];

/** The text that PostHog stores: it accepts any, and an unknown one breaks every sign-in of the domain. */
export const enforcementToApi = (enforcement: Enforcement): string =>
  enforcement === "off" ? "" : enforcement;

/** What a stored text means; an unknown one is kept unchanged. */
export const enforcementFromApi = (text: string | null | undefined): string => (text ? text : "off");

/** What is known before enforcement is switched on. */
export interface EnforcementFacts {
  readonly enforcement: Enforcement;
  readonly domain: string;
  readonly isVerified: boolean;
  /** Whether entity id, address and certificate are all set. */
  readonly samlComplete: boolean;
  /** Whether the server supports the way at all, if that is not SAML; undefined if it does not say. */
  readonly hasWay?: boolean;
  /** Why the stored certificate is invalid, if so. Its dates do not matter: PostHog ignores them. */
  readonly certificateProblem?: string;
  /** Whether the plan has a feature; undefined if the server does not say. */
  readonly hasFeature: (key: string) => boolean | undefined;
  /** E-mail addresses of the organization's admins and owners. */
  readonly admins: readonly string[];
  /** E-mail address that this program signs in with, if any. */
  readonly sessionEmail?: string;
}

/** Whether enforcement may be switched on, and what to know if so. */
export interface EnforcementVerdict {
  /** Why it would lock people out or have no effect. */
  readonly refusal?: string;
  readonly warnings: readonly string[];
}

const isOn = (email: string, domain: string): boolean => email.toLowerCase().endsWith(`@${domain}`);

/**
 * Decides whether people of the domain could still sign in once enforcement is on. API keys keep working under
 * enforcement, so anyone with a key that has `organization:write` can always switch it off again.
 */
export function judgeEnforcement(facts: EnforcementFacts): EnforcementVerdict {
  const refusal = refuse(facts);
  if (refusal !== undefined || facts.enforcement === "off") return { refusal, warnings: [] };
  return { warnings: warn(facts) };
}

function warn({ enforcement, domain, admins, sessionEmail }: EnforcementFacts): string[] {
  const warnings: string[] = [];
  if (enforcement !== "saml") {
    warnings.push(
      `people of ${domain} can then sign in with ${enforcement} only, and PostHog does not check that this works: ` +
        "sign in that way once before you enforce it",
    );
  }
  if (admins.length > 0 && admins.every((admin) => isOn(admin, domain))) {
    warnings.push(
      `every admin and owner has an address of ${domain}: if its sign-in breaks, nobody can fix it by hand; ` +
        "keep one owner with another address, or a key that can set enforcement to off",
    );
  }
  if (sessionEmail !== undefined && isOn(sessionEmail, domain)) {
    warnings.push(
      `posthog:email is an address of ${domain}: its password stops working, and so does everything that needs a session`,
    );
  }
  return warnings;
}

function refuse(facts: EnforcementFacts): string | undefined {
  const { enforcement, domain } = facts;
  if (enforcement === "off") return undefined;
  if (!facts.isVerified) return `${domain} is not verified, so enforcement cannot be enabled yet`;
  const missing = ["sso_enforcement", ...(enforcement === "saml" ? ["saml"] : [])].find(
    (feature) => facts.hasFeature(feature) === false,
  );
  if (missing !== undefined)
    return `the plan lacks "${missing}": PostHog would store the enforcement and ignore it`;
  if (enforcement !== "saml") return facts.hasWay === false ? withoutWay(domain, enforcement) : undefined;
  if (!facts.samlComplete) return `nobody of ${domain} could sign in: SAML is not set up`;
  if (facts.certificateProblem === undefined) return undefined;
  return `nobody of ${domain} could sign in: ${facts.certificateProblem}`;
}

/** What happens to a domain that enforces a way which the server does not support. */
const withoutWay = (domain: string, enforcement: string): string =>
  enforcement === "oidc"
    ? `nobody of ${domain} could sign in: this server shows no OpenID Connect for the domain, and then answers every sign-in with an error`
    : `${enforcement} is not set up on this server: PostHog stores what ${domain} enforces and ignores it`;

/** How people of one e-mail domain sign in. */
export interface DomainSignIn {
  readonly domain: string;
  readonly isVerified: boolean;
  /** The only way in which people may sign in, or `off`. */
  readonly enforcement: string;
  readonly saml: Partial<IdentityProviderMetadata>;
  /** Whether the server supports that way at all, if it is not SAML; undefined if it does not say. */
  readonly hasWay?: boolean;
}

/** Whether the organization's plan has a feature; undefined if the server does not say. */
export type HasFeature = (key: string) => boolean | undefined;

/** Why people of the domain can sign in without single sign-on; undefined if they cannot. */
export function bypassOf(signIn: DomainSignIn, hasFeature: HasFeature): string | undefined {
  const { domain, enforcement } = signIn;
  if (enforcement === "off")
    return `nothing is enforced for ${domain}: its people can sign in with a password`;
  if (!signIn.isVerified) return `${domain} is not verified, so what it enforces has no effect`;
  const missing = ["sso_enforcement", ...(enforcement === "saml" ? ["saml"] : [])].find(
    (feature) => hasFeature(feature) === false,
  );
  if (missing !== undefined)
    return `the plan lacks "${missing}", so PostHog stores what ${domain} enforces and ignores it`;
  return enforcement !== "oidc" && signIn.hasWay === false ? withoutWay(domain, enforcement) : undefined;
}

/** Why nobody of the domain can sign in at all; undefined if they can. */
export function lockOutOf(signIn: DomainSignIn, hasFeature: HasFeature): string | undefined {
  const { domain, enforcement, saml } = signIn;
  if (bypassOf(signIn, hasFeature) !== undefined) return undefined;
  if (enforcement === "oidc" && signIn.hasWay === false) return withoutWay(domain, enforcement);
  if (enforcement !== "saml") return undefined;
  if (saml.entityId === undefined || saml.ssoUrl === undefined || saml.x509Cert === undefined)
    return `nobody of ${domain} can sign in: SAML is enforced, and not set up`;
  const certificate = readCertificate(saml.x509Cert);
  return certificate.ok ? undefined : `nobody of ${domain} can sign in: ${certificate.problem}`;
}

/** The e-mail addresses that no enforced domain covers: their owners choose how to sign in. */
export function outside(emails: readonly string[], enforced: readonly string[]): string[] {
  const domains = new Set(enforced);
  return emails.filter((email) => !domains.has(emailDomain(email)));
}
