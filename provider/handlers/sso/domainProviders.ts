import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { type Domain, listDomains, requireDomain, updateDomain } from "../../posthog/domains";
import { RefusedError } from "../../posthog/errors";
import {
  hasOwner,
  type IdentityProvider,
  listIdentityProviders,
  takeOver,
  updateIdentityProvider,
} from "../../posthog/identityProviders";
import {
  generationOf,
  isComplete,
  isFor,
  type Protocol,
  protocols,
  readSignOn,
  samlOf,
  serves,
} from "../../snapshot/signOn";
import type { IdentityProviderMetadata } from "../../sso/metadata";
import {
  changeSignOn,
  clearCopy,
  createProvider,
  linkDomains,
  type NewProvider,
  removeProvider,
  samlToApi,
  scopeFields,
  switchScim,
  tokenOf,
} from "./providerObjects";

/** Sets a domain's SAML values, or with undefined removes them. */
export function writeSaml(
  connection: Connection,
  domain: Domain,
  saml: IdentityProviderMetadata | undefined,
): Promise<void> {
  return changeSignOn(connection, async () =>
    sendSaml(connection, await requireDomain(connection, domain.id), saml),
  );
}

async function sendSaml(
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
    else await clearCopy(connection, await requireDomain(connection, domain.id));
    return;
  }
  await refuseShared(connection, providers.saml, domain);
  const alsoScim = providers.saml.scim_enabled === true && providers.saml.id === providers.scim?.id;
  if (saml === undefined && !alsoScim) await removeProvider(connection, providers.saml);
  else await updateIdentityProvider(connection, providers.saml.id, samlToApi(saml));
}

/** Why the oldest servers have no SCIM, and what to do instead. */
export const noScim = {
  what: "this PostHog server has no SCIM",
  why: "Servers of about August 2025 do not know it.",
  fix: "Update PostHog, or remove scim and manage people with OrganizationMember and Role.",
};

export const lacksScim = (domain: Domain): boolean =>
  generationOf(domain) === "inline" && !("scim_enabled" in domain);

/** Switches SCIM on or off for a domain; returns the token if it is on. */
export function writeScim(
  connection: Connection,
  domain: Domain,
  enabled: boolean,
): Promise<string | undefined> {
  return changeSignOn(connection, async () =>
    sendScim(connection, await requireDomain(connection, domain.id), enabled),
  );
}

async function sendScim(
  connection: Connection,
  domain: Domain,
  enabled: boolean,
): Promise<string | undefined> {
  if (generationOf(domain) === "inline") {
    if (lacksScim(domain)) {
      if (!enabled) return undefined;
      throw new RefusedError(`switching SCIM on for ${domain.domain} was refused: ${noScim.what}`, noScim);
    }
    return switchScim(enabled, (on) => updateDomain(connection, domain, { scim_enabled: on }));
  }
  const { providers } = await readSignOn(connection, domain);
  const scim = providers.scim;
  if (scim === undefined) {
    if (!enabled) {
      await clearCopy(connection, await requireDomain(connection, domain.id));
      return undefined;
    }
    const created = await addProvider(connection, domain, "scim", { scim_enabled: true });
    return tokenOf(created, (on) => updateIdentityProvider(connection, created.id, { scim_enabled: on }));
  }
  await refuseShared(connection, scim, domain);
  if (!enabled && !isComplete(samlOf(scim))) {
    await removeProvider(connection, scim);
    return undefined;
  }
  return switchScim(enabled, (on) => updateIdentityProvider(connection, scim.id, { scim_enabled: on }));
}

/** Creates the provider of a domain, or adopts the one that an earlier domain of that name left behind. */
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
      : await adoptOrphan(connection, orphan, wanted, fields);
  if (generation === "linked") await linkDomains(connection, provider, [domain]);
  return provider;
}

/** Refuses to change a provider that other domains also use. */
async function refuseShared(
  connection: Connection,
  provider: IdentityProvider,
  domain: Domain,
): Promise<void> {
  const others = (await listDomains(connection)).filter(
    (other) => other.id !== domain.id && serves(provider, other),
  );
  if (others.length === 0 && provider.domain_scope !== "all") return;
  const served = others.length === 0 ? "every domain" : others.map((other) => other.domain).join(", ");
  throw new RefusedError(
    `the identity provider "${provider.name ?? provider.id}" of ${domain.domain} also serves ${served}`,
    {
      why: "Changing it here would also change how the others sign in.",
      fix: "Manage it with an IdentityProvider resource and the domains with OrganizationDomain, or separate it in PostHog first.",
    },
  );
}

/** The name of the provider that is created for one domain; `scoped` servers have one per protocol. */
const nameFor = (domain: string, protocol: Protocol, isScoped: boolean): string =>
  isScoped ? `${domain} ${protocol.toUpperCase()}` : domain;

/** Whether a provider has the name and scope of the one that is created for the domain. */
function isOwnProvider(provider: IdentityProvider, domain: string, protocol: Protocol): boolean {
  const isScoped = "config_scope" in provider;
  return (
    provider.name === nameFor(domain, protocol, isScoped) && (!isScoped || provider.config_scope === protocol)
  );
}

/**
 * Removes the provider that a `linked` server created from a domain's own settings: it has the domain's name and serves
 * no other domain.
 */
export async function removeOwnProvider(connection: Connection, domain: Domain): Promise<void> {
  if (generationOf(domain) !== "linked") return;
  const domains = await listDomains(connection);
  for (const provider of (await listIdentityProviders(connection)) ?? []) {
    const served = domains.filter((one) => serves(provider, one));
    if (provider.name === domain.domain && served.length === 1 && served[0]?.id === domain.id) {
      await removeProvider(connection, provider);
    }
  }
}

/** The providers without domains. PostHog keeps a provider when the last domain that it serves is deleted. */
function orphansAmong(
  providers: readonly IdentityProvider[],
  domains: readonly Domain[],
): IdentityProvider[] {
  return providers.filter(
    (provider) => provider.domain_scope !== "all" && !domains.some((domain) => serves(provider, domain)),
  );
}

const orphans = async (connection: Connection): Promise<IdentityProvider[]> =>
  orphansAmong((await listIdentityProviders(connection)) ?? [], await listDomains(connection));

/**
 * The provider that was created for the domain before it was deleted by hand; of several, the one with the first id.
 */
export async function orphanOf(
  connection: Connection,
  domain: string,
  protocol: Protocol,
): Promise<IdentityProvider | undefined> {
  const ours = (await orphans(connection)).filter(
    (provider) => isOwnProvider(provider, domain, protocol) && !hasOwner(connection, provider),
  );
  return ours.sort((one, other) => (one.id < other.id ? -1 : 1))[0];
}

/** Resets an orphan to a new provider: without its earlier settings, and with a new SCIM token. */
async function adoptOrphan(
  connection: Connection,
  orphan: IdentityProvider,
  wanted: NewProvider,
  fields: Readonly<Record<string, unknown>>,
): Promise<IdentityProvider> {
  takeOver(connection, orphan);
  // PostHog shows a token only when SCIM is switched on; the earlier one was lost with the domain's state.
  if (orphan.scim_enabled === true) {
    await updateIdentityProvider(connection, orphan.id, { scim_enabled: false });
  }
  return updateIdentityProvider(connection, orphan.id, {
    ...scopeFields(wanted),
    ...samlToApi(undefined),
    ...fields,
  });
}

/**
 * Removes the orphans that a domain left behind: those whose ids are in its state, and those that were created for it,
 * unless they also have a protocol that the domain's resource did not manage.
 */
export async function removeOrphans(
  connection: Connection,
  domain: string,
  managed: readonly Protocol[],
  { samlProviderId, scimProviderId }: Properties,
): Promise<void> {
  for (const provider of await orphans(connection)) {
    const isKnown = provider.id === samlProviderId || provider.id === scimProviderId;
    const isOurs = isKnown || managed.some((protocol) => isOwnProvider(provider, domain, protocol));
    const does = protocols.filter((protocol) => isFor(provider, protocol));
    if (isOurs && does.every((protocol) => managed.includes(protocol))) {
      await removeProvider(connection, provider);
    }
  }
}
