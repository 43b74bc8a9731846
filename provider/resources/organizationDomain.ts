import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";

/** The arguments of {@link OrganizationDomain}. */
export interface OrganizationDomainArgs extends CommonArgs {
  /** The e-mail domain, lower case, at most 128 characters. Unique in all of PostHog. Replaces. */
  domain: pulumi.Input<string>;
  /**
   * The one way that people of the domain may sign in, or `off`. Waits while the domain is unverified, and is refused
   * where nobody could sign in any more. Taking it out switches it off. Plan feature `sso_enforcement`, for `saml` also
   * `saml`. Updated in place.
   */
  enforcement?: pulumi.Input<"off" | "saml" | "google-oauth2" | "github" | "gitlab" | "oidc">;
  /**
   * Whether people of the domain become members by signing in. Waits while the domain is unverified. Taking it out
   * switches it off. Plan feature `automatic_provisioning`. Updated in place.
   */
  jitProvisioning?: pulumi.Input<boolean>;
  /**
   * Seconds to wait for PostHog to see the DNS record, 0 to 3600. Needs a session. Default 0: one look in each run that
   * changes something. With more, every run looks until the domain is verified. Give it where the record is there before
   * this resource: see `signInOnly`. Updated in place.
   */
  waitForVerification?: pulumi.Input<number>;
  /**
   * Manage only verification, `jitProvisioning` and `enforcement` of a domain that another `OrganizationDomain` adds.
   * Such a resource can come after the DNS record and the identity provider, so that everything is done in one run.
   * Destroying it switches off what it declares and leaves the domain. Default false. Replaces.
   */
  signInOnly?: pulumi.Input<boolean>;
}

/**
 * An e-mail domain of the organization: its verification, and how people of the domain come in.
 *
 * ```ts
 * const domain = new posthog.OrganizationDomain("acme", { domain: "acme.com" });
 * new dns.Record("challenge", { name: domain.challengeRecordName, type: "TXT", value: domain.challengeRecordValue });
 * ```
 *
 * In one run from nothing to enforced sign-on: the domain, then the DNS record and the identity provider, then the
 * domain's sign-in as a second resource that waits for them. Destroying goes the other way round by itself.
 *
 * ```ts
 * const domain = new posthog.OrganizationDomain("acme", { domain: "acme.com" });
 * const record = new dns.Record("challenge", {
 *   name: domain.challengeRecordName,
 *   type: "TXT",
 *   value: domain.challengeRecordValue,
 * });
 * const provider = new posthog.IdentityProvider("okta", {
 *   name: "Okta",
 *   domains: [domain.domain],
 *   saml: { metadataXml: application.metadata },
 * });
 * new posthog.OrganizationDomain(
 *   "acme-sign-in",
 *   {
 *     domain: domain.domain,
 *     signInOnly: true,
 *     waitForVerification: 600,
 *     jitProvisioning: true,
 *     enforcement: "saml",
 *   },
 *   { dependsOn: [record, provider] },
 * );
 * ```
 *
 * It takes a session for PostHog to look at the record (`posthog:email`, `posthog:password`); without one somebody
 * clicks "Verify" in PostHog. Until then `jitProvisioning` and `enforcement` wait, the preview shows them as still to
 * come, and the next run goes on. A domain that declares neither, and has no second resource, is looked at again with
 * `waitForVerification`.
 *
 * It does not say how the identity provider is reached: that is `IdentityProvider`. `OrgSsoSettings` is both in one
 * resource, for one domain with a provider of its own, and the only way on servers up to early 2026.
 *
 * `OrganizationDomain.get(name, id)` takes the domain, or PostHog's id of it.
 *
 * Scopes: `organization:write`. Level: organization admin. PostHog: organization domains API.
 */
export class OrganizationDomain extends PosthogResource {
  declare public readonly domain: pulumi.Output<string>;
  declare public readonly enforcement: pulumi.Output<string | undefined>;
  declare public readonly jitProvisioning: pulumi.Output<boolean | undefined>;
  declare public readonly waitForVerification: pulumi.Output<number | undefined>;
  declare public readonly signInOnly: pulumi.Output<boolean | undefined>;
  /** PostHog's id of the domain. */
  declare public readonly domainId: pulumi.Output<string>;
  /** Whether PostHog has seen the DNS record. */
  declare public readonly isVerified: pulumi.Output<boolean>;
  /** Name of the DNS TXT record that proves the domain: `_posthog-challenge.<domain>`. */
  declare public readonly challengeRecordName: pulumi.Output<string>;
  /** Value of that record. */
  declare public readonly challengeRecordValue: pulumi.Output<string>;
  /** Whether any enforcement is on. */
  declare public readonly enforceSso: pulumi.Output<boolean>;

  constructor(name: string, args: OrganizationDomainArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing domain by its name, or its id, without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): OrganizationDomain {
    return new OrganizationDomain(name, { ...args } as OrganizationDomainArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "OrganizationDomain",
  args: ["domain", "enforcement", "jitProvisioning", "waitForVerification", "signInOnly"],
  outputs: ["domainId", "isVerified", "challengeRecordName", "challengeRecordValue", "enforceSso"],
};
