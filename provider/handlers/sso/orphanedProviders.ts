import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { type Domain, listDomains } from "../../posthog/domains";
import {
  type IdentityProvider,
  listIdentityProviders,
  updateIdentityProvider,
} from "../../posthog/identityProviders";
import {
  isFor,
  type NewProvider,
  type Protocol,
  placeOf,
  removeProvider,
  samlToApi,
  serves,
} from "./providerObjects";
import { protocols } from "./providerPairs";

/** How the provider is called that is made for one domain; servers that tell protocols apart have one for each. */
export const nameFor = (domain: string, protocol: Protocol, isScoped: boolean): string =>
  isScoped ? `${domain} ${protocol.toUpperCase()}` : domain;

/** Whether a provider is, by its name and kind, the one that is made for the domain. */
export function isMadeFor(provider: IdentityProvider, domain: string, protocol: Protocol): boolean {
  const isScoped = "config_scope" in provider;
  return (
    provider.name === nameFor(domain, protocol, isScoped) && (!isScoped || provider.config_scope === protocol)
  );
}

/** The providers that serve nobody. PostHog keeps a provider when the last domain that it serves is deleted. */
export function orphansAmong(
  providers: readonly IdentityProvider[],
  domains: readonly Domain[],
): IdentityProvider[] {
  return providers.filter(
    (provider) => provider.domain_scope !== "all" && !domains.some((domain) => serves(provider, domain)),
  );
}

const orphans = async (connection: Connection): Promise<IdentityProvider[]> =>
  orphansAmong((await listIdentityProviders(connection)) ?? [], await listDomains(connection));

/** The provider that was made for the domain before it was deleted by hand; the one with the first id of several. */
export async function orphanOf(
  connection: Connection,
  domain: string,
  protocol: Protocol,
): Promise<IdentityProvider | undefined> {
  const ours = (await orphans(connection)).filter((provider) => isMadeFor(provider, domain, protocol));
  return ours.sort((one, other) => (one.id < other.id ? -1 : 1))[0];
}

/** Makes an orphan what a new provider would be: nothing is left of what it held, and SCIM gets a new token. */
export async function takeOver(
  connection: Connection,
  orphan: IdentityProvider,
  wanted: NewProvider,
  fields: Readonly<Record<string, unknown>>,
): Promise<IdentityProvider> {
  // PostHog tells a token when SCIM is switched on, and the one of before went with the state of the domain.
  if (orphan.scim_enabled === true) {
    await updateIdentityProvider(connection, orphan.id, { scim_enabled: false });
  }
  return updateIdentityProvider(connection, orphan.id, {
    ...placeOf(wanted),
    ...samlToApi(undefined),
    ...fields,
  });
}

/**
 * Removes the orphans that a domain left behind: those that its state knows by their ids, and those that were made for
 * it; none that also does what the domain's resource did not manage.
 */
export async function removeOrphans(
  connection: Connection,
  domain: string,
  managed: readonly Protocol[],
  { samlProviderId, scimProviderId }: Properties,
): Promise<void> {
  if (managed.length === 0) return;
  for (const provider of await orphans(connection)) {
    const isKnown = provider.id === samlProviderId || provider.id === scimProviderId;
    const isOurs = isKnown || managed.some((protocol) => isMadeFor(provider, domain, protocol));
    const does = protocols.filter((protocol) => isFor(provider, protocol));
    if (isOurs && does.every((protocol) => managed.includes(protocol))) {
      await removeProvider(connection, provider);
    }
  }
}
