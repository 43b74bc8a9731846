import * as z from "zod";
import { sameSet } from "../../access/values";
import { domain, text } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import { type ArgsOf, type Checkpoint, isAdoption, type Live, type Review } from "../../engine/definition";
import { type Finding, failure, problem, warning } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import { isUnfinished, wasDeclared } from "../../engine/unfinished";
import type { Connection } from "../../posthog/connection";
import { type Domain, findDomain, listDomains, requireDomain } from "../../posthog/domains";
import { type IdentityProvider, listIdentityProviders } from "../../posthog/identityProviders";
import {
  isComplete,
  isFor,
  type ProviderPair,
  protocols,
  samlOf,
  serves,
  signOnOf,
} from "../../snapshot/signOn";
import { changeSignOn, clearCopy } from "./providerObjects";
import {
  inlineServer,
  isEmpty,
  lockOutRefusal,
  pairOf,
  providersNamed,
  providersOf,
  removePair,
  strayOf,
  syncPair,
  type WantedProvider,
} from "./providerPair";
import {
  renewalReason,
  reviewSaml,
  samlAsDeclared,
  samlProblems,
  samlSource,
  samlToWrite,
} from "./samlSource";
import {
  isTokenLost,
  missedToken,
  newTokenReason,
  providerIds,
  scim,
  scimTokenWarning,
  signOnNeeds,
  signOnOutputs,
  stableSignOn,
  tokenIsDue,
  tokenIsKnown,
} from "./signOnSettings";

const args = z.strictObject({
  name: text(255),
  domains: z.array(domain, "must be a list of domains"),
  saml: samlSource.optional(),
  scim: scim.optional(),
});
type Args = ArgsOf<(typeof args)["shape"]>;

const titleOf = ({ name }: Partial<Args>): string =>
  name === undefined ? "an identity provider" : `identity provider "${name}"`;

async function toLive(
  connection: Connection,
  id: string,
  pair: ProviderPair,
  declared: Partial<Args>,
  token: unknown,
): Promise<Live<Args>> {
  const objects = [pair.saml, pair.scim].flatMap((provider) => provider ?? []);
  const all = await listDomains(connection);
  const served = objects.map((provider) => all.filter((one) => serves(provider, one)));
  const names = objects.map(({ name }) => name ?? "");
  const lists = served.map((some) => some.map((one) => one.domain));
  const signOn = signOnOf(pair, served[0] ?? []);
  return {
    id,
    args: {
      // If two objects differ, the one that does not match is the drift.
      name: names.find((name) => name !== declared.name) ?? names[0],
      domains: lists.find((list) => !sameSet(list, declared.domains)) ?? lists[0],
      saml: await samlAsDeclared(connection, signOn.saml, declared.saml),
      scim: { enabled: signOn.scimEnabled },
    },
    outputs: { ...signOnOutputs(connection, signOn, token), relayStates: signOn.relayStates },
  };
}

/** The values to set: what was declared before and no longer is gets removed. */
async function wantedOf(
  connection: Connection,
  declared: Args,
  state: Properties,
  held: ProviderPair,
): Promise<WantedProvider> {
  const { saml } = declared;
  const isSameAddress = saml?.metadataUrl === declaredIn(args, state).saml?.metadataUrl;
  const gone = wasDeclared(state, "saml") ? ("none" as const) : undefined;
  return {
    name: declared.name,
    domains: await Promise.all(declared.domains.map((name) => requireDomain(connection, name))),
    saml: saml === undefined ? gone : await samlToWrite(connection, saml, samlOf(held.saml), isSameAddress),
    scim: declared.scim?.enabled ?? (wasDeclared(state, "scim") ? false : undefined),
    renewsToken: declared.scim?.enabled === true && isTokenLost(state),
  };
}

async function write(
  connection: Connection,
  find: () => Promise<ProviderPair>,
  declared: Args,
  state: Properties,
  checkpoint: Checkpoint,
  known?: string,
): Promise<Live<Args>> {
  const wanted = await wantedOf(connection, declared, state, await find());
  const idOf = ({ saml, scim: provisioning }: ProviderPair) => known ?? saml?.id ?? provisioning?.id ?? "";
  const isDue = wanted.scim === true && typeof state.scimToken !== "string";
  const written = await changeSignOn(connection, async () => {
    const found = await find();
    const hasSaml = wanted.saml === undefined ? isComplete(samlOf(found.saml)) : wanted.saml !== "none";
    const afterwards = { domains: wanted.domains, hasSaml };
    const refusal = await lockOutRefusal(connection, writing(declared), found.saml, afterwards);
    if (refusal !== undefined) throw refusal;
    const switchesOn = isDue && (wanted.renewsToken === true || found.scim?.scim_enabled !== true);
    const kept = (token?: string): Properties =>
      switchesOn && token === undefined ? tokenIsDue(state) : tokenIsKnown(state);
    if (known !== undefined && !isAdoption(state)) checkpoint(known, {}, kept());
    return syncPair(connection, found, wanted, ({ pair, token }) => {
      if (known === undefined && isEmpty(pair)) return;
      checkpoint(idOf(pair), { ...providerIds(pair), scimToken: token ?? state.scimToken }, kept(token));
    });
  });
  return toLive(connection, idOf(written.pair), written.pair, declared, written.token ?? state.scimToken);
}

/** The objects of the resource, including those that a failed run created before it learned their ids. */
async function objectsOf(
  connection: Connection,
  { id, outputs }: Live<Args>,
  state: Properties,
): Promise<ProviderPair> {
  const pair = await pairOf(connection, id, { ...outputs, ...state });
  if (!isUnfinished(state)) return pair;
  const names = [pair.saml?.name, pair.scim?.name, state.name].filter((name) => typeof name === "string");
  const all = { ...pair };
  for (const protocol of protocols.filter((one) => wasDeclared(state, one))) {
    for (const name of names) all[protocol] ??= await strayOf(connection, pair, name, protocol);
  }
  return all;
}

function rules({ domains = [], saml }: Partial<Args>): Finding[] {
  const twice = domains.findIndex((one, index) => domains.indexOf(one) !== index);
  return [
    ...(twice < 0 ? [] : [problem(`domains[${twice}]`, `lists ${domains[twice]} twice`)]),
    ...(saml === undefined ? [] : samlProblems(saml, new Date())),
  ];
}

/** The preview's findings about an identity provider that the update creates or changes, apart from adoption. */
async function reviewProvider(connection: Connection, review: Review<Args>): Promise<Finding[]> {
  const { args, before, existing } = review;
  if ((await listIdentityProviders(connection)) === undefined) {
    return [problem(undefined, "this PostHog server has no identity providers", inlineServer)];
  }
  const own = providersNamed(await providersOf(connection), before?.name ?? args.name ?? "", protocols);
  const tokenLost = existing?.args.scim?.enabled === true && args.scim?.enabled === true;
  const isSameAddress = args.saml?.metadataUrl === before?.saml?.metadataUrl;
  const ofSaml = await reviewSaml(connection, args.saml, samlOf(own.saml), isSameAddress);
  return [
    ...ofSaml.findings,
    ...(await reviewDomains(connection, review, own)),
    ...(await reviewLockOut(connection, review, own)),
    ...(tokenLost ? [warning(scimTokenWarning)] : []),
  ];
}

async function reviewDomains(
  connection: Connection,
  { args, inProgram }: Review<Args>,
  own: ProviderPair,
): Promise<Finding[]> {
  const providers = await providersOf(connection);
  const others = providers.filter(({ id }) => id !== own.saml?.id && id !== own.scim?.id);
  const findings = await Promise.all(
    (args.domains ?? []).map(async (name) => {
      const found = await findDomain(connection, name);
      if (found === undefined) {
        return inProgram(`domain/${name}`)
          ? []
          : [
              warning(
                `${name} is not a domain of the organization: an OrganizationDomain has to add it first`,
              ),
            ];
      }
      const rival = others.find((provider) => competes(provider, found, args));
      return rival === undefined
        ? []
        : [warning(`${name} signs in through "${rival.name ?? rival.id}" now: ${migrationHint(found)}`)];
    }),
  );
  return findings.flat();
}

/** Whether another provider already serves a domain in the way that this one declares. */
function competes(
  provider: IdentityProvider,
  served: Domain,
  { saml, scim: provisioning }: Partial<Args>,
): boolean {
  if (!serves(provider, served)) return false;
  if (!("config_scope" in provider)) return true;
  const [signsIn, provisions] = [saml !== undefined, provisioning?.enabled === true];
  return (
    (signsIn && isFor(provider, "saml") && isComplete(samlOf(provider))) ||
    (provisions && isFor(provider, "scim") && provider.scim_enabled === true)
  );
}

const migrationHint = (domain: Domain): string =>
  "identity_provider_config" in domain
    ? "the update links it with this provider instead"
    : "remove the domain from that provider first, or PostHog refuses this one";

async function reviewLockOut(
  connection: Connection,
  { args, before, adopt, unknown }: Review<Args>,
  named: ProviderPair,
): Promise<Finding[]> {
  const own = before === undefined && adopt !== true ? undefined : named.saml;
  const drops = before?.saml !== undefined && args.saml === undefined && !unknown.includes("saml");
  const hasSaml = args.saml !== undefined || unknown.includes("saml") || (!drops && isComplete(samlOf(own)));
  const names = new Set(args.domains ?? before?.domains);
  const domains = (await listDomains(connection)).filter((one) => names.has(one.domain));
  const refusal = await lockOutRefusal(connection, writing(args), own, { domains, hasSaml });
  return refusal === undefined ? [] : [failure(drops ? "saml" : "domains", refusal.message)];
}

const writing = (args: Partial<Args>): string => `changing the ${titleOf(args)}`;

/** Why the provider's objects must not be removed: domains enforce SAML through them. */
const removalRefusal = (connection: Connection, pair: ProviderPair, title: string) =>
  lockOutRefusal(connection, `removing the ${title}`, pair.saml, { domains: [], hasSaml: false });

const tokenReason = (connection: Connection, declared: Partial<Args>, state: Properties) =>
  newTokenReason(
    connection,
    declared,
    state,
    async () => (await pairOf(connection, "", state)).scim?.scim_enabled === true,
  );

export const identityProvider = defineResource({
  type: "IdentityProvider",
  args,
  secrecy: outputSecrecy.IdentityProvider,
  fields: { name: {}, domains: { same: sameSet }, saml: {}, scim: {} },
  existing: "refuse",
  title: titleOf,
  stable: stableSignOn,
  derivesFromHost: true,
  needs: { always: [{ scope: "organization:write" }, { level: 8 }], when: signOnNeeds },
  rules,
  claims: async ({ name, domains = [], saml, scim: provisioning }) => [
    ...(name === undefined ? [] : [`identity-provider/${name.toLowerCase()}`]),
    ...(saml === undefined ? [] : domains.map((one) => `domain/${one}/saml`)),
    ...(provisioning === undefined ? [] : domains.map((one) => `domain/${one}/scim`)),
  ],
  review: reviewProvider,
  removalRefusal: async (connection, state) =>
    removalRefusal(connection, await pairOf(connection, "", state), titleOf(declaredIn(args, state))),
  pendingReason: tokenReason,
  updateReason: async (connection, declared, state) =>
    (await tokenReason(connection, declared, state)) ??
    renewalReason(connection, declared.saml, async () => samlOf((await pairOf(connection, "", state)).saml)),
  async find(connection, declared) {
    // Servers without identity providers have none to adopt; the preview and the update report it.
    const providers = (await listIdentityProviders(connection)) ?? [];
    if (declared.name === undefined) return undefined;
    const given = protocols.filter((protocol) => declared[protocol] !== undefined);
    const wanted = given.length === 0 ? protocols : given;
    const pair = providersNamed(providers, declared.name, wanted);
    const id = pair.saml?.id ?? pair.scim?.id;
    return id === undefined ? undefined : toLive(connection, id, pair, declared, undefined);
  },
  async observeForImport(connection, typed) {
    const pair = await pairOf(connection, typed, {});
    const id = pair.saml?.id ?? pair.scim?.id;
    return id === undefined ? undefined : toLive(connection, id, pair, {}, undefined);
  },
  async observe(connection, id, state) {
    const pair = await pairOf(connection, id, state);
    if (isEmpty(pair)) return undefined;
    const live = await toLive(connection, id, pair, declaredIn(args, state), state.scimToken);
    const isOn = live.args.scim?.enabled === true;
    return { ...live, outputs: { ...live.outputs, ...missedToken(state, isOn) } };
  },
  async create(connection, declared, checkpoint) {
    await providersOf(connection);
    return write(connection, () => Promise.resolve({}), declared, {}, checkpoint);
  },
  update(connection, live, declared, state, checkpoint) {
    const find = () => objectsOf(connection, live, state);
    return write(connection, find, declared, state, checkpoint, live.id);
  },
  delete: (connection, live, state) =>
    changeSignOn(connection, async () => {
      const pair = await objectsOf(connection, live, state);
      const refusal = await removalRefusal(connection, pair, titleOf(live.args));
      if (refusal !== undefined) throw refusal;
      await removePair(connection, pair);
    }),
  async cleanUpAfterExternalDelete(connection, state) {
    // On servers of July 2026 its domains still have a copy of its settings.
    for (const name of declaredIn(args, state).domains ?? []) {
      const domain = await findDomain(connection, name);
      if (domain !== undefined) await clearCopy(connection, domain);
    }
  },
});
