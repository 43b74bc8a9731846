import { sameSet } from "../../access/values";
import { sameText } from "../../arguments/fields";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { type Domain, listDomains } from "../../posthog/domains";
import { ConnectionError, NotFoundError, RefusedError } from "../../posthog/errors";
import {
  hasOwner,
  type IdentityProvider,
  listIdentityProviders,
  takeOver,
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
import {
  createProvider,
  domainFields,
  linkDomains,
  removeProvider,
  samlToApi,
  tokenOf,
} from "./providerObjects";
import { holdsSaml } from "./samlSource";

/** Why the oldest servers have no identity providers, and what to use instead. */
export const inlineServer = {
  why: "Servers up to early 2026 keep SAML and SCIM on the domain itself.",
  fix: "Use OrgSsoSettings for each domain, which works on servers of every age.",
};

/** The organization's identity providers; throws on servers without them. */
export async function providersOf(connection: Connection): Promise<readonly IdentityProvider[]> {
  const providers = await listIdentityProviders(connection);
  if (providers !== undefined) return providers;
  throw new RefusedError("this PostHog server has no identity providers", inlineServer);
}

/** The objects of the resource: those in its state, or those found by an id or name. */
export async function pairOf(connection: Connection, id: string, state: Properties): Promise<ProviderPair> {
  const providers = await providersOf(connection);
  const byId = (wanted: unknown) => providers.find((provider) => provider.id === wanted);
  const known = { saml: byId(state.samlProviderId), scim: byId(state.scimProviderId) };
  if (known.saml !== undefined || known.scim !== undefined) return known;
  const one = byId(id.toLowerCase());
  return one === undefined ? providersNamed(providers, id, protocols) : objectsFor([one], protocols);
}

/** The objects with that name for the wanted protocols; throws with a list if two have the same protocol. */
export function providersNamed(
  providers: readonly IdentityProvider[],
  name: string,
  wanted: readonly Protocol[],
): ProviderPair {
  const namesakes = providers.filter((provider) => sameText(provider.name, name));
  for (const protocol of wanted) {
    const several = namesakes.filter(
      (provider) => !("config_scope" in provider) || isFor(provider, protocol),
    );
    if (several.length <= 1) continue;
    throw new NotFoundError(`${several.length} identity providers are named "${name}"`, {
      why: `They are ${several.map(({ id }) => id).join(", ")}.`,
      fix: "Rename or delete all but one in PostHog, under Settings > Authentication.",
    });
  }
  return objectsFor(namesakes, wanted);
}

function objectsFor(providers: readonly IdentityProvider[], wanted: readonly Protocol[]): ProviderPair {
  const objectFor = (protocol: Protocol): IdentityProvider | undefined =>
    wanted.includes(protocol)
      ? providers.find((provider) => !("config_scope" in provider) || isFor(provider, protocol))
      : undefined;
  return { saml: objectFor("saml"), scim: objectFor("scim") };
}

/** Whether the provider has no object. */
export const isEmpty = ({ saml, scim: provisioning }: ProviderPair): boolean =>
  saml === undefined && provisioning === undefined;

/** The declared state of an identity provider. */
export interface WantedProvider {
  readonly name: string;
  /** All its domains. */
  readonly domains: readonly Domain[];
  /** The SAML values, or `none` to remove them; unchanged if missing. */
  readonly saml?: IdentityProviderMetadata | "none";
  /** Whether SCIM is on; unchanged if missing. */
  readonly scim?: boolean;
  /** Whether to create another SCIM token although SCIM is on, because nobody has the current one. */
  readonly renewsToken?: boolean;
}

/** An identity provider in the middle of a write: its objects, and the SCIM token if PostHog created one. */
interface WrittenProvider {
  readonly pair: ProviderPair;
  readonly token?: string;
}

/** One object to write, or to remove. */
interface Target {
  readonly protocol: Protocol;
  readonly current?: IdentityProvider;
  /** The state that the object should have; missing to remove it. */
  readonly part?: WantedProvider;
}

/** The objects of a provider: one per protocol on `scoped` servers, otherwise one for both. */
function targetsOf(generation: Generation, pair: ProviderPair, wanted: WantedProvider): Target[] {
  const { saml, scim, renewsToken, ...common } = wanted;
  if (isShared(generation, pair)) {
    return [{ protocol: "saml", current: pair.saml ?? pair.scim, part: wanted }];
  }
  const hasSaml = saml === undefined ? pair.saml !== undefined : saml !== "none";
  // The last object stays, so that the provider continues to exist; one without any values is for SAML.
  const keepsScim = scim === undefined ? pair.scim !== undefined : scim || !hasSaml;
  const keepsSaml = hasSaml || !keepsScim;
  return [
    { protocol: "saml", current: pair.saml, part: keepsSaml ? { ...common, saml } : undefined },
    { protocol: "scim", current: pair.scim, part: keepsScim ? { ...common, scim, renewsToken } : undefined },
  ];
}

function isShared(generation: Generation, { saml, scim }: ProviderPair): boolean {
  return generation === "linked" || (saml !== undefined && saml.id === scim?.id);
}

/** Changes an identity provider to what is wanted, sending only what differs, with a checkpoint for every object. */
export async function syncPair(
  connection: Connection,
  before: ProviderPair,
  wanted: WantedProvider,
  checkpoint: (written: WrittenProvider) => void,
): Promise<WrittenProvider> {
  let { generation, pair } = await withGeneration(connection, before, wanted);
  if (pair !== before) checkpoint({ pair });
  let token: string | undefined;
  for (const target of targetsOf(generation, pair, wanted)) {
    const provider = await syncObject(connection, generation, pair, target);
    token = provider?.scim_bearer_token ?? token;
    pair = isShared(generation, pair)
      ? { saml: provider, scim: provider }
      : { ...pair, [target.protocol]: provider };
    checkpoint({ pair, token });
    if (provider === undefined || target.part === undefined) continue;
    const switchesOn = target.current?.scim_enabled !== true || target.part.renewsToken === true;
    if (target.part.scim === true && switchesOn) {
      token = await tokenOf(provider, (on) =>
        updateIdentityProvider(connection, provider.id, { scim_enabled: on }),
      );
      checkpoint({ pair, token });
    }
    if (generation === "linked") await linkDomains(connection, provider, wanted.domains);
  }
  return { pair, token };
}

/** The server's generation. If nothing shows it yet, a first object is created. */
async function withGeneration(
  connection: Connection,
  pair: ProviderPair,
  { name, domains, saml, scim }: WantedProvider,
): Promise<{ generation: Generation; pair: ProviderPair }> {
  const known = await serverGeneration(connection);
  if (known !== undefined) return { generation: known, pair };
  const isForSaml = scim === undefined || (saml !== undefined && saml !== "none");
  const protocol = isForSaml ? "saml" : "scim";
  const first = await createProvider(connection, { generation: "scoped", name, protocol, domains }, {});
  return "config_scope" in first
    ? { generation: "scoped", pair: { [protocol]: first } }
    : { generation: "linked", pair: { saml: first, scim: first } };
}

/**
 * The object for a protocol that the rest of the provider lacks, but that has its name: a failed run created it before
 * it learned the id. Only servers with an object per protocol have such objects.
 */
export async function strayOf(
  connection: Connection,
  pair: ProviderPair,
  name: string,
  protocol: Protocol,
): Promise<IdentityProvider | undefined> {
  if (pair[protocol] !== undefined) return undefined;
  return (await providersOf(connection)).find(
    (provider) =>
      "config_scope" in provider &&
      provider.config_scope === protocol &&
      sameText(provider.name, name) &&
      !hasOwner(connection, provider),
  );
}

async function syncObject(
  connection: Connection,
  generation: Generation,
  pair: ProviderPair,
  { protocol, part, ...known }: Target,
): Promise<IdentityProvider | undefined> {
  const isMissing = known.current === undefined && part !== undefined && generation === "scoped";
  const current = isMissing ? await strayOf(connection, pair, part.name, protocol) : known.current;
  if (part === undefined) {
    if (current !== undefined) await removeProvider(connection, current);
    return undefined;
  }
  if (current !== undefined) takeOver(connection, current);
  const fields = differences(generation, current, part);
  if (current !== undefined && Object.keys(fields).length === 0) return current;
  const answer =
    current === undefined
      ? await createProvider(connection, { ...part, generation, protocol }, fields)
      : await updateIdentityProvider(connection, current.id, fields);
  refuseIgnored(fields, answer);
  return answer;
}

/** The fields to send so that an object has the wanted state. */
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
    ...(generation === "linked" || (current !== undefined && lists(current, ids)) ? {} : domainFields(ids)),
    ...(holds ? {} : samlToApi(saml === "none" ? undefined : saml)),
    ...(scim === undefined || scim === (current?.scim_enabled === true) ? {} : { scim_enabled: scim }),
  };
}

function lists({ domain_scope, organization_domain_ids }: IdentityProvider, ids: readonly string[]): boolean {
  return domain_scope !== "all" && sameSet(organization_domain_ids ?? [], ids);
}

/** Servers that support a field return it in the response. */
function refuseIgnored(sent: Record<string, unknown>, answer: IdentityProvider): void {
  const ignored = Object.keys(sent).filter((field) => !(field in answer));
  if (ignored.length === 0) return;
  throw new ConnectionError(
    `writing the identity provider "${answer.name ?? answer.id}" failed: PostHog ignored ${ignored.join(", ")}`,
    {
      why: "The server keeps these elsewhere, in a way that this version does not know.",
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

/** How an identity provider serves its domains once it is written, with what matters for enforcement. */
interface Afterwards {
  readonly domains: readonly Domain[];
  readonly hasSaml: boolean;
}

/** Why an identity provider must not be changed or removed: people of some domain could no longer sign in. */
export async function lockOutRefusal(
  connection: Connection,
  what: string,
  own: IdentityProvider | undefined,
  { domains: kept, hasSaml }: Afterwards,
): Promise<RefusedError | undefined> {
  const enforced = (await listDomains(connection)).filter(
    ({ sso_enforcement }) => sso_enforcement === "saml",
  );
  const signsIn = (provider: IdentityProvider | undefined, domain: Domain): boolean =>
    provider !== undefined && isComplete(samlOf(provider)) && serves(provider, domain);
  const stays = (domain: Domain): boolean => kept.some(({ id }) => id === domain.id);
  const lost = enforced.filter((domain) => signsIn(own, domain) && !(hasSaml && stays(domain)));
  if (lost.length > 0) return lockOutError(what, lost);
  if (hasSaml) return undefined;
  // If a domain links to only one provider, this one replaces the one that its people sign in through.
  const others = (await providersOf(connection)).filter(({ id }) => id !== own?.id);
  const moved = enforced.filter(
    (domain) =>
      stays(domain) &&
      others.some((other) => other.id === domain.identity_provider_config && signsIn(other, domain)),
  );
  return moved.length > 0 ? withoutSamlError(what, moved) : undefined;
}

const namesOf = (domains: readonly Domain[]): string => domains.map(({ domain }) => domain).join(", ");

function lockOutError(what: string, domains: readonly Domain[]): RefusedError {
  const names = namesOf(domains);
  return new RefusedError(`${what} was refused: people of ${names} have to sign in with SAML through it`, {
    why: "Enforcement leaves them no other way to sign in.",
    fix:
      `Set enforcement: "off" for ${names} first. If the program also destroys the enforcement, declare it in an ` +
      "OrganizationDomain with signInOnly that depends on the provider.",
  });
}

function withoutSamlError(what: string, domains: readonly Domain[]): RefusedError {
  const names = namesOf(domains);
  return new RefusedError(
    `${what} was refused: people of ${names} have to sign in with SAML, and it would take the place of their provider without any`,
    {
      why: "PostHog links a domain with one identity provider, and enforcement leaves its people no other way to sign in.",
      fix: `Declare saml here too, or add ${names} to domains in a later run that does; or set enforcement: "off" for ${names} first.`,
    },
  );
}
