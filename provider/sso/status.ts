/** How people of one e-mail domain sign in. */
export interface SsoDomain {
  readonly domain: string;
  readonly domainId: string;
  readonly isVerified: boolean;
  /** When PostHog saw the DNS record, ISO 8601. */
  readonly verifiedAt?: string;
  /** Name of the DNS TXT record that proves ownership of the domain. */
  readonly challengeRecordName: string;
  /** Value of that record. */
  readonly challengeRecordValue?: string;
  /** The only way in which people of the domain may sign in, or `off`. */
  readonly enforcement: string;
  readonly jitProvisioning: boolean;
  /** Names of its identity providers; none on servers that store the settings on the domain. */
  readonly identityProviders: readonly string[];
  /** Whether all SAML values are set. */
  readonly samlConfigured: boolean;
  /** When the identity provider's certificate expires, ISO 8601. */
  readonly certificateExpiresAt?: string;
  readonly scimEnabled: boolean;
  /** Address for the identity provider's SCIM client. */
  readonly scimBaseUrl?: string;
  /** Why people of the domain can sign in without single sign-on; missing if they cannot. */
  readonly bypass?: string;
  /** Why nobody of the domain can sign in at all; missing if they can. */
  readonly lockOut?: string;
}

/** How people sign in to the organization. */
export interface SsoStatus {
  readonly domains: readonly SsoDomain[];
  /**
   * E-mail addresses of members that no enforced domain covers: they choose how to sign in. Missing if the key may not
   * list members.
   */
  readonly membersOutside?: readonly string[];
}
