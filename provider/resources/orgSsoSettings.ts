import type * as pulumi from "@pulumi/pulumi";
import { outputSecrecy } from "../engine/secretOutputs";
import { challengeRecordName, serviceProvider } from "../sso/serviceProvider";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { Known, Variable } from "./known";
import { follows, sameAsId } from "./previews";

/** The source of an identity provider's SAML values: exactly one of `metadataXml`, `metadataUrl`, or the three values. */
export interface SamlArgs {
  /** The identity provider's metadata document. May be the output of its Pulumi resource. */
  metadataXml?: pulumi.Input<string>;
  /**
   * Address of the metadata document, https. Read at every preview, write and refresh, so that a renewed certificate
   * shows. While it is unreadable, updates that do not change SAML go through, with a warning. It may redirect only
   * within the same host: for a target elsewhere, set the target itself.
   */
  metadataUrl?: pulumi.Input<string>;
  /** The identity provider's entity id, at most 512 characters. With `ssoUrl` and `x509Cert`. */
  entityId?: pulumi.Input<string>;
  /** The identity provider's sign-in address, https. With `entityId` and `x509Cert`. */
  ssoUrl?: pulumi.Input<string>;
  /** The certificate that it signs with, PEM or its base64 body. With `entityId` and `ssoUrl`. */
  x509Cert?: pulumi.Input<string>;
  /**
   * Which of the metadata's certificates PostHog gets, because it stores only one: `auto`, or a SHA-256 fingerprint.
   * Default `auto`. Entra and ADFS list the next certificate before they use it, so for them `auto` keeps the
   * certificate in PostHog while it is listed. For others it takes the one in the document's own signature, otherwise
   * the first whose dates include today, otherwise the first.
   */
  certificate?: pulumi.Input<string>;
}

interface SamlOfXml extends SamlArgs {
  metadataXml: pulumi.Input<string> | undefined;
  metadataUrl?: pulumi.Input<never>;
  entityId?: pulumi.Input<never>;
  ssoUrl?: pulumi.Input<never>;
  x509Cert?: pulumi.Input<never>;
}

interface SamlOfUrl extends SamlArgs {
  metadataXml?: pulumi.Input<never>;
  metadataUrl: pulumi.Input<string> | undefined;
  entityId?: pulumi.Input<never>;
  ssoUrl?: pulumi.Input<never>;
  x509Cert?: pulumi.Input<never>;
}

interface SamlOfValues extends SamlArgs {
  metadataXml?: pulumi.Input<never>;
  metadataUrl?: pulumi.Input<never>;
  entityId: pulumi.Input<string> | undefined;
  ssoUrl: pulumi.Input<string> | undefined;
  x509Cert: pulumi.Input<string> | undefined;
}

/** Arguments whose `saml` has exactly one source. */
export type WithSaml<Args extends { saml?: unknown }> = Omit<Args, "saml"> & {
  saml?: pulumi.Input<SamlOfXml | SamlOfUrl | SamlOfValues>;
};

/** Arguments whose `saml` may be a variable. */
export type WithVariableSaml<Args extends { saml?: unknown }> = Omit<Args, "saml"> & {
  saml?: pulumi.Input<
    Variable<SamlArgs, "metadataXml" | "metadataUrl" | "entityId" | "ssoUrl" | "x509Cert", "metadataUrl">
  >;
};

/** SCIM provisioning of people and groups by the identity provider. */
export interface ScimArgs {
  /** Whether SCIM is on. Switching it on creates the token; switching it off revokes it. */
  enabled: pulumi.Input<boolean>;
}

/** The arguments of {@link OrgSsoSettings}. */
export interface OrgSsoSettingsArgs extends CommonArgs {
  /** The e-mail domain, lower case, at most 128 characters. Unique in all of PostHog. Replaces. */
  domain: pulumi.Input<string>;
  /** The identity provider. Removing the argument removes the settings. Plan feature `saml`. Updated in place. */
  saml?: pulumi.Input<SamlArgs>;
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
   * SCIM provisioning by the identity provider. Removing the argument switches it off. Servers of August 2025 do not
   * support SCIM. Plan feature `scim`. Updated in place.
   */
  scim?: pulumi.Input<ScimArgs>;
  /**
   * Seconds to wait until PostHog verifies the DNS record, 0 to 3600. Needs a session. Default 0: one check in each run
   * that changes something. With more, every run checks until the domain is verified. A record that uses this
   * resource's outputs is created after it, so set this only from the second run on. Updated in place.
   */
  waitForVerification?: pulumi.Input<number>;
}

/**
 * Single sign-on of one e-mail domain: the domain, its identity provider, just-in-time provisioning, SCIM, enforcement.
 *
 * ```ts
 * const sso = new posthog.OrgSsoSettings("acme", {
 *   domain: "acme.com",
 *   saml: { metadataUrl: "https://idp.acme.com/metadata" },
 * });
 * ```
 *
 * With the identity provider's application and the DNS record in the same stack:
 *
 * ```ts
 * const sso = new posthog.OrgSsoSettings("acme", {
 *   domain: "acme.com",
 *   saml: { metadataXml: application.metadata },
 *   jitProvisioning: true,
 *   enforcement: "saml",
 * }, { dependsOn: [application, assignment] });
 * new dns.Record("posthog", { name: sso.challengeRecordName, type: "TXT", value: sso.challengeRecordValue });
 * ```
 *
 * The first run adds the domain and the provider. PostHog then has to verify the DNS record: with a session configured,
 * every run that changes something triggers that; without a session, someone clicks "Verify" in PostHog. Until then
 * `jitProvisioning` and `enforcement` wait, the preview shows them as pending, and the next run continues.
 *
 * The application gets PostHog's values from `getSamlServiceProvider`. Make this resource depend on the application and
 * its assignment: then enforcement is switched on last, and switched off first on destroy. The page on single sign-on
 * describes the whole order.
 *
 * It works with all versions of PostHog, whether they store SAML on the domain or on a separate identity provider. If
 * someone deletes the domain in PostHog, the provider stays there unused: the next run creates the domain again and
 * adopts that provider, with a new SCIM token.
 *
 * An existing domain is an error, unless `adopt: true` takes it over. Enforcement that would leave nobody able to sign
 * in is an error. So is a provider that also serves other domains: use `IdentityProvider` and `OrganizationDomain` for
 * that.
 *
 * Destroying it switches off enforcement and provisioning, then deletes the provider, then the domain. It also deletes
 * a provider whose domain someone deleted in PostHog, unless a refresh has already dropped the resource from the state.
 *
 * `OrgSsoSettings.get(name, id)` takes the domain, or its id in PostHog.
 *
 * Scopes: `organization:write`. Level: organization admin. PostHog: organization domains and identity provider APIs.
 */
export class OrgSsoSettings extends PosthogResource {
  declare public readonly domain: pulumi.Output<string>;
  declare public readonly saml: pulumi.Output<SamlArgs | undefined>;
  declare public readonly enforcement: pulumi.Output<string | undefined>;
  declare public readonly jitProvisioning: pulumi.Output<boolean | undefined>;
  declare public readonly scim: pulumi.Output<ScimArgs | undefined>;
  declare public readonly waitForVerification: pulumi.Output<number | undefined>;
  /** PostHog's id of the domain. */
  declare public readonly domainId: pulumi.Output<string>;
  /** Whether PostHog has verified the DNS record. */
  declare public readonly isVerified: pulumi.Output<boolean>;
  /** Name of the DNS TXT record that proves ownership of the domain: `_posthog-challenge.<domain>`. */
  declare public readonly challengeRecordName: pulumi.Output<string>;
  /** Value of that record. */
  declare public readonly challengeRecordValue: pulumi.Output<string>;
  /** PostHog's entity id, for the identity provider's application ("audience"). */
  declare public readonly spEntityId: pulumi.Output<string>;
  /** Where the identity provider sends people back to ("ACS URL"). */
  declare public readonly spAcsUrl: pulumi.Output<string>;
  /**
   * The RelayState that the identity provider has to send back, which identifies the organization: the domain's id on
   * servers up to July 2026, the provider's id on newer ones, where it is missing until `saml` has created the
   * provider.
   */
  declare public readonly relayState: pulumi.Output<string>;
  /** Whether any enforcement is on. */
  declare public readonly enforceSso: pulumi.Output<boolean>;
  /** Whether all SAML values are set. */
  declare public readonly samlConfigured: pulumi.Output<boolean>;
  /** When the identity provider's certificate expires, ISO 8601. */
  declare public readonly certificateExpiresAt: pulumi.Output<string | undefined>;
  /** Address for the identity provider's SCIM client; missing on servers without SCIM. */
  declare public readonly scimBaseUrl: pulumi.Output<string>;
  /**
   * Secret. The SCIM client's token, which PostHog shows once; stored in state, encrypted. Missing while SCIM is off.
   * While an update of this resource is pending, previews show resources that use the token as changed, because
   * previews never keep secrets; the update leaves them alone.
   */
  declare public readonly scimToken: pulumi.Output<string>;
  /**
   * PostHog's id of the provider object for SAML; missing if there is none, or if the server stores SAML on the domain.
   */
  declare public readonly samlProviderId: pulumi.Output<string | undefined>;
  /** PostHog's id of the provider object for SCIM, which may be the same; missing if there is none. */
  declare public readonly scimProviderId: pulumi.Output<string | undefined>;
  /** How many members the organization has. */
  declare public readonly memberCount: pulumi.Output<number>;

  constructor(name: string, args: WithSaml<OrgSsoSettingsArgs>, opts?: pulumi.CustomResourceOptions);
  constructor(name: string, args: WithVariableSaml<OrgSsoSettingsArgs>, opts?: pulumi.CustomResourceOptions);
  constructor(name: string, args: OrgSsoSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing domain's sign-on by the domain, or its id, without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): OrgSsoSettings {
    return new OrgSsoSettings(name, { ...args } as OrgSsoSettingsArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "OrgSsoSettings",
  args: ["domain", "saml", "enforcement", "jitProvisioning", "scim", "waitForVerification"],
  outputs: [
    "domainId",
    "isVerified",
    "challengeRecordName",
    "challengeRecordValue",
    "spEntityId",
    "spAcsUrl",
    "relayState",
    "enforceSso",
    "samlConfigured",
    "certificateExpiresAt",
    "scimBaseUrl",
    "scimToken",
    "samlProviderId",
    "scimProviderId",
    "memberCount",
  ],
  secrecy: outputSecrecy.OrgSsoSettings,
  switched: { scimToken: "scim" },
  known: {
    domainId: sameAsId,
    challengeRecordName: follows(["domain"], challengeRecordName),
    spEntityId: follows(["host"], (host) => serviceProvider(host).entityId),
    spAcsUrl: follows(["host"], (host) => serviceProvider(host).acsUrl),
  },
};
