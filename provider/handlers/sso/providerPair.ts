import { sameSet } from "../../access/values";
import { sameText } from "../../arguments/fields";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import type { Domain } from "../../posthog/domains";
import { ConnectionError, NotFoundError, RefusedError } from "../../posthog/errors";
import {
  type IdentityProvider,
  listIdentityProviders,
  updateIdentityProvider,
} from "../../posthog/identityProviders";
import {
  type Generation,
  isComplete,
  isFor,
  type Protocol,
  type ProviderPair,
  protocols,
  samlOf,
  serverGeneration,
  serves,
} from "../../snapshot/signOn";
import type { IdentityProviderMetadata } from "../../sso/metadata";
import { createProvider, linkDomains, listed, removeProvider, samlToApi, tokenOf } from "./providerObjects";
import { holdsSaml } from "./signOnSettings";

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

/** What an identity provider is to become. */
export interface WantedProvider {
  readonly name: string;
  /** All domains that it serves. */
  readonly domains: readonly Domain[];
  /** The SAML values, or `none` to take them away; left alone when missing. */
  readonly saml?: IdentityProviderMetadata | "none";
  /** Whether SCIM is on; left alone when missing. */
  readonly scim?: boolean;
}

/** An identity provider in the middle of a write: its objects, and the SCIM token if one was made. */
interface WrittenProvider {
  readonly pair: ProviderPair;
  readonly token?: string;
}

/** One object that is to be there, or to go. */
interface Target {
  readonly protocol: Protocol;
  readonly current?: IdentityProvider;
  /** What it is to say; missing when it is to go. */
  readonly part?: WantedProvider;
}

/** The objects that a provider takes: one for each protocol on `scoped` servers, otherwise one for both. */
function targetsOf(generation: Generation, pair: ProviderPair, wanted: WantedProvider): Target[] {
  const { saml, scim, ...common } = wanted;
  if (isShared(generation, pair)) {
    return [{ protocol: "saml", current: pair.saml ?? pair.scim, part: wanted }];
  }
  const keepsSaml = saml === undefined ? pair.saml !== undefined : saml !== "none";
  // The last object stays, so that the provider does.
  const keepsScim = scim === undefined ? pair.scim !== undefined : scim || !keepsSaml;
  return [
    { protocol: "saml", current: pair.saml, part: keepsSaml ? { ...common, saml } : undefined },
    { protocol: "scim", current: pair.scim, part: keepsScim ? { ...common, scim } : undefined },
  ];
}

function isShared(generation: Generation, { saml, scim }: ProviderPair): boolean {
  return generation === "linked" || (saml !== undefined && saml.id === scim?.id);
}

/** Brings an identity provider to what is wanted, sending only what differs, and tells of every object at once. */
export async function syncPair(
  connection: Connection,
  before: ProviderPair,
  wanted: WantedProvider,
  checkpoint: (written: WrittenProvider) => void,
): Promise<WrittenProvider> {
  let { generation, pair } = await settled(connection, before, wanted);
  if (pair !== before) checkpoint({ pair });
  let token: string | undefined;
  for (const target of targetsOf(generation, pair, wanted)) {
    const provider = await syncObject(connection, generation, target);
    pair = isShared(generation, pair)
      ? { saml: provider, scim: provider }
      : { ...pair, [target.protocol]: provider };
    checkpoint({ pair, token });
    if (provider === undefined || target.part === undefined) continue;
    if (target.part.scim === true && target.current?.scim_enabled !== true) {
      token = await tokenOf(provider, (on) =>
        updateIdentityProvider(connection, provider.id, { scim_enabled: on }),
      );
      checkpoint({ pair, token });
    }
    if (generation === "linked") await linkDomains(connection, provider, wanted.domains);
  }
  return { pair, token };
}

/** The server's generation. Where there is nothing yet to tell it by, a first object is made for that. */
async function settled(
  connection: Connection,
  pair: ProviderPair,
  { name, domains, saml }: WantedProvider,
): Promise<{ generation: Generation; pair: ProviderPair }> {
  const known = await serverGeneration(connection);
  if (known !== undefined) return { generation: known, pair };
  const protocol = saml === undefined || saml === "none" ? "scim" : "saml";
  const first = await createProvider(connection, { generation: "scoped", name, protocol, domains }, {});
  return "config_scope" in first
    ? { generation: "scoped", pair: { [protocol]: first } }
    : { generation: "linked", pair: { saml: first, scim: first } };
}

async function syncObject(
  connection: Connection,
  generation: Generation,
  { protocol, current, part }: Target,
): Promise<IdentityProvider | undefined> {
  if (part === undefined) {
    if (current !== undefined) await removeProvider(connection, current);
    return undefined;
  }
  const fields = differences(generation, current, part);
  if (current !== undefined && Object.keys(fields).length === 0) return current;
  const answer =
    current === undefined
      ? await createProvider(connection, { ...part, generation, protocol }, fields)
      : await updateIdentityProvider(connection, current.id, fields);
  refuseIgnored(fields, answer);
  return answer;
}

/** What has to be sent for an object to say what it is to say, in PostHog's words. */
function differences(
  generation: Generation,
  current: IdentityProvider | undefined,
  { name, domains, saml, scim }: WantedProvider,
): Record<string, unknown> {
  const ids = domains.map(({ id }) => id);
  const values = samlOf(current);
  const holds =
    saml === "none"
      ? Object.values(values).every((value) => value === undefined)
      : saml === undefined || holdsSaml(values, saml);
  return {
    ...(current?.name === name ? {} : { name }),
    ...(generation === "linked" || (current !== undefined && lists(current, ids)) ? {} : listed(ids)),
    ...(holds ? {} : samlToApi(saml === "none" ? undefined : saml)),
    ...(scim === undefined || scim === (current?.scim_enabled === true) ? {} : { scim_enabled: scim }),
  };
}

function lists({ domain_scope, organization_domain_ids }: IdentityProvider, ids: readonly string[]): boolean {
  return domain_scope !== "all" && sameSet(organization_domain_ids ?? [], ids);
}

/** A server that knows a field answers with it. */
function refuseIgnored(sent: Record<string, unknown>, answer: IdentityProvider): void {
  const ignored = Object.keys(sent).filter((field) => !(field in answer));
  if (ignored.length === 0) return;
  throw new ConnectionError(
    `writing the identity provider "${answer.name ?? answer.id}" failed: PostHog ignored ${ignored.join(", ")}`,
    {
      why: "The server is of a version that keeps these elsewhere, which this package does not know.",
      fix: "Update PostHog, or set these in its settings by hand and manage the domain with OrgSsoSettings.",
    },
    true,
  );
}

/** Removes an identity provider's objects. */
export async function removePair(connection: Connection, { saml, scim }: ProviderPair): Promise<void> {
  if (saml !== undefined) await removeProvider(connection, saml);
  if (scim !== undefined && scim.id !== saml?.id) await removeProvider(connection, scim);
}

/** The domains whose people have to sign in with SAML through this provider, and are not among those it keeps. */
export function lockedOut(
  provider: IdentityProvider | undefined,
  domains: readonly Domain[],
  kept: readonly Domain[],
): Domain[] {
  if (provider === undefined || !isComplete(samlOf(provider))) return [];
  const stay = new Set(kept.map(({ id }) => id));
  return domains.filter(
    (domain) => domain.sso_enforcement === "saml" && serves(provider, domain) && !stay.has(domain.id),
  );
}

/** Says that people could no longer sign in, and how to go ahead on purpose. */
export function lockOutError(what: string, domains: readonly Domain[]): RefusedError {
  const names = domains.map(({ domain }) => domain).join(", ");
  return new RefusedError(`${what} was refused: people of ${names} have to sign in with SAML through it`, {
    why: "Enforcement closes every other way in, so nobody of the domain could sign in any more.",
    fix:
      `Set enforcement: "off" for ${names} first. A program that also destroys the enforcement keeps it in an ` +
      "OrganizationDomain with signInOnly that depends on the provider.",
  });
}
