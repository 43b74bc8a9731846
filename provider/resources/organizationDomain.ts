import type * as pulumi from "@pulumi/pulumi";
import { outputSecrecy } from "../engine/secretOutputs";
import { challengeRecordName } from "../sso/serviceProvider";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { Known } from "./known";
import { follows, sameAsId } from "./previews";

/** The arguments of {@link OrganizationDomain}. */
export interface OrganizationDomainArgs extends CommonArgs {
  /** The e-mail domain, lower case, at most 128 characters. Unique in all of PostHog. Replaces. */
  domain: pulumi.Input<string>;
  /**
   * The only way in which people of the domain may sign in: `saml`, `google-oauth2`, `github`, `gitlab` or `oidc`, or
   * `off`. Takes effect once the domain is verified. Enforcement that would leave nobody able to sign in is an error.
   * So is a way that the server does not support: `oidc` if PostHog shows no OpenID Connect for the domain,
   * `google-oauth2`, `github` and `gitlab` if the server is not set up for them. Removing the argument switches it off.
   * Plan feature `sso_enforcement`, for `saml` also `saml`. Updated in place.
   */
  enforcement?: pulumi.Input<Known<"off" | "saml" | "google-oauth2" | "github" | "gitlab" | "oidc">>;
  /**
   * Whether people of the domain become members by signing in. Takes effect once the domain is verified. Removing the
   * argument switches it off. Plan feature `automatic_provisioning`. Updated in place.
   */
  jitProvisioning?: pulumi.Input<boolean>;
  /**
   * Seconds to wait until PostHog verifies the DNS record, 0 to 3600. Needs a session. Default 0: one check in each run
   * that changes something. With more, every run checks until the domain is verified. Use it if the record exists before
   * this resource: see `signInOnly`. Updated in place.
   */
  waitForVerification?: pulumi.Input<number>;
  /**
   * Whether to manage only verification, `jitProvisioning` and `enforcement` of a domain that another
   * `OrganizationDomain` adds. Such a resource can depend on the DNS record and the identity provider, so that one run
   * does everything. Destroying it switches off what it declares and keeps the domain. Default false. Replaces.
   */
  signInOnly?: pulumi.Input<boolean>;
}

/**
 * An e-mail domain of the organization: its verification, and how its people sign in.
 *
 * ```ts
 * const domain = new posthog.OrganizationDomain("acme", { domain: "acme.com" });
 * export const challenge = domain.challengeRecordValue;
 * ```
 *
 * With the DNS record that proves ownership of the domain:
 *
 * ```ts
 * const domain = new posthog.OrganizationDomain("acme", { domain: "acme.com" });
 * new dns.Record("challenge", { name: domain.challengeRecordName, type: "TXT", value: domain.challengeRecordValue });
 * ```
 *
 * From nothing to enforced single sign-on in one run: the domain, then the DNS record and the identity provider, then
 * the domain's sign-in as a second resource that waits for them.
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
 * PostHog verifies the record only for a session (`posthog:email`, `posthog:password`); without one, someone clicks
 * "Verify" in PostHog. Until then `jitProvisioning` and `enforcement` wait, the preview shows them as pending, and the
 * next run continues. If a domain declares neither and has no second resource, set `waitForVerification` to check it
 * again.
 *
 * It does not set up the identity provider: `IdentityProvider` does. `OrgSsoSettings` combines both in one resource,
 * for one domain with its own provider, and is the only way on servers up to early 2026.
 *
 * An existing domain is an error, unless `adopt: true` takes it over. Enforcement that would leave nobody able to sign
 * in is an error.
 *
 * Destroying it switches off enforcement and provisioning and deletes the domain; with `signInOnly` the domain stays.
 *
 * `OrganizationDomain.get(name, id)` takes the domain, or its id in PostHog.
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
  /** Whether PostHog has verified the DNS record. */
  declare public readonly isVerified: pulumi.Output<boolean>;
  /** Name of the DNS TXT record that proves ownership of the domain: `_posthog-challenge.<domain>`. */
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
  secrecy: outputSecrecy.OrganizationDomain,
  known: { domainId: sameAsId, challengeRecordName: follows(["domain"], challengeRecordName) },
};
