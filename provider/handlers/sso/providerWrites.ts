import { sameSet } from "../../access/values";
import type { Connection } from "../../posthog/connection";
import type { Domain } from "../../posthog/domains";
import { ConnectionError, RefusedError } from "../../posthog/errors";
import { type IdentityProvider, updateIdentityProvider } from "../../posthog/identityProviders";
import type { IdentityProviderMetadata } from "../../sso/metadata";
import {
  createProvider,
  type Generation,
  isComplete,
  linkDomains,
  listed,
  type Protocol,
  type ProviderPair,
  removeProvider,
  samlOf,
  samlToApi,
  serverGeneration,
  serves,
  tokenOf,
} from "./providerObjects";
import { holdsSaml } from "./samlSource";

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
export interface WrittenProvider {
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
export function targetsOf(generation: Generation, pair: ProviderPair, wanted: WantedProvider): Target[] {
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
export function differences(
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
