import type { Leftover } from "../access/liveOrganization";
import type { Connection } from "../posthog/connection";
import { type Domain, listDomains } from "../posthog/domains";
import { answered } from "../posthog/errors";
import { listIdentityProviders } from "../posthog/identityProviders";
import { listMembers } from "../posthog/members";
import { getOrganization, hasFeature } from "../posthog/organizations";
import { readCertificate } from "../sso/certificate";
import {
  bypassOf,
  type DomainSignIn,
  enforcementFromApi,
  type HasFeature,
  lockOutOf,
  outside,
} from "../sso/enforcement";
import { leftoversAmong } from "../sso/leftovers";
import { challengeRecordName } from "../sso/serviceProvider";
import type { SsoDomain, SsoStatus } from "../sso/status";
import { generationOf, hasWay, isComplete, readSignOn, samlOf, serves } from "./signOn";

/** Reads how people sign in to the organization, wherever the server stores it. */
export async function readSsoStatus(connection: Connection): Promise<SsoStatus> {
  const organization = await getOrganization(connection);
  const has: HasFeature = (key) => hasFeature(organization, key);
  const records = await listDomains(connection);
  const domains = await Promise.all(records.map((record) => statusOf(connection, record, has)));
  const enforced = domains.filter(({ bypass }) => bypass === undefined).map(({ domain }) => domain);
  const emails = await memberEmails(connection);
  return { domains, membersOutside: emails && outside(emails, enforced) };
}

/** Reads what remains of removed single sign-on. */
export async function readLeftovers(connection: Connection): Promise<Leftover[]> {
  const domains = await listDomains(connection);
  const providers = (await listIdentityProviders(connection)) ?? [];
  return leftoversAmong(
    providers.map((provider) => ({
      id: provider.id,
      name: provider.name || provider.id,
      saml: samlOf(provider),
      scimEnabled: provider.scim_enabled === true,
      domains:
        provider.domain_scope === "all" ? ["*"] : namesOf(domains.filter((one) => serves(provider, one))),
      isLinked: !("config_scope" in provider),
    })),
    domains.map((record) => ({ domain: record.domain, isOrphaned: isOrphaned(record) })),
  );
}

const namesOf = (domains: readonly Domain[]): string[] => domains.map(({ domain }) => domain);

/** A domain without a link whose own settings are unused, but from which PostHog creates a provider. */
const isOrphaned = (record: Domain): boolean =>
  generationOf(record) === "linked" &&
  record.identity_provider_config == null &&
  (isComplete(samlOf(record)) || record.scim_enabled === true);

async function statusOf(connection: Connection, record: Domain, has: HasFeature): Promise<SsoDomain> {
  const { saml, scimEnabled, scimBaseUrl, providers } = await readSignOn(connection, record);
  const certificate = saml.x509Cert === undefined ? undefined : readCertificate(saml.x509Cert);
  const names = [providers.saml, providers.scim].flatMap((provider) => provider?.name ?? provider?.id ?? []);
  const enforcement = enforcementFromApi(record.sso_enforcement);
  const signIn: DomainSignIn = {
    domain: record.domain,
    isVerified: record.is_verified,
    enforcement,
    saml,
    hasWay: await hasWay(connection, record, enforcement),
  };
  return {
    domain: record.domain,
    domainId: record.id,
    isVerified: record.is_verified,
    verifiedAt: record.verified_at ?? undefined,
    challengeRecordName: challengeRecordName(record.domain),
    challengeRecordValue: record.verification_challenge ?? undefined,
    enforcement: signIn.enforcement,
    jitProvisioning: record.jit_provisioning_enabled === true,
    identityProviders: [...new Set(names)],
    samlConfigured: isComplete(saml),
    certificateExpiresAt: certificate?.ok ? certificate.value.validTo : undefined,
    scimEnabled,
    scimBaseUrl,
    bypass: bypassOf(signIn, has),
    lockOut: lockOutOf(signIn, has),
  };
}

async function memberEmails(connection: Connection): Promise<string[] | undefined> {
  try {
    return (await listMembers(connection)).map(({ user }) => user.email);
  } catch (error) {
    if (answered(error, 403)) return undefined;
    throw error;
  }
}
