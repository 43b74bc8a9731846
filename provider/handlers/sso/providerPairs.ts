import { sameText } from "../../arguments/fields";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { NotFoundError, RefusedError } from "../../posthog/errors";
import { type IdentityProvider, listIdentityProviders } from "../../posthog/identityProviders";
import { isFor, type Protocol, type ProviderPair } from "./providerObjects";

/** What an identity provider can do. */
export const protocols: readonly Protocol[] = ["saml", "scim"];

/** Why the oldest servers have no identity providers, and what to use there. */
export const inlineServer = {
  why: "Servers up to early 2026 keep SAML and SCIM on the domain itself.",
  fix: "Use OrgSsoSettings for each domain, which works on servers of every age.",
};

/** The organization's identity providers, on servers that have such a thing. */
export async function providersOf(connection: Connection): Promise<readonly IdentityProvider[]> {
  const providers = await listIdentityProviders(connection);
  if (providers !== undefined) return providers;
  throw new RefusedError("this PostHog server has no identity providers of their own", inlineServer);
}

/** The objects of the resource: those that its state names, or that one id or name stands for. */
export async function pairOf(connection: Connection, id: string, state: Properties): Promise<ProviderPair> {
  const providers = await providersOf(connection);
  const byId = (wanted: unknown) => providers.find((provider) => provider.id === wanted);
  const known = { saml: byId(state.samlProviderId), scim: byId(state.scimProviderId) };
  if (known.saml !== undefined || known.scim !== undefined) return known;
  const one = byId(id.toLowerCase());
  return one === undefined ? named(providers, id, protocols) : objectsFor([one], protocols);
}

/** The objects of that name for the wanted protocols; two for the same protocol are an error that lists them. */
export function named(
  providers: readonly IdentityProvider[],
  name: string,
  wanted: readonly Protocol[],
): ProviderPair {
  const alike = providers.filter((provider) => sameText(provider.name, name));
  for (const protocol of wanted) {
    const several = alike.filter((provider) => !("config_scope" in provider) || isFor(provider, protocol));
    if (several.length <= 1) continue;
    throw new NotFoundError(`there are ${several.length} identity providers "${name}"`, {
      why: `They are ${several.map(({ id }) => id).join(", ")}.`,
      fix: "Rename or delete all but one in PostHog, under Settings > Authentication.",
    });
  }
  return objectsFor(alike, wanted);
}

function objectsFor(providers: readonly IdentityProvider[], wanted: readonly Protocol[]): ProviderPair {
  const of = (protocol: Protocol): IdentityProvider | undefined =>
    wanted.includes(protocol)
      ? providers.find((provider) => !("config_scope" in provider) || isFor(provider, protocol))
      : undefined;
  return { saml: of("saml"), scim: of("scim") };
}

/** Whether there is no object left. */
export const isEmpty = ({ saml, scim: provisioning }: ProviderPair): boolean =>
  saml === undefined && provisioning === undefined;

/** The outputs that find the objects again. */
export const outputsOf = ({ saml, scim: provisioning }: ProviderPair): Properties => ({
  samlProviderId: saml?.id,
  scimProviderId: provisioning?.id,
});
