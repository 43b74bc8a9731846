import type * as pulumi from "@pulumi/pulumi";
import { outputSecrecy } from "../engine/secretOutputs";
import { serviceProvider } from "../sso/serviceProvider";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { SamlArgs, ScimArgs, WithSaml, WithVariableSaml } from "./orgSsoSettings";
import { follows } from "./previews";

/** The arguments of {@link IdentityProvider}. */
export interface IdentityProviderArgs extends CommonArgs {
  /** Name, 1 to 255 characters, which distinguishes it from other providers. Updated in place. */
  name: pulumi.Input<string>;
  /** The e-mail domains whose people sign in through this provider; may be empty. Updated in place. */
  domains: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The provider's SAML settings. Removing the argument removes the settings, which is an error while a domain enforces
   * SAML. Plan feature `saml`. Updated in place.
   */
  saml?: pulumi.Input<SamlArgs>;
  /**
   * SCIM provisioning by the provider. Removing the argument switches it off. Plan feature `scim`. Updated in place.
   */
  scim?: pulumi.Input<ScimArgs>;
}

/**
 * An identity provider for any number of e-mail domains, with SAML, SCIM or both.
 *
 * ```ts
 * const okta = new posthog.IdentityProvider("okta", {
 *   name: "Okta",
 *   domains: ["acme.com", "acme.de"],
 *   saml: { metadataUrl: "https://acme.okta.com/app/abc/sso/saml/metadata" },
 * });
 * ```
 *
 * With SCIM, whose token goes to the provider's application:
 *
 * ```ts
 * const okta = new posthog.IdentityProvider("okta", {
 *   name: "Okta",
 *   domains: [main.domain, labs.domain],
 *   saml: { metadataXml: application.metadata },
 *   scim: { enabled: true },
 * });
 * export const scimAddress = okta.scimBaseUrl;
 * export const scimToken = okta.scimToken; // a secret
 * ```
 *
 * Without `saml` and `scim`, PostHog creates the provider and its `relayState`, for an application that needs the
 * `relayState` before it provides its metadata; add `saml` in a later run, or use `getSamlServiceProvider` to do
 * everything in one.
 *
 * It does not add domains or enforce single sign-on: `OrganizationDomain` does, and its page shows both in one run. For
 * one domain with its own provider, use `OrgSsoSettings` instead, which combines the two.
 *
 * Servers of mid 2026 store one object for both protocols, and newer ones store one for each; this resource manages
 * them all. Servers up to early 2026 have no identity providers, and the preview says so: use `OrgSsoSettings` there.
 * If SCIM is already on, its token is unreadable: `scimToken` stays empty until SCIM is switched off and on.
 *
 * An existing identity provider with the same name is an error, unless `adopt: true` takes it over. Removing the
 * provider, or a domain from it, is an error while that domain enforces SAML, because nobody could sign in.
 *
 * Destroying the provider deletes its objects in PostHog; the domains stay.
 *
 * `IdentityProvider.get(name, id)` takes PostHog's id of the provider, or its name.
 *
 * Scopes: `organization:write`. Level: organization admin. PostHog: identity provider API.
 */
export class IdentityProvider extends PosthogResource {
  declare public readonly name: pulumi.Output<string>;
  declare public readonly domains: pulumi.Output<string[]>;
  declare public readonly saml: pulumi.Output<SamlArgs | undefined>;
  declare public readonly scim: pulumi.Output<ScimArgs | undefined>;
  /** PostHog's entity id, for the identity provider's application ("audience"). */
  declare public readonly spEntityId: pulumi.Output<string>;
  /** Where the identity provider sends people back to ("ACS URL"). */
  declare public readonly spAcsUrl: pulumi.Output<string>;
  /**
   * The RelayState that the identity provider has to send back, which identifies the organization. On servers of mid
   * 2026 each domain has its own, its `domainId`; with several domains it is missing there, and `relayStates` has them.
   */
  declare public readonly relayState: pulumi.Output<string | undefined>;
  /**
   * The RelayState of each domain, by the domain's name. An application that sends one of them works for that domain.
   */
  declare public readonly relayStates: pulumi.Output<Record<string, string>>;
  /** Whether all SAML values are set. */
  declare public readonly samlConfigured: pulumi.Output<boolean>;
  /** When the identity provider's certificate expires, ISO 8601. */
  declare public readonly certificateExpiresAt: pulumi.Output<string | undefined>;
  /** Address for the identity provider's SCIM client; missing on servers of mid 2026 with several domains. */
  declare public readonly scimBaseUrl: pulumi.Output<string>;
  /**
   * Secret. The SCIM client's token, which PostHog shows once; stored in state, encrypted. Missing while SCIM is off.
   * While an update of this resource is pending, previews show resources that use the token as changed, because
   * previews never keep secrets; the update leaves them alone.
   */
  declare public readonly scimToken: pulumi.Output<string>;
  /** PostHog's id of the object for SAML; missing if there is none. */
  declare public readonly samlProviderId: pulumi.Output<string | undefined>;
  /** PostHog's id of the object for SCIM, which may be the same; missing if there is none. */
  declare public readonly scimProviderId: pulumi.Output<string | undefined>;

  constructor(name: string, args: WithSaml<IdentityProviderArgs>, opts?: pulumi.CustomResourceOptions);
  constructor(
    name: string,
    args: WithVariableSaml<IdentityProviderArgs>,
    opts?: pulumi.CustomResourceOptions,
  );
  constructor(name: string, args: IdentityProviderArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing identity provider by its id, or its name, without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): IdentityProvider {
    return new IdentityProvider(name, { ...args } as IdentityProviderArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "IdentityProvider",
  args: ["name", "domains", "saml", "scim"],
  outputs: [
    "spEntityId",
    "spAcsUrl",
    "relayState",
    "relayStates",
    "samlConfigured",
    "certificateExpiresAt",
    "scimBaseUrl",
    "scimToken",
    "samlProviderId",
    "scimProviderId",
  ],
  secrecy: outputSecrecy.IdentityProvider,
  switched: { scimToken: "scim" },
  known: {
    spEntityId: follows(["host"], (host) => serviceProvider(host).entityId),
    spAcsUrl: follows(["host"], (host) => serviceProvider(host).acsUrl),
  },
};
