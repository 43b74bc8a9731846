/** Name of the DNS TXT record that proves ownership of a domain (PostHog: organization domains API). */
export const challengeRecordName = (domain: string): string => `_posthog-challenge.${domain}`;

/** What an identity provider's application for PostHog needs. All tenants of a server share these. */
export function serviceProvider(host: string): { readonly entityId: string; readonly acsUrl: string } {
  return { entityId: host, acsUrl: `${host}/complete/saml/` };
}
