import { z } from "zod";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { type Domain, listDomains, requireDomain, updateDomain } from "../../posthog/domains";
import { RefusedError } from "../../posthog/errors";
import {
  type IdentityProvider,
  listIdentityProviders,
  updateIdentityProvider,
} from "../../posthog/identityProviders";
import { readCertificate } from "../../sso/certificate";
import { serviceProvider } from "../../sso/enforcement";
import type { IdentityProviderMetadata } from "../../sso/metadata";
import { nameFor, orphanOf, takeOver } from "./orphanedProviders";
import {
  createProvider,
  generationOf,
  isComplete,
  isFor,
  linkDomains,
  type Protocol,
  type ProviderPair,
  removeProvider,
  samlOf,
  samlToApi,
  serves,
  switchScim,
  tokenOf,
} from "./providerObjects";

/** The argument for provisioning by the identity provider, shared by every resource that has one. */
export const scim = z.strictObject({ enabled: z.boolean("must be true or false") });

/** What the plan has to include for an identity provider. */
export function signOnFeatures(declared: { readonly saml?: unknown; readonly scim?: unknown }): string[] {
  return (["saml", "scim"] as const).filter((protocol) => declared[protocol] !== undefined);
}

/** What a preview says when SCIM is taken over switched on. */
export const scimTokenWarning =
  "SCIM is on already, so its token cannot be learned: scimToken stays empty until SCIM is switched off and on";

/** The sign-on settings of a domain, or of the domains of a provider, wherever the server keeps them. */
export interface SignOn {
  readonly saml: Partial<IdentityProviderMetadata>;
  /** What the identity provider has to send back as RelayState; missing where each domain has its own. */
  readonly relayState?: string;
  readonly scimEnabled: boolean;
  readonly scimBaseUrl?: string;
  /** The provider objects behind it; none on the oldest servers. */
  readonly providers: ProviderPair;
}

/** Reads a domain's sign-on settings, as the run knows them by now. */
export async function readSignOn(connection: Connection, { id }: Domain): Promise<SignOn> {
  const domain = await requireDomain(connection, id);
  if (generationOf(domain) === "inline") {
    return {
      saml: samlOf(domain),
      relayState: domain.id,
      scimEnabled: domain.scim_enabled === true,
      scimBaseUrl: domain.scim_base_url ?? undefined,
      providers: {},
    };
  }
  const here = ((await listIdentityProviders(connection)) ?? []).filter((one) => serves(one, domain));
  return signOnOf(pairAmong(here), [domain]);
}

/** The object for each protocol among the providers of a domain; one that `linked` servers have is for both. */
function pairAmong(providers: readonly IdentityProvider[]): ProviderPair {
  const of = (protocol: Protocol): IdentityProvider | undefined =>
    providers.find((provider) => !("config_scope" in provider)) ??
    providers.find(({ config_scope }) => config_scope === protocol) ??
    providers.find((provider) => isFor(provider, protocol));
  return { saml: of("saml"), scim: of("scim") };
}

/** The sign-on settings that a pair of provider objects holds for these domains. */
export function signOnOf(providers: ProviderPair, domains: readonly Domain[]): SignOn {
  const { saml, scim } = providers;
  const only = domains.length === 1 ? domains[0] : undefined;
  return {
    saml: samlOf(saml),
    relayState: saml?.saml_relay_state ?? only?.id,
    scimEnabled: scim?.scim_enabled === true,
    scimBaseUrl: scim?.scim_base_url ?? only?.scim_base_url ?? undefined,
    providers,
  };
}

/** The outputs about sign-on. PostHog tells a SCIM token once, so it comes from the write that made it, or from state. */
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
  };
}

/** Sets a domain's SAML values, or with undefined takes them away. */
export async function writeSaml(
  connection: Connection,
  domain: Domain,
  saml: IdentityProviderMetadata | undefined,
): Promise<void> {
  if (generationOf(domain) === "inline") {
    await updateDomain(connection, domain, samlToApi(saml));
    return;
  }
  const { providers } = await readSignOn(connection, domain);
  if (providers.saml === undefined) {
    if (saml !== undefined) await addProvider(connection, domain, "saml", samlToApi(saml));
    return;
  }
  await refuseShared(connection, providers.saml, domain);
  const alsoScim = providers.saml.scim_enabled === true && providers.saml.id === providers.scim?.id;
  if (saml === undefined && !alsoScim) await removeProvider(connection, providers.saml);
  else await updateIdentityProvider(connection, providers.saml.id, samlToApi(saml));
}

/** Switches SCIM on or off for a domain; answers the token where it is on. */
export async function writeScim(
  connection: Connection,
  domain: Domain,
  enabled: boolean,
): Promise<string | undefined> {
  if (generationOf(domain) === "inline") {
    return switchScim(enabled, (on) => updateDomain(connection, domain, { scim_enabled: on }));
  }
  const { providers } = await readSignOn(connection, domain);
  const scim = providers.scim;
  if (scim === undefined) {
    if (!enabled) return undefined;
    const made = await addProvider(connection, domain, "scim", { scim_enabled: true });
    return tokenOf(made, (on) => updateIdentityProvider(connection, made.id, { scim_enabled: on }));
  }
  await refuseShared(connection, scim, domain);
  if (!enabled && !isComplete(samlOf(scim))) {
    await removeProvider(connection, scim);
    return undefined;
  }
  return switchScim(enabled, (on) => updateIdentityProvider(connection, scim.id, { scim_enabled: on }));
}

/** Makes the provider of a domain, out of the one that an earlier domain of that name left behind where there is one. */
async function addProvider(
  connection: Connection,
  domain: Domain,
  protocol: Protocol,
  fields: Readonly<Record<string, unknown>>,
): Promise<IdentityProvider> {
  const generation = generationOf(domain);
  const name = nameFor(domain.domain, protocol, generation !== "linked");
  const wanted = { generation, name, protocol, domains: [domain] };
  const orphan = await orphanOf(connection, domain.domain, protocol);
  const provider =
    orphan === undefined
      ? await createProvider(connection, wanted, fields)
      : await takeOver(connection, orphan, wanted, fields);
  if (generation === "linked") await linkDomains(connection, provider, [domain]);
  return provider;
}

/** Changing a provider that others use too would change their sign-in with it. */
async function refuseShared(
  connection: Connection,
  provider: IdentityProvider,
  domain: Domain,
): Promise<void> {
  const others = (await listDomains(connection)).filter(
    (other) => other.id !== domain.id && serves(provider, other),
  );
  if (others.length === 0 && provider.domain_scope !== "all") return;
  const whom = others.length === 0 ? "every domain" : others.map((other) => other.domain).join(", ");
  throw new RefusedError(
    `the identity provider "${provider.name ?? provider.id}" serves ${whom} besides ${domain.domain}`,
    {
      why: "Changing it here would change how the others sign in.",
      fix: "Manage it with an IdentityProvider resource and the domains with OrganizationDomain, or separate it in PostHog first.",
    },
  );
}
